/** Runs a workflow to its end and reads the run back: what a command then tells comes from the record alone. */
import { isErrorCode, MycroftError } from "@mycroft/errors";
import { type RunRecord, readRun } from "@mycroft/runtime";
import { readRecordIn } from "../host/read-record.ts";
import { type NewSessionRun, runInSession } from "../host/run-session.ts";
import type { LoadedMarket } from "../project/market.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { Terminal } from "../text/terminal.ts";

/**
 * @throws {MycroftError} the code with which the run failed; the codes of the store.
 * @throws {Interrupted} when a signal came.
 */
export async function runAndRead(
  { project, recordFolder }: OpenProject,
  market: LoadedMarket | null,
  run: NewSessionRun,
  terminal: Terminal,
): Promise<RunRecord> {
  const options = { recordFolder, project, market: market?.data ?? null, terminal };
  const runId = await runInSession(options, run);
  const record = await readRecordIn(recordFolder, (store) => readRun(store, runId));
  const { result } = record.state;
  if (result?.status === "succeeded") return record;
  throw failureOf(runId, result);
}

function failureOf(runId: string, result: RunRecord["state"]["result"]): MycroftError {
  const seeMore = `\`mycroft show ${runId}\` shows where.`;
  if (result?.status === "failed") {
    const { code, message, retryable, details } = result.error;
    // An agent may have a code of its own.
    const known = isErrorCode(code) ? code : "TASK_FAILED";
    const own = known === code ? {} : { agentCode: code };
    return new MycroftError(known, `Run ${runId} failed: ${message} ${seeMore}`, {
      retryable,
      details: { ...details, ...own, runId },
    });
  }
  const reason = result?.status === "cancelled" ? `: ${result.reason}` : "";
  return new MycroftError("RUN_CANCELLED", `Run ${runId} was cancelled${reason}. ${seeMore}`, {
    details: { runId },
  });
}
