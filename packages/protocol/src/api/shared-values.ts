/** Values that many routes of the HTTP API share. Times are ISO 8601 in UTC; days are `YYYY-MM-DD`. */
import { z } from "zod";

export const apiLimits = {
  /** Entries of one page. */
  page: 500,
  cursorLength: 2_000,
  idLength: 200,
  taskLength: 2_000,
  /** Characters of one text of an agent, a task or a message that a list shows; details give it whole up to `valueBytes`. */
  shownText: 500,
  /** Bytes of JSON of one value in an answer; a larger one is told by its size and its hash. */
  valueBytes: 256 * 1024,
} as const;

export const moment = z.iso.datetime().describe("A moment, ISO 8601, UTC");
export const day = z.iso.date().describe("A calendar day, YYYY-MM-DD");
export const runId = z.string().min(1).max(apiLimits.idLength).describe("A run's id");
export const taskId = z.string().min(1).max(apiLimits.taskLength).describe("A task's id within its run");
export const hash = z.string().max(200).describe("A content hash (SHA-256, hexadecimal)");
/** As the engine's `JsonValue`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** What is not JSON cannot have come over the wire, and depth is checked by whoever reads it: no need to walk through it here. */
export const json = (z.unknown() as z.ZodType<Json>).meta({ description: "Any JSON value" });

/** A value that may be too large to send: then `value` is absent, and `bytes` and `hash` say what it is. */
export const boundedValue = z.object({
  bytes: z.number().int(),
  hash: hash.nullable(),
  value: json.optional(),
});
export type BoundedValue = z.infer<typeof boundedValue>;

export const cursorQuery = {
  limit: z.coerce.number().int().min(1).max(apiLimits.page).default(50),
  cursor: z.string().min(1).max(apiLimits.cursorLength).optional(),
};
export const nextCursor = z.string().nullable().describe("For the next page; null on the last");

/** RFC 9457, with the stable code of the error and whether the same request may succeed later. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string().optional(),
  code: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof problem>;

export const errorFacts = z.object({ code: z.string(), message: z.string() });
export const done = z.object({});

/** A share of 95 % resampled histories lies within. */
export const interval = z.object({ low: z.number(), high: z.number() });

/** A reliability curve: in each bin what was said on average, and how often it came true. */
export const calibration = z.object({
  bins: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      count: z.number().int(),
      meanForecast: z.number(),
      observedShare: z.number(),
    }),
  ),
  expectedError: z.number(),
  largestError: z.number(),
});

/** Fits everything that may be asked of ids in paths. */
export const runParams = z.object({ runId });
export const taskParams = z.object({ runId, task: taskId });
export const nameParams = z.object({ name: z.string().min(1).max(200) });
export const idParams = z.object({ id: z.string().min(1).max(apiLimits.idLength) });
