/**
 * What a worker needs of an orchestrator: the attempt behind a task message, and a place to report its outcome.
 * The message itself carries ids only, so what the worker executes is always what the store says.
 */
import type { AttemptReport } from "@mycroft/engine";
import type { AttemptOutcome, AttemptRequest } from "./gateway.ts";
import type { TaskMessage } from "./queue.ts";

export interface AttemptLedger {
  /** The attempt to execute; null when it is not wanted any more (settled, cancelled, or under a newer token). */
  claim(message: TaskMessage): Promise<AttemptRequest | null>;
  /** Resolves when the outcome is durable (P1), whether it counted or was recorded as stale (E10). */
  report(message: TaskMessage, outcome: AttemptOutcome, report: AttemptReport): Promise<void>;
  /** Calls `listener` when an attempt in flight is to be given up (E11). Returns a function that stops this. */
  onCancelled(listener: (cancelled: CancelledAttempt) => void): () => void;
}

export interface CancelledAttempt {
  readonly runId: string;
  readonly task: string;
  readonly attempt: number;
}
