/** What a schedule's runs are started with: the same data each time, but for what stands for the firing. */
import { MycroftError } from "@mycroft/errors";

/** One time at which a schedule fires. */
export interface ScheduledFiring {
  /** ISO 8601 in UTC, with milliseconds. */
  readonly scheduledAt: string;
  /** The calendar day in the schedule's time zone, `YYYY-MM-DD`. */
  readonly date: string;
}

const deepest = 100;

/**
 * `given` with each text that is `{date}` or `{scheduledAt}`, and nothing else, replaced by the firing's.
 * @throws {MycroftError} INPUT_INVALID when it is nested deeper than 100 levels.
 */
export function fillInput(given: unknown, firing: ScheduledFiring, depth = 0): unknown {
  if (given === "{date}") return firing.date;
  if (given === "{scheduledAt}") return firing.scheduledAt;
  if (typeof given !== "object" || given === null) return given;
  if (depth === deepest) {
    throw new MycroftError("INPUT_INVALID", `The input is nested deeper than ${deepest} levels.`, {
      details: { limit: deepest },
    });
  }
  if (Array.isArray(given)) return given.map((item) => fillInput(item, firing, depth + 1));
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, fillInput(value, firing, depth + 1)]),
  );
}
