/**
 * When a rule fires: lazily, in either direction, across daylight saving. A firing is a time of day of the cron text, on a
 * day that the cron text and the calendar both allow, in the rule's time zone.
 *
 * Between two changes of a zone's clocks, its wall clock is plain arithmetic, and days without firings cost one look
 * each. For the hours after a change croner decides, by these rules. A cron text whose hours, minutes and seconds have no `*` and no
 * `/` means times of the day: one that does not exist (clocks were set forward) fires at the next moment that does, and
 * one that exists twice (set back) fires at the first. Any other text means a rhythm: times that do not exist are left
 * out, and those that exist twice fire twice, so that `0 * * * *` fires every hour.
 */

import type { MycroftError } from "@mycroft/errors";
import { Cron, type CronOptions, CronPattern } from "croner";
import { readBounds } from "./firing-bounds.ts";
import type { Firing, FiringRule } from "./schedule-definition.ts";
import { scheduleInvalid } from "./schedule-invalid.ts";
import { type Stretch, ZoneStretches } from "./zone-stretches.ts";

const msPerDay = 86_400_000;
/** How far ahead the next firing is looked for: 29 February on one given weekday comes every 40 years at worst. */
const horizonMs = 41 * 366 * msPerDay;
const longestCron = 200;

/** The dialect: five fields, or six with seconds first. */
export const cronDialect = {
  mode: "5-or-6-parts",
  fixedTimeRule: "no-wildcard",
} as const satisfies CronOptions;

export class FiringTimes {
  readonly #rule: FiringRule;
  readonly #zone: ZoneStretches;
  /** Croner on the zone's own clock, for the hours after a change of it. */
  readonly #zoneCron: Cron;
  /** The cron text's days, told at midnight UTC. */
  readonly #days: Cron;
  /** Milliseconds after midnight, ascending. */
  readonly #times: readonly number[];
  readonly #first: number;
  readonly #last: number;

