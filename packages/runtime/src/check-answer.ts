/** Whether what somebody sends to a run (a signal, a verdict, a cancellation) is meant for it (P7): before it is recorded. */
import {
  canonicalJson,
  checkSignal,
  describeTasks,
  type JsonValue,
  type TaskDescription,
  type Verdict,
} from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { taskUnknown } from "./fork-run.ts";
import type { LiveRun } from "./live-run.ts";

export interface Signal {
  readonly signal: string;
  /** For which of several waits it is. */
  readonly key?: string;
  readonly payload: JsonValue;
  /** Two signals of a run with the same id count once: a sender that is not sure may send again. */
  readonly id?: string;
}

export interface Approval {
  /** The task, or the name of its step; may be left out when one task alone waits for a verdict. */
  readonly task?: string;
  readonly verdict: Verdict;
  /** Who decides: 1 to 200 characters. */
  readonly by: string;
  readonly comment?: string;
}

const maxPayload = 1024 * 1024;
const maxText = 200;
const maxComment = 10_000;

/** @throws {MycroftError} RUN_SETTLED, SIGNAL_UNKNOWN, INPUT_INVALID or LIMIT_EXCEEDED. */
export function checkSignalFor(run: LiveRun, { signal, key, payload, id }: Signal): void {
  checkUnderWay(run);
  const { runId } = run.header;
  for (const [field, text] of Object.entries({ key, id }))
    if (text !== undefined) checkText(field, text, maxText);
  const size = sizeOf(payload);
  if (size > maxPayload) {
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `A signal's payload has at most ${maxPayload} characters of JSON, not ${size}.`,
      {
        details: { field: "payload", limit: maxPayload },
      },
    );
  }
  const misfit = checkSignal(run.plan, signal, payload, key ?? null);
  if (misfit?.kind === "unknown") {
    const { known } = misfit;
    const waits = known.length === 0 ? "it waits for none" : `it waits for ${known.join(", ")}`;
    throw new MycroftError(
      "SIGNAL_UNKNOWN",
      `Run ${runId} waits for no signal ${JSON.stringify(signal.slice(0, maxText))}; ${waits}.`,
      {
        details: { runId, known },
      },
    );
  }
  if (misfit?.kind === "key") {
    const wanted = misfit.wantsKey ? "only with a key" : "only without a key";
    throw new MycroftError("INPUT_INVALID", `Step "${misfit.step}" takes the signal "${signal}" ${wanted}.`, {
      details: { runId, step: misfit.step, field: "key" },
    });
  }
  if (misfit?.kind === "payload") {
    throw new MycroftError(
      "INPUT_INVALID",
      `The payload of signal "${signal}" does not fit step "${misfit.step}": ${misfit.message}.`,
      { details: { runId, step: misfit.step, field: misfit.field } },
    );
  }
  if (run.state.signals !== null && !run.state.signals.admits(undefined)) {
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `Run ${runId} has been sent all the signals that a run may be sent.`,
      {
        details: { runId },
      },
    );
  }
}

/** In characters of JSON. */
function sizeOf(payload: JsonValue): number {
  try {
    return canonicalJson(payload).length;
  } catch (thrown) {
    const { message } = asMycroftError(thrown);
    throw new MycroftError("INPUT_INVALID", `A signal's payload is JSON, and this is not: ${message}`, {
      details: { field: "payload" },
      cause: thrown,
    });
  }
}

/**
 * @returns the id of the task that the verdict is for.
 * @throws {MycroftError} RUN_SETTLED, TASK_UNKNOWN, TASK_NOT_WAITING or INPUT_INVALID.
 */
export function checkApproval(run: LiveRun, { task, by, comment }: Approval): string {
  checkUnderWay(run);
  checkText("by", by, maxText);
  if (comment !== undefined) checkText("comment", comment, maxComment);
  const { runId } = run.header;
  const tasks = describeTasks(run.state);
  const meant = tasks.filter(({ id, step }) => task === undefined || id === task || step === task);
  if (task !== undefined && meant.length === 0) throw taskUnknown(runId, task);
  const waiting = meant.filter(({ status }) => status === "waitingForApproval");
  const [one, other] = waiting;
  if (one !== undefined && other === undefined) return one.id;
  throw new MycroftError("TASK_NOT_WAITING", notWaiting(runId, task, meant, waiting), { details: { runId } });
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkReason(reason: string): void {
  checkText("reason", reason, maxComment);
}

/** @throws {MycroftError} RUN_SETTLED. */
function checkUnderWay(run: LiveRun): void {
  const { result } = run.state;
  if (result === null) return;
  const { runId } = run.header;
  throw new MycroftError(
    "RUN_SETTLED",
    `Run ${runId} has ${result.status === "cancelled" ? "been " : ""}${result.status} already.`,
    {
      details: { runId, status: result.status },
    },
  );
}

function notWaiting(
  runId: string,
  task: string | undefined,
  meant: readonly TaskDescription[],
  waiting: readonly TaskDescription[],
): string {
  if (waiting.length > 1) {
    const ids = waiting.slice(0, 10).map(({ id }) => id);
    return `${waiting.length} tasks of run ${runId} wait for a verdict: ${ids.join(", ")}. Say which one is meant.`;
  }
  if (task === undefined) return `No task of run ${runId} waits for a verdict.`;
  return `Task ${task} of run ${runId} does not wait for a verdict: it is ${meant[0]?.status ?? "unknown"}.`;
}

function checkText(field: string, text: string, limit: number): void {
  if (text.trim() !== "" && text.length <= limit && text.isWellFormed()) return;
  throw new MycroftError("INPUT_INVALID", `${field} is a text of 1 to ${limit} characters.`, {
    details: { field, limit },
  });
}
