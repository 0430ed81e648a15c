/** Numbers, spans of time and amounts as text: the same everywhere, in English, with a true minus sign. */

const minus = "\u2212";
const absent = "\u2013";

/** A share of one as per cent: `0.1234` is "12.3%". */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return absent;
  return `${formatNumber(100 * share, digits)}%`;
}

export function formatNumber(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return absent;
  const text = value.toFixed(digits);
  // What rounds to zero has no sign.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", minus);
}

/** With its sign, also a plus: for tilts, weights and differences. */
export function formatSigned(value: number | null | undefined, digits = 2): string {
  const text = formatNumber(value, digits);
  const isPositive = value !== null && value !== undefined && Number(value.toFixed(digits)) > 0;
  return isPositive ? `+${text}` : text;
}

export function formatSignedPercent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined) return absent;
  return `${formatSigned(100 * share, digits)}%`;
}

/** With thousands apart. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** The fewest digits that give the very same number back. */
export function formatExact(value: number): string {
  return String(value).replace("-", minus);
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return absent;
  if (ms < 0) return `${minus}${formatDuration(-ms)}`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1_440)} days`;
}

/** How long ago, or in how long, in one unit. */
export function formatRelative(at: number, now: number): string {
  const ms = at - now;
  const [, size, unit] = relativeUnits.find(([least]) => Math.abs(ms) >= least) ?? [0, 1_000, "second"];
  if (unit === "second" && Math.abs(ms) < 10_000) return ms > 0 ? "in a moment" : "just now";
  return relativeFormat.format(ms > 0 ? Math.round(ms / size) : Math.trunc(ms / size), unit);
}

const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const dayMs = 86_400_000;
/** From how many milliseconds on a unit is used, and how many one of it is. */
const relativeUnits: readonly (readonly [least: number, size: number, Intl.RelativeTimeFormatUnit])[] = [
  [365 * dayMs, 365 * dayMs, "year"],
  // A month or three are told in days: the end of a key is waited for.
  [100 * dayMs, 30 * dayMs, "month"],
  [dayMs, dayMs, "day"],
  [3_600_000, 3_600_000, "hour"],
  [60_000, 60_000, "minute"],
];

/** One word for one, another for more: `3 agents`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
