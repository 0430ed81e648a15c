/** From when and until when a rule fires: days of its time zone, whole and included, or moments, included. */
import type { FiringRule } from "./schedule-definition.ts";
import { scheduleInvalid } from "./schedule-invalid.ts";

/** Cron texts have no years, and croner looks no farther. */
const lastYear = 2_999;
const dayForm = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The first and the last moment at which the rule may fire, in milliseconds.
 * @throws {MycroftError} SCHEDULE_INVALID naming the bound.
 */
export function readBounds({
  startAt,
  endAt,
  timeZone,
}: Pick<FiringRule, "startAt" | "endAt" | "timeZone">): readonly [first: number, last: number] {
  const first = startAt === null ? 0 : boundOf("startAt", startAt, timeZone)[0];
  const last = endAt === null ? Date.UTC(lastYear + 1, 0, 1) - 1 : boundOf("endAt", endAt, timeZone)[1];
  if (endAt !== null && last < first) {
    throw scheduleInvalid("endAt", endAt, `it lies before startAt, ${JSON.stringify(startAt)}`);
  }
  return [first, last];
}

/** The first and the last millisecond of `YYYY-MM-DD`, or null when the text is no such day from 1970 to 2999. */
export function dayBounds(day: string, timeZone: string): readonly [first: number, last: number] | null {
  if (!dayForm.test(day)) return null;
  try {
    const date = Temporal.PlainDate.from(day);
    if (date.year < 1970 || date.year > lastYear) return null;
    const next = date.add({ days: 1 });
    return [startOf(date, timeZone), startOf(next, timeZone) - 1];
  } catch {
    return null;
  }
}

function startOf(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}

function boundOf(field: string, text: string, timeZone: string): readonly [first: number, last: number] {
  const bounds = dayBounds(text, timeZone) ?? momentBounds(text);
  if (bounds !== null) return bounds;
  throw scheduleInvalid(
    field,
    text,
    `it is no day from 1970 to ${lastYear} and no moment; examples are "2026-01-02" and "2026-01-02T09:00:00Z"`,
  );
}

function momentBounds(text: string): readonly [first: number, last: number] | null {
  try {
    const at = Temporal.Instant.from(text).epochMilliseconds;
    return at < 0 || at >= Date.UTC(lastYear + 1, 0, 1) ? null : [at, at];
  } catch {
    return null;
  }
}
