/** Numbers as a reader wants them: as many digits as tell scores apart. */

/** Five significant digits for scores below 1, grouped thousands for large ones. */
export function scoreText(value: number | null): string {
  if (value === null) return "-";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 100_000) return groupedText(value);
  if (size >= 1) return value.toPrecision(6).replace(/\.?0+$/u, "");
  return size < 0.00005 ? value.toExponential(1) : value.toFixed(5);
}

/** As `scoreText`, with its sign. */
export function differenceText(value: number | null): string {
  if (value === null) return "-";
  return value > 0 ? `+${scoreText(value)}` : scoreText(value);
}

export function chanceText(value: number | null): string {
  if (value === null) return "-";
  return value < 0.001 ? "<0.001" : value.toFixed(3);
}

export function shareText(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}

export function intervalText(interval: { readonly low: number; readonly high: number } | null): string {
  return interval === null ? "-" : `${scoreText(interval.low)} to ${scoreText(interval.high)}`;
}

function groupedText(value: number): string {
  if (Math.abs(value) >= 1e15) return value.toExponential(3);
  return value.toFixed(0).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",");
}
