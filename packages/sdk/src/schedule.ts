/**
 * `schedule()`: when a workflow is run by itself, and on what. A schedule that exists is valid: its cron text fires, its time
 * zone exists, and its input fits the workflow.
 */
import type { JsonValue } from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { entityName, parseWith, tradingDate } from "@mycroft/protocol";
import { z } from "zod";
import { fillInput, type ScheduledFiring } from "./schedule-input.ts";
import { bound, cronText, timeZone } from "./schedule-times.ts";
import type { TradingCalendar } from "./trading-calendar.ts";
import { isWorkflow, type Workflow } from "./workflow.ts";

/** What is done about firings that were missed, because nothing ran or the schedule was paused. */
export type CatchUp =
  /** Each of them is run, oldest first; beyond 1,000, the oldest are skipped. */
  | "all"
  /** Only the newest is run. */
  | "latest"
  | "none";

/** What is done when the schedule fires while a run of it is under way. */
export type Overlap =
  | "allow"
  | "skip"
  /** It waits until the run before has settled; at most 1,000 firings wait. */
  | "queue"
  /** The run before is cancelled. */
  | "cancelOld";

export interface Schedule {
  readonly kind: "schedule";
  readonly name: string;
  readonly workflow: Workflow;
  readonly cron: string;
  readonly timeZone: string;
  /** Null for every day. */
  readonly calendar: TradingCalendar | null;
  readonly catchUp: CatchUp;
  readonly overlap: Overlap;
  readonly tags: readonly string[];
  readonly startAt: string | null;
  readonly endAt: string | null;
  /**
   * What the run of a firing is started with: the parsed input, and the day beyond which nothing in it may look.
   * @throws {MycroftError} INPUT_INVALID.
   */
  startFor(firing: ScheduledFiring): { readonly input: JsonValue; readonly asOf: string };
}

/**
 * The workflow's input: data, in which the texts `{date}` and `{scheduledAt}` stand for the firing's, or a function of the
 * firing, which must give the same for the same firing.
 */
export type ScheduleInput<Given> = Given | ((firing: ScheduledFiring) => Given);

export type ScheduleOptions<Input, Output, Given> = {
  /** A letter, then letters, digits and `. _ -`; at most 80 characters. */
  readonly name: string;
  readonly workflow: Workflow<Input, Output, Given>;
  /**
   * Minute, hour, day of month, month, day of week (`30 16 * * MON-FRI`); six fields with seconds first; or `@hourly`,
   * `@daily`, `@weekly`, `@monthly`, `@yearly`. Of a day of month and a day of week that are both stated, one is enough;
   * with `+` before the day of week, both must hold. Times without `*` and `/` are times of day: one that does not exist
   * because clocks are set forward fires at the next moment that does, one that exists twice fires once. Others are
   * rhythms: `0 * * * *` fires every hour, also where clocks are set back.
   */
  readonly cron: string;
  /** An IANA name such as `America/New_York`; UTC unless given. */
  readonly timeZone?: string;
  /** The days on which it fires at all, such as `nyse`; every day unless given. */
  readonly calendar?: TradingCalendar;
  /** `latest` unless given. */
  readonly catchUp?: CatchUp;
  /** `queue` when everything is caught up, else `skip`, unless given. */
  readonly overlap?: Overlap;
  /** The run's `asOf`, `YYYY-MM-DD`: the firing's date unless given. */
  readonly asOf?: string | ((firing: ScheduledFiring) => string);
  /** Words to find its runs by, beside `schedule:NAME`: at most 16, each 1 to 100 characters. */
  readonly tags?: readonly string[];
  /** A day of the time zone, or a moment, from which on it fires; it is included. What came due since then was missed. */
  readonly startAt?: string;
  /** The last day or moment at which it may fire. */
  readonly endAt?: string;
} & (Record<never, never> extends Given
  ? { readonly input?: ScheduleInput<Given> }
  : { readonly input: ScheduleInput<Given> });

const calendar = z.custom<TradingCalendar>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "name") === "string" &&
    typeof Reflect.get(value, "isTradingDay") === "function",
  { error: "is a calendar, with a name and isTradingDay(date); an example is nyse of @mycroft/investing" },
);

const tag = z
  .string()
  .min(1)
  .max(100)
  .refine((text) => !/^(schedule|backfill):/.test(text), {
    error: 'begins with "schedule:" or "backfill:", which are kept',
  });

type DayOf = (firing: ScheduledFiring) => string;

const dayOrFunction = 'is a day, such as "2026-01-02", or a function of the firing';

