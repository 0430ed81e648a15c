/** Starts a run under a key: once, whatever crashes, and whatever was deployed between a crash and the next try. */
import { asMycroftError, type ErrorDetails, MycroftError } from "@mycroft/errors";
import type { Store } from "../ports/store.ts";
import type {
  ScheduleDefinition,
  ScheduledFiring,
  ScheduledRuns,
  ScheduledStart,
} from "./schedule-definition.ts";

export type KeyedStart = ScheduledStart & { readonly startKey: string };

/** The run that was started under a key; null when there is none. */
export async function findStarted(
  store: Pick<Store, "findRunByStartKey">,
  startKey: string,
): Promise<string | null> {
  return (await store.findRunByStartKey(startKey))?.runId ?? null;
}

/**
 * Resolves with the id of the run that there is under the key, new or not.
 * @throws {MycroftError} what `startRun` throws.
 */
export async function startOnce(
  store: Pick<Store, "findRunByStartKey">,
  runs: ScheduledRuns,
  start: KeyedStart,
): Promise<string> {
  try {
    return await runs.startRun(start);
  } catch (thrown) {
    // Somebody else was first, with another plan or input: one run for the key is what was asked for.
    const isTaken = thrown instanceof MycroftError && thrown.code === "START_KEY_MISMATCH";
    const runId = isTaken ? await findStarted(store, start.startKey) : null;
    if (runId === null) throw thrown;
    return runId;
  }
}

/**
 * Whether a failure is the start's own fault, so that trying again is no use. While a host shuts down, everything fails.
 */
export function isHopeless(thrown: unknown): thrown is MycroftError {
  if (!(thrown instanceof MycroftError) || thrown.retryable) return false;
  return thrown.code !== "STORE_CLOSED" && thrown.code !== "STORE_CONFLICT";
}

/** @throws {MycroftError} INPUT_INVALID unless the author's own code says otherwise. */
export function startOf(
  { startFor }: ScheduleDefinition,
  firing: ScheduledFiring,
): ReturnType<ScheduleDefinition["startFor"]> {
  try {
    return startFor(firing);
  } catch (thrown) {
    throw asMycroftError(thrown, "INPUT_INVALID");
  }
}

export async function cancelRun(runs: ScheduledRuns, runId: string, reason: string): Promise<void> {
  try {
    await runs.cancel(runId, reason);
  } catch (thrown) {
    // It settled and was forgotten since it was listed.
    if (!(thrown instanceof MycroftError && thrown.code === "RUN_UNKNOWN")) throw thrown;
  }
}

/** The same failure, with whose work it holds up. */
export function failureOf(whose: string, details: ErrorDetails, error: MycroftError): MycroftError {
  const { code, message, retryable } = error;
  return new MycroftError(code, `${whose}: ${message}`, {
    details: { ...error.details, ...details },
    cause: error,
    retryable,
  });
}
