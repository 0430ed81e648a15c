/** Numbers as rationales say them. */

/** `0.1234` as `12.3%`. */
export function percent(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}

/** A log return as a person reads it: `rose 12.3%` or `fell 4.5%`. */
export function moved(logReturn: number): string {
  const change = Math.expm1(logReturn);
  return `${change < 0 ? "fell" : "rose"} ${percent(Math.abs(change))}`;
}

export function times(value: number): string {
  return value.toFixed(2);
}
