/** Times and durations as people read them. */

/** `2026-11-22 11:03:04 UTC`. */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `2026-11-22 16:30 America/New_York`, with seconds where they are not zero. */
export function zonedTimeText(at: number, timeZone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const smallestUnit = zoned.second === 0 ? "minute" : "second";
  return `${zoned.toPlainDateTime().toString({ smallestUnit }).replace("T", " ")} ${timeZone}`;
}

/** The time zone of the machine, or of the person, as `TZ` says. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `312 ms`, `3.2 s`, `4 min 05 s`, `3 h 20 min`. A clock that was set back gives `0 ms`. */
export function durationText(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  // From here on it would be written as 60.0 s.
  if (whole < 59_950) return `${(whole / 1_000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
