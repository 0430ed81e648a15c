/**
 * What a worker needs of an orchestrator: the attempt behind a task message, and a place to report its outcome.
 * The message itself carries ids only, so what the worker executes is always what the store says.
 */
import type { AttemptReport } from "@mycroft/engine";
import type { AttemptOutcome, AttemptRequest } from "./gateway.ts";
import type { Delivery, TaskMessage } from "./queue.ts";

export interface AttemptLedger {
  /**
   * The attempt to execute; null when it is not wanted (settled, cancelled, under a newer token, or in the hands of
   * another worker that is alive) or may not start yet: then its message comes again. The worker then holds a lease on
   * it, and with it a slot of its pool. Each claim that is granted is for one execution. A ledger that knows when the message
   * is to come again postpones its delivery.
   */
  claim(message: TaskMessage, worker: string, delivery: Delivery): Promise<AttemptRequest | null>;
  /**
   * Renews the worker's leases on these attempts. A lease that is not renewed for `leaseMs` is lost: its attempt goes to
   * others. So each attempt is named: one that the worker has lost sight of must not stay its own for ever.
   */
  renew(worker: string, attempts: readonly TaskMessage[]): void;
  /** Ends the worker's lease on an attempt whose message it hands back to the queue: whoever gets that may claim it. */
  handBack(message: TaskMessage, worker: string): void;
  /** How long a lease lasts, in milliseconds. */
  readonly leaseMs: number;
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
