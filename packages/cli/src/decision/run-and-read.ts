/** Works on a run until it has settled or waits, and reads it back: what a command then tells comes from the record alone. */
import { isErrorCode, MycroftError } from "@mycroft/errors";
import { type RunRecord, readRun } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { readRecordIn } from "../host/read-record.ts";
import { inSession } from "../host/run-session.ts";
import { type RunWait, standingOf } from "../host/run-waits.ts";
import type { NewRunOfWorkflow, StoreHolder } from "../host/store-holder.ts";
import type { LoadedMarket } from "../project/market.ts";
import type { OpenProject } from "../project/open-project.ts";

/** A run that has settled, or that waits for what this command cannot give it. */
export interface WorkedRun {
  readonly record: RunRecord;
  /** Empty for a run that has settled. */
  readonly waits: readonly RunWait[];
  /** Why this command must not work on it, as the end of a sentence; null when it may. */
  readonly obstacle: string | null;
}

type Told = Pick<Invocation, "options" | "terminal">;

/**
 * @param begin starts the run, or names one that is there.
 * @throws {MycroftError} the codes of the store; what `begin` throws.
 * @throws {Interrupted} when a signal came.
 */
export async function workAndRead(
  open: OpenProject,
  market: LoadedMarket | null,
  invocation: Told,
  begin: (holder: StoreHolder) => Promise<string>,
): Promise<WorkedRun> {
  const options = { open, market: market?.data ?? null, invocation };
  const { runId, obstacle } = await inSession(options, async ({ holder, workOn }) =>
    workOn(await begin(holder)),
  );
  return readRecordIn(open.recordFolder, async (store) => {
    const record = await readRun(store, runId);
    const standing = await standingOf(store, record);
    return { record, waits: standing.kind === "waiting" ? standing.waits : [], obstacle };
  });
}

/**
 * As `workAndRead`, with a new run that is to succeed.
 * @throws {MycroftError} the code with which the run failed.
 */
export async function runAndRead(
  open: OpenProject,
  market: LoadedMarket | null,
  invocation: Told,
  run: NewRunOfWorkflow,
): Promise<WorkedRun> {
  const worked = await workAndRead(open, market, invocation, (holder) => holder.start(run));
  refuseFailure(worked.record);
  return worked;
}

/** @throws {MycroftError} the code with which the run failed; RUN_CANCELLED. Nothing for one that is under way. */
export function refuseFailure({ header, state }: RunRecord): void {
  const { result } = state;
  if (result === null || result.status === "succeeded") return;
  throw failureOf(header.runId, result);
}

function failureOf(
  runId: string,
  result: Exclude<NonNullable<RunRecord["state"]["result"]>, { readonly status: "succeeded" }>,
): MycroftError {
  const seeMore = `\`mycroft show ${runId}\` shows where.`;
  if (result.status === "cancelled") {
    return new MycroftError("RUN_CANCELLED", `Run ${runId} was cancelled: ${result.reason}. ${seeMore}`, {
      details: { runId },
    });
  }
  const { code, message, retryable, details } = result.error;
  // An agent may have a code of its own.
  const known = isErrorCode(code) ? code : "TASK_FAILED";
  const own = known === code ? {} : { agentCode: code };
  return new MycroftError(known, `Run ${runId} failed: ${message} ${seeMore}`, {
    retryable,
    details: { ...details, ...own, runId },
  });
}
