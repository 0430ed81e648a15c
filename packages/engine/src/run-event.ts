/**
 * Events are the facts that a run's state is folded from (E12): what came from outside the engine. Everything
 * else (which task is ready, what is skipped, when a retry is due) follows from them and is never stored.
 */
import type { JsonValue, TaskError } from "./workflow-definition.ts";

/** How and where an attempt was executed. It explains the record; the engine never reads it. */
export interface AttemptReport {
  /** Milliseconds since the epoch, on the worker's clock. */
  readonly startedAt: number;
  readonly worker: string;
  /** The version of the agent, function or policy that answered. */
  readonly version?: string;
}

export type RunEvent =
  | { readonly type: "runStarted"; readonly at: number; readonly input: JsonValue }
  | {
      readonly type: "attemptSucceeded";
      readonly at: number;
      readonly task: string;
      /** The fencing token (E10): the number of the attempt that this is the result of. */
      readonly attempt: number;
      readonly output: JsonValue;
      readonly report?: AttemptReport;
    }
  | {
      readonly type: "attemptFailed";
      readonly at: number;
      readonly task: string;
      readonly attempt: number;
      readonly error: TaskError;
      readonly report?: AttemptReport;
    }
  | { readonly type: "timerFired"; readonly at: number; readonly timer: string }
  | { readonly type: "cancelRequested"; readonly at: number; readonly reason: string };

export interface StartAttempt {
  readonly type: "startAttempt";
  readonly task: string;
  /** The step's name in the plan. */
  readonly step: string;
  readonly attempt: number;
  readonly target: { readonly kind: "agent" | "function" | "policy"; readonly name: string };
  /** Shares its parts with the run's state: whoever carries the command out must not change it. */
  readonly input: JsonValue;
  /** The longest that the attempt may take (E4). */
  readonly timeoutMs: number;
}

/** What the engine wants done. Commands are derived from state, never stored (E12). */
export type Command =
  | StartAttempt
  /** `timerFired` is to follow at `dueAt` or later. Setting a timer again replaces it. */
  | { readonly type: "setTimer"; readonly timer: string; readonly dueAt: number }
  | { readonly type: "clearTimer"; readonly timer: string }
  | { readonly type: "cancelAttempt"; readonly task: string; readonly attempt: number }
  | { readonly type: "settleRun"; readonly result: RunResult };

export type RunStatus = "running" | "succeeded" | "failed" | "cancelled";

export type RunResult =
  | { readonly status: "succeeded"; readonly output: JsonValue }
  | { readonly status: "failed"; readonly error: TaskError }
  | { readonly status: "cancelled"; readonly reason: string };
