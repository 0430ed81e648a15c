/** Tilts and shares as people read them. */

/** `+0.12`; what rounds to zero has no sign. */
export function signed(value: number): string {
  const text = value.toFixed(2);
  return value < 0 || text === "0.00" ? text.replace(/^-(?=0\.00$)/u, "") : `+${text}`;
}

export function wholePercent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
