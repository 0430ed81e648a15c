/**
 * Replays a run from its record alone (P6): what agents answered is taken from the record, everything that is a pure
 * function of it (resolution, risk limits, portfolio, and the engine itself) is computed again.
 */
import {
  apply,
  attemptCommand,
  contentHash,
  createRun,
  indexPlan,
  type JsonValue,
  type RunEvent,
  type RunResult,
  type RunState,
} from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { attemptRequest } from "./attempt-request.ts";
import type { AttemptRequest, Gateway } from "./ports/gateway.ts";
import type { RunRecord } from "./run-record.ts";

export interface Replay {
  readonly agrees: boolean;
  readonly recordedHash: string;
  readonly replayedHash: string;
  /** How many outcomes were computed again, and how many were taken from the record. */
  readonly recomputed: number;
  readonly taken: number;
  /** The tasks whose outcome came out different, in the order of the record. */
  readonly divergences: readonly Divergence[];
}

export interface Divergence {
  readonly task: string;
  readonly recorded: JsonValue;
  readonly replayed: JsonValue;
}

/**
 * The hash by which two runs' decisions are compared: of the run's output, or of how else it ended. It holds nothing
 * of when, where or how fast the run was executed.
 */
export function decisionHash(result: RunResult): string {
  return contentHash(result as unknown as JsonValue);
}

/**
 * @param isPure whether the outcome of calling that target follows from its input alone.
 * @throws {MycroftError} RUN_NOT_SETTLED.
 */
export async function replayRun(
  record: RunRecord,
  gateway: Gateway,
  isPure: (target: AttemptRequest["target"]) => boolean,
): Promise<Replay> {
  const recorded = record.state.result;
  if (recorded === null) {
    throw new MycroftError(
      "RUN_NOT_SETTLED",
      `Run ${record.header.runId} is still under way; replay it when it has settled.`,
    );
  }
  const state = createRun(indexPlan(record.plan), record.header.runId);
  const divergences: Divergence[] = [];
  let recomputed = 0;
  let taken = 0;
  for (const event of record.events) {
    const request = pureRequest(record, state, event, isPure);
    if (request === null || event.type !== "attemptSucceeded") {
      if (event.type === "attemptSucceeded" || event.type === "attemptFailed") taken += 1;
      apply(state, event);
      continue;
    }
    recomputed += 1;
    const replayed = await recompute(gateway, request, event);
    if (contentHash(outcomeOf(replayed)) !== contentHash(outcomeOf(event))) {
      divergences.push({ task: event.task, recorded: outcomeOf(event), replayed: outcomeOf(replayed) });
    }
    apply(state, replayed);
  }
  const recordedHash = decisionHash(recorded);
  const replayedHash = state.result === null ? "unsettled" : decisionHash(state.result);
  return {
    agrees: recordedHash === replayedHash,
    recordedHash,
    replayedHash,
    recomputed,
    taken,
    divergences,
  };
}

/** The request to compute again, when the event is the outcome of a pure one that counted. */
function pureRequest(
  record: RunRecord,
  state: RunState,
  event: RunEvent,
  isPure: (target: AttemptRequest["target"]) => boolean,
): AttemptRequest | null {
  if (event.type !== "attemptSucceeded") return null;
  const command = attemptCommand(state, event.task, event.attempt);
  if (command === null || !isPure(command.target)) return null;
  return attemptRequest(record.header, command);
}

async function recompute(
  gateway: Gateway,
  request: AttemptRequest,
  event: Extract<RunEvent, { type: "attemptSucceeded" }>,
): Promise<RunEvent> {
  const outcome = await gateway.execute(request, {
    signal: new AbortController().signal,
    heartbeat: () => {},
  });
  if (outcome.ok) return { ...event, output: outcome.output };
  const { type: _, output: __, ...rest } = event;
  // A failure that the record does not have must not be retried away.
  return { ...rest, type: "attemptFailed", error: { ...outcome.error, retryable: false } };
}

function outcomeOf(event: RunEvent): JsonValue {
  if (event.type === "attemptSucceeded") return event.output;
  return event.type === "attemptFailed" ? { error: event.error.message, code: event.error.code } : null;
}