  /** @throws {MycroftError} SCHEDULE_INVALID naming the field: a text that is no cron text or never fires, a zone, a bound. */
  constructor(rule: FiringRule) {
    this.#rule = rule;
    this.#zone = new ZoneStretches(rule.timeZone);
    const { pattern, days } = readCron(rule.cron);
    this.#days = days;
    this.#times = timesOfDay(pattern);
    this.#zoneCron = new Cron(rule.cron, { ...cronDialect, timezone: rule.timeZone });
    [this.#first, this.#last] = readBounds(rule);
  }

  /** The first moment at which it may fire. */
  get first(): number {
    return this.#first;
  }

  /** The firings after `after` and up to `until`, in order. */
  *between(after: number, until: number): Generator<Firing, void, undefined> {
    const end = Math.min(until, this.#last) + 1;
    let at = Math.max(after + 1, this.#first);
    while (at < end) {
      const stretch = this.#zone.around(at);
      const to = Math.min(end, stretch.to);
      yield* stretch.offset === null ? this.#stepped(at, to) : this.#counted(at, to, stretch.offset);
      at = to;
    }
  }

  /** The same firings, newest first. */
  *backwards(after: number, until: number): Generator<Firing, void, undefined> {
    const start = Math.max(after + 1, this.#first);
    let end = Math.min(until, this.#last) + 1;
    while (end > start) {
      const stretch: Stretch = this.#zone.around(end - 1);
      const from = Math.max(start, stretch.from);
      if (stretch.offset === null) yield* [...this.#stepped(from, end)].reverse();
      else yield* this.#countedBack(from, end, stretch.offset);
      end = from;
    }
  }

  /** The first firing after `after`; null when there is none within 41 years. */
  next(after: number): Firing | null {
    const from = Math.max(after, this.#first - 1);
    for (const firing of this.between(from, from + horizonMs)) return firing;
    return null;
  }

  /** The calendar day of a moment in the rule's time zone. */
  dateAt(at: number): string {
    return this.#zone.dateAt(at);
  }

  /** From `from` to before `to`, while the zone is `offset` ahead of UTC. */
  *#counted(from: number, to: number, offset: number): Generator<Firing, void, undefined> {
    const last = dayAt(to - 1 + offset);
    for (let day = dayAt(from + offset); day <= last; day += 1) {
      const date = this.#dateOf(day);
      if (date === null) continue;
      const midnight = day * msPerDay - offset;
      for (let index = this.#indexFrom(from - midnight); index < this.#times.length; index += 1) {
        const at = midnight + (this.#times[index] ?? 0);
        if (at >= to) break;
        yield { at, date };
      }
    }
  }

  *#countedBack(from: number, to: number, offset: number): Generator<Firing, void, undefined> {
    const first = dayAt(from + offset);
    for (let day = dayAt(to - 1 + offset); day >= first; day -= 1) {
      const date = this.#dateOf(day);
      if (date === null) continue;
      const midnight = day * msPerDay - offset;
      for (let index = this.#indexFrom(to - midnight) - 1; index >= 0; index -= 1) {
        const at = midnight + (this.#times[index] ?? 0);
        if (at < from) break;
        yield { at, date };
      }
    }
  }

  /** The same by croner, step by step. */
  *#stepped(from: number, to: number): Generator<Firing, void, undefined> {
    let next = this.#zoneCron.nextRun(new Date(from - 1));
    while (next !== null && next.getTime() < to) {
      const at = next.getTime();
      const date = this.dateAt(at);
      if (this.#isOpen(date)) yield { at, date };
      next = this.#zoneCron.nextRun(next);
    }
  }

  /** The date of a day, counted from 1970-01-01, if anything fires on it. */
  #dateOf(day: number): string | null {
    const midnight = new Date(day * msPerDay);
    if (!this.#days.match(midnight)) return null;
    const date = midnight.toISOString().slice(0, 10);
    return this.#isOpen(date) ? date : null;
  }

  #isOpen(date: string): boolean {
    return this.#rule.calendar?.isTradingDay(date) ?? true;
  }

  /** The index of the first time of day at or after `timeMs`. */
  #indexFrom(timeMs: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function dayAt(wallMs: number): number {
  return Math.floor(wallMs / msPerDay);
}

function readCron(cron: string): { readonly pattern: CronPattern; readonly days: Cron } {
  const { pattern, days } = parseCron(cron);
  if (days.nextRun(new Date(0)) === null) throw badCron(cron, "there is no such day, so it never fires");
  return { pattern, days };
}

function parseCron(cron: string): { readonly pattern: CronPattern; readonly days: Cron } {
  // Croner takes a text with a colon for a date.
  if (cron.length > longestCron || cron.includes(":")) throw badCron(cron, "it is no cron text");
  try {
    const pattern = new CronPattern(cron, undefined, cronDialect);
    // Croner writes words such as @daily out; the last three fields are those of the day.
    const dayFields = pattern.pattern.trim().split(/\s+/).slice(-3).join(" ");
    return { pattern, days: new Cron(`0 0 0 ${dayFields}`, { ...cronDialect, utcOffset: 0 }) };
  } catch (thrown) {
    throw badCron(cron, String(thrown).replace(/^\w*Error: (CronPattern: )?/, ""), thrown);
  }
}

function timesOfDay({ hour, minute, second }: CronPattern): readonly number[] {
  const hours = indexesOf(hour);
  const minutes = indexesOf(minute);
  const seconds = indexesOf(second);
  return hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => ((h * 60 + m) * 60 + s) * 1_000)));
}

function indexesOf(field: readonly number[]): readonly number[] {
  return field.flatMap((isSet, index) => (isSet ? [index] : []));
}

function badCron(cron: string, problem: string, cause?: unknown): MycroftError {
  return scheduleInvalid("cron", cron, `${problem}; an example is "30 16 * * MON-FRI"`, cause);
}
