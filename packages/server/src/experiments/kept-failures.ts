/**
 * Why backtests failed, kept as long as runs are: whoever asks after the server was started again is told as before. One that
 * came to no days of its own is known by its failure alone, so its heading is kept with it.
 */
import type { BacktestHeading } from "@mycroft/backtest";
import type { JsonValue } from "@mycroft/engine";
import { apiRoutes, type JobState } from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import { z } from "zod";

const collection = "backtest-failures";
const pageSize = 500;

const jobSchema = apiRoutes.getBacktest.response.shape.job.unwrap();
const keptSchema = z.strictObject({
  format: z.literal(1),
  job: jobSchema,
  /** As the record of backtests would have it. */
  heading: z.looseObject({ format: z.literal(1), id: z.string(), workflow: z.string() }),
});

export interface KeptFailure {
  readonly heading: BacktestHeading;
  readonly job: JobState;
}

/** @param expiresAt milliseconds since the epoch. @throws {MycroftError} the store's codes. */
export async function keepFailure(
  store: Store,
  { heading, job }: KeptFailure,
  expiresAt: number,
): Promise<void> {
  const value = { format: 1, job, heading: { ...heading } } as unknown as JsonValue;
  await store.putDocument({ collection, id: heading.id, replaces: null, value, expiresAt });
}

/** Null where there is none. What cannot be read is as if it were not there: nothing but a reason is lost. */
export async function readFailure(store: Store, id: string): Promise<KeptFailure | null> {
  return read((await store.getDocument(collection, id))?.value);
}

/** By the ids of their backtests. */
export async function listFailures(store: Store): Promise<ReadonlyMap<string, KeptFailure>> {
  const found = new Map<string, KeptFailure>();
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await store.listDocuments(collection, {
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { id, value } of page.documents) {
      const kept = read(value);
      if (kept !== null) found.set(id, kept);
    }
    cursor = page.nextCursor;
  }
  return found;
}

export async function forgetFailure(store: Store, id: string): Promise<void> {
  await store.putDocument({ collection, id, replaces: null, value: null });
}

function read(value: JsonValue | undefined): KeptFailure | null {
  const parsed = keptSchema.safeParse(value);
  if (!parsed.success) return null;
  const { heading, job } = parsed.data;
  // Only `keepFailure` writes there.
  return { heading: heading as unknown as BacktestHeading, job };
}