const shape = z.strictObject({
  name: entityName.max(80),
  workflow: z.custom<Workflow>(isWorkflow, { error: "is a workflow, made by workflow()" }),
  cron: cronText,
  timeZone: timeZone.default("UTC"),
  calendar: calendar.optional(),
  catchUp: z.enum(["all", "latest", "none"], { error: 'is "all", "latest" or "none"' }).default("latest"),
  overlap: z
    .enum(["allow", "skip", "queue", "cancelOld"], { error: 'is "allow", "skip", "queue" or "cancelOld"' })
    .optional(),
  input: z.unknown().optional(),
  asOf: z
    .union([z.iso.date({ error: dayOrFunction }), z.custom<DayOf>((value) => typeof value === "function")], {
      error: dayOrFunction,
    })
    .optional(),
  tags: z.array(tag).max(16).default([]),
  startAt: bound.optional(),
  endAt: bound.optional(),
});

/** A firing to try an input on. */
const sampleFiring: ScheduledFiring = { scheduledAt: "2026-01-02T12:00:00.000Z", date: "2026-01-02" };

/**
 * Makes a schedule, to be listed in the configuration's `schedules`.
 * @throws {MycroftError} SCHEDULE_INVALID naming the field, what is wrong, and what would be right.
 */
export function schedule<Input, Output, Given>(options: ScheduleOptions<Input, Output, Given>): Schedule {
  const what = `Schedule ${nameText(options)}`;
  const { workflow, input, asOf, overlap, startAt, endAt, ...given } = parseWith(
    shape,
    options,
    what,
    "SCHEDULE_INVALID",
  );
  if (isReversed(startAt, endAt)) throw invalid(what, "endAt", `${endAt} lies before startAt, ${startAt}`);
  const start = (firing: ScheduledFiring) => startOf(workflow, what, { input, asOf }, firing);
  // A function may be meant for real firings alone; data can be tried now.
  if (typeof input !== "function")
    tryInput(what, () => workflow.parseInput(fillInput(input ?? {}, sampleFiring)));
  return {
    kind: "schedule",
    ...given,
    workflow,
    calendar: given.calendar ?? null,
    overlap: overlap ?? (given.catchUp === "all" ? "queue" : "skip"),
    startAt: startAt ?? null,
    endAt: endAt ?? null,
    startFor: start,
  };
}

function startOf(
  workflow: Workflow,
  what: string,
  {
    input,
    asOf,
  }: { readonly input: unknown; readonly asOf: ScheduleOptions<unknown, unknown, unknown>["asOf"] },
  firing: ScheduledFiring,
): ReturnType<Schedule["startFor"]> {
  const of = `${what}, firing of ${firing.scheduledAt}`;
  const given =
    typeof input === "function"
      ? callAuthor(of, "input", () => input(firing))
      : fillInput(input ?? {}, firing);
  const day = typeof asOf === "function" ? callAuthor(of, "asOf", () => asOf(firing)) : (asOf ?? firing.date);
  return {
    // What a schema of JSON types has parsed is JSON; the store refuses anything else.
    input: workflow.parseInput(given) as JsonValue,
    asOf: parseWith(tradingDate, day, `${of}: asOf`),
  };
}

function callAuthor(of: string, field: string, call: () => unknown): unknown {
  let given: unknown;
  try {
    given = call();
  } catch (cause) {
    const message = `${of}: the function for ${field} threw: ${asMycroftError(cause).message}`;
    throw new MycroftError("INPUT_INVALID", message, { details: { field }, cause });
  }
  if (!(given instanceof Promise)) return given;
  // Nobody waits for it.
  given.catch(() => {});
  throw new MycroftError(
    "INPUT_INVALID",
    `${of}: the function for ${field} is async; it must give its value at once.`,
    {
      details: { field },
    },
  );
}

function tryInput(what: string, parse: () => unknown): void {
  try {
    parse();
  } catch (thrown) {
    const { message, details } = asMycroftError(thrown);
    const inner: unknown = details?.["field"];
    const field = typeof inner === "string" && inner !== "" ? `input.${inner}` : "input";
    throw new MycroftError("SCHEDULE_INVALID", `${what} is wrong: input: ${message}`, {
      details: { ...details, field },
      cause: thrown,
    });
  }
}

/** Where one is a day and the other a moment, the scheduler can tell: it knows when the zone's days begin. */
function isReversed(startAt: string | undefined, endAt: string | undefined): boolean {
  if (startAt === undefined || endAt === undefined || startAt.includes("T") !== endAt.includes("T"))
    return false;
  return Date.parse(endAt) < Date.parse(startAt);
}

function nameText(options: unknown): string {
  const name: unknown =
    typeof options === "object" && options !== null ? Reflect.get(options, "name") : undefined;
  return typeof name === "string" ? JSON.stringify(name.slice(0, 100)) : "without a name";
}

function invalid(what: string, field: string, problem: string): MycroftError {
  return new MycroftError("SCHEDULE_INVALID", `${what} is wrong: ${field}: ${problem}.`, {
    details: { field },
  });
}
