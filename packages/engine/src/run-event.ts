/**
 * Events are the facts that a run's state is folded from (E12): what came from outside the engine. Everything
 * else (which task is ready, what is skipped, when a retry is due) follows from them and is never stored.
 */
import type { JsonValue, TaskError, Verdict } from "./workflow-definition.ts";

/** How and where an attempt was executed. It explains the record; the engine never reads it. */
export interface AttemptReport {
  /** Milliseconds since the epoch, on the worker's clock. */
  readonly startedAt: number;
  readonly worker: string;
  /** The version of the agent, function or policy that answered. */
  readonly version?: string;
  /** Given when the answer was taken from an earlier, equal request. */
  readonly cached?: true;
  /** The child run that this is the outcome of (E7). */
  readonly childRunId?: string;
  /** What passed between the attempt and other agents, in the order in which it began; absent when that is nothing. */
  readonly messages?: readonly MessageRecord[];
  /** What the agent or function said of its work; absent when that is nothing. */
  readonly log?: AttemptLog;
}

export interface AttemptLog {
  /** In the order in which they were written: the first ones, and the last ones. */
  readonly lines: readonly LogLine[];
  /** What came between them and was too much to keep: `count` lines before `lines[at]`. */
  readonly leftOut?: { readonly at: number; readonly count: number };
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogLine {
  /** Milliseconds since the epoch, on the worker's clock. */
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: { readonly [name: string]: JsonValue };
}

/** Contents are told by the hash of their canonical JSON. */
export type MessageRecord = (
  | { readonly type: "published"; readonly topic: string; readonly offset: string; readonly hash: string }
  | {
      readonly type: "asked";
      readonly agent: string;
      /** The question's own, which its answer carries too. */
      readonly id: string;
      readonly hash: string;
      /** Null when none had come by the time the attempt ended. */
      readonly answer:
        | { readonly hash: string; readonly version: string }
        | { readonly errorCode: string }
        | null;
    }
  | { readonly type: "written"; readonly key: string; readonly revision: number; readonly hash: string }
  /** Revision 0, and no hash, when there was nothing under that key. */
  | { readonly type: "read"; readonly key: string; readonly revision: number; readonly hash: string | null }
  | { readonly type: "listed"; readonly keys: number; readonly hash: string }
) & {
  /** The agent that did it while it answered for the attempt; absent when the attempt did it itself. */
  readonly by?: string;
};

/**
 * How a task came out in another run. It counts only for a task of that id that is given equal input: a record never
 * shows an outcome beside an input that it did not come from.
 */
export type CarriedOutcome = {
  readonly task: string;
  /** The content hash of the task's input; null for an outcome that a person stated, which holds for any input. */
  readonly inputHash: string | null;
} & ({ readonly output: JsonValue } | { readonly error: TaskError });

export type RunEvent =
  /**
   * What a fork has in common with the run that it began from. Comes before `runStarted`; several of them add up. A task
   * that is in it is not executed: when its turn comes, it comes out as stated.
   */
  | { readonly type: "outcomesCarried"; readonly at: number; readonly outcomes: readonly CarriedOutcome[] }
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
  /** E9: kept until a task waits for it. Signals of one name and key are taken in the order of their arrival. */
  | {
      readonly type: "signalReceived";
      readonly at: number;
      readonly signal: string;
      /** Which of several waits for the same signal is meant. */
      readonly key?: string;
      readonly payload: JsonValue;
      /** Of two signals with the same id, the second is ignored. */
      readonly id?: string;
    }
  /** E8: a person's answer to an approve step. */
  | {
      readonly type: "approvalDecided";
      readonly at: number;
      readonly task: string;
      readonly verdict: Verdict;
      readonly by: string;
      readonly comment?: string;
    }
  /** Ends one task, or the whole run when none is named (E11). */
  | {
      readonly type: "cancelRequested";
      readonly at: number;
      readonly reason: string;
      readonly task?: string;
    };

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
  /** The longest that it may go without a heartbeat. */
  readonly heartbeatTimeoutMs?: number;
  /** For how long its output may stand in for that of an equal request. */
  readonly cacheTtlMs?: number;
  /** Where it is executed (`default` unless given), and how soon (0 unless given). */
  readonly pool?: string;
  readonly priority?: number;
}

/** E7: run `plan` on `input` as a child, and report how it settled as the outcome of this attempt. */
export interface StartChildRun {
  readonly type: "startChildRun";
  readonly task: string;
  readonly step: string;
  readonly attempt: number;
  readonly workflow: string;
  /** The hash of the child's plan. */
  readonly plan: string;
  readonly input: JsonValue;
}

/** What the engine wants done. Commands are derived from state, never stored (E12). */
export type Command =
  | StartAttempt
  /** `timerFired` is to follow at `dueAt` or later. Setting a timer again replaces it. */
  | { readonly type: "setTimer"; readonly timer: string; readonly dueAt: number }
  | { readonly type: "clearTimer"; readonly timer: string }
  | { readonly type: "cancelAttempt"; readonly task: string; readonly attempt: number }
  | StartChildRun
  | {
      readonly type: "cancelChildRun";
      readonly task: string;
      readonly attempt: number;
      readonly reason: string;
    }
  | { readonly type: "settleRun"; readonly result: RunResult };

export type RunStatus = "running" | "succeeded" | "failed" | "cancelled";

export type RunResult =
  | { readonly status: "succeeded"; readonly output: JsonValue }
  | { readonly status: "failed"; readonly error: TaskError }
  | { readonly status: "cancelled"; readonly reason: string };
