/** What a backfill asks for, checked, and the firings that it stands for: counted lazily, up to a limit. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { dayBounds } from "./firing-bounds.ts";
import { FiringTimes } from "./firing-times.ts";
import type { Firing, FiringRule } from "./schedule-definition.ts";

export const backfillLimits = {
  /** How many runs one backfill may have. */
  runs: 100_000,
  /** How many of its runs may be under way at once. */
  concurrency: 1_000,
  /** How many backfills may be under way at once. */
  underWay: 100,
} as const;

/** What is run: a schedule of the project at its firing times, or a workflow once for each day. Kept as it is. */
export type BackfillTarget =
  | { readonly kind: "schedule"; readonly name: string }
  | {
      readonly kind: "workflow";
      readonly name: string;
      readonly input: JsonValue;
      /** The name of the calendar whose days count; null for every day. */
      readonly calendar: string | null;
    };

export interface BackfillRequest {
  /** Letters, digits and `. _ -`, at most 80; made up unless given. Asking again under one id changes nothing. */
  readonly id?: string;
  readonly target: BackfillTarget;
  /** The first and the last day, both included, in the schedule's time zone. */
  readonly from: string;
  readonly to: string;
  /** How many runs may be under way at once: 1 to 1,000; 10 unless given. */
  readonly concurrency?: number;
  /** Whether the newest day comes first. */
  readonly newestFirst?: boolean;
}

const defaultConcurrency = 10;
const idForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
const msPerDay = 86_400_000;

/** @throws {MycroftError} INPUT_INVALID. */
export function checkRequest(request: BackfillRequest): { readonly concurrency: number } {
  const { id, concurrency = defaultConcurrency } = request;
  if (id !== undefined && !idForm.test(id)) {
    throw invalid("id", id, "it is 1 to 80 letters, digits and . _ -, and begins with a letter or digit");
  }
  const isCount =
    Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= backfillLimits.concurrency;
  if (!isCount) {
    throw invalid("concurrency", concurrency, `it is a whole number from 1 to ${backfillLimits.concurrency}`);
  }
  return { concurrency };
}

/** The rule of a schedule without its bounds: whoever names days means these. */
export type BackfillRule = Pick<FiringRule, "cron" | "timeZone" | "calendar">;

/**
 * The firings whose day in the rule's time zone lies from `from` to `to`, both included, and which have come due by `now`.
 * In the order in which they are to be run.
 * @throws {MycroftError} INPUT_INVALID for days that are none, a reversed range, a day to come, or no firing at all;
 *   LIMIT_EXCEEDED for more than 100,000.
 */
export function planBackfill(
  rule: BackfillRule,
  { from, to, newestFirst = false }: Pick<BackfillRequest, "from" | "to" | "newestFirst">,
  now: number,
): readonly Firing[] {
  const times = new FiringTimes({ ...rule, startAt: null, endAt: null });
  const [first] = dayOf("from", from, rule.timeZone);
  const [, last] = dayOf("to", to, rule.timeZone);
  const today = times.dateAt(now);
  if (from > to) throw invalid("to", to, `it lies before from, ${from}`);
  if (to > today) throw invalid("to", to, `it has not come yet: in ${rule.timeZone} it is ${today}`);
  const firings: Firing[] = [];
  // A day may come again in part after it has ended, where clocks are set back past midnight.
  for (const firing of times.between(first - msPerDay, Math.min(last + msPerDay, now))) {
    if (firing.date < from || firing.date > to) continue;
    firings.push(firing);
    if (firings.length > backfillLimits.runs) throw tooMany(rule, from, to);
  }
  if (firings.length === 0) {
    throw invalid("from", from, `nothing fires from then to ${to} by "${rule.cron}"${calendarText(rule)}`);
  }
  return newestFirst ? firings.reverse() : firings;
}

function dayOf(field: string, day: string, timeZone: string): readonly [first: number, last: number] {
  const bounds = dayBounds(day, timeZone);
  if (bounds !== null) return bounds;
  throw invalid(field, day, 'it is no day from 1970 on; an example is "2026-01-02"');
}

function calendarText({ calendar }: BackfillRule): string {
  return calendar === null ? "" : ` on a day of the calendar ${calendar.name}`;
}

function tooMany({ cron }: BackfillRule, from: string, to: string): MycroftError {
  const limit = backfillLimits.runs;
  return new MycroftError(
    "LIMIT_EXCEEDED",
    `A backfill of "${cron}" from ${from} to ${to} has at least ${limit + 1} runs; the limit is ${limit}. Take a shorter range.`,
    { details: { field: "to", limit, countAtLeast: limit + 1 } },
  );
}

function invalid(field: string, value: unknown, problem: string): MycroftError {
  return new MycroftError(
    "INPUT_INVALID",
    `The backfill's ${field} ${JSON.stringify(value)} is wrong: ${problem}.`,
    {
      details: { field, value },
    },
  );
}
