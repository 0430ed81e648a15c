/**
 * Executes tasks: takes a message, claims the attempt behind it, has the gateway carry it out within its timeout
 * (E4), and reports the outcome. A message is done only when its outcome is durable, so a worker that dies on the way
 * leaves a message that is delivered again (P2).
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import { Deadlines } from "./deadlines.ts";
import type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { Clock } from "./ports/clock.ts";
import type { AttemptOutcome, AttemptRequest, Gateway } from "./ports/gateway.ts";
import type { Consumer, TaskMessage, TaskQueue } from "./ports/queue.ts";

export interface WorkerOptions {
  /** Unique among the workers of a store; it is in the record of every attempt. */
  readonly name: string;
  readonly pool: string;
  /** How many attempts are under way at once. */
  readonly concurrency: number;
  readonly queue: TaskQueue;
  readonly ledger: AttemptLedger;
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** Told of failures that no caller is waiting for. */
  readonly onError?: (error: MycroftError) => void;
}

export class Worker {
  readonly #options: WorkerOptions;
  /** How to give up each attempt in hand. */
  readonly #underWay = new Map<string, () => void>();
  readonly #deadlines: Deadlines;
  #consumer: Consumer | null = null;
  #stopListening: () => void = () => {};

  private constructor(options: WorkerOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock);
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options);
    const { queue, ledger, pool, concurrency } = options;
    worker.#stopListening = ledger.onCancelled((cancelled) => worker.#abort(cancelled));
    worker.#consumer = await queue.consume({ pool, concurrency }, (message) => worker.#handle(message));
    return worker;
  }

  /** Takes no more tasks and resolves when those in hand are done. */
  async close(): Promise<void> {
    await this.#consumer?.close();
    this.#stopListening();
  }

  async #handle(message: TaskMessage): Promise<void> {
    try {
      const request = await this.#options.ledger.claim(message);
      // The same message may come twice: the one in hand reports, or is handed back when it cannot.
      if (request === null || this.#underWay.has(attemptKey(request))) return;
      const startedAt = this.#options.clock.now();
      const outcome = await this.#execute(request);
      if (outcome === null) return;
      await this.#options.ledger.report(message, outcome, { startedAt, worker: this.#options.name });
    } catch (thrown) {
      this.#options.onError?.(asMycroftError(thrown));
      // Rejecting hands the message back to the queue, which delivers it again.
      throw thrown;
    }
  }

  /** Null when the attempt was cancelled: nobody wants its outcome any more. */
  async #execute(request: AttemptRequest): Promise<AttemptOutcome | null> {
    const { gateway, clock } = this.#options;
    const key = attemptKey(request);
    const controller = new AbortController();
    const ended = Promise.withResolvers<AttemptOutcome | null>();
    // An agent may ignore the signal; the attempt ends all the same.
    const end = (outcome: AttemptOutcome | null) => {
      ended.resolve(outcome);
      controller.abort();
    };
    const deadline = {
      dueAt: clock.now() + request.timeoutMs,
      action: () => end(timedOut(request)),
    };
    this.#deadlines.set(deadline);
    this.#underWay.set(key, () => end(null));
    try {
      gateway.execute(request, controller.signal).then(ended.resolve, ended.reject);
      return await ended.promise;
    } finally {
      this.#deadlines.clear(deadline);
      this.#underWay.delete(key);
    }
  }

  #abort(cancelled: CancelledAttempt): void {
    this.#underWay.get(attemptKey(cancelled))?.();
  }
}

function attemptKey(of: CancelledAttempt): string {
  return `${of.runId}/${of.attempt}/${of.task}`;
}

function timedOut(request: AttemptRequest): AttemptOutcome {
  const { name } = request.target;
  return {
    ok: false,
    error: {
      code: "ATTEMPT_TIMED_OUT",
      message: `${name} did not answer within the step's timeout of ${request.timeoutMs} ms.`,
      retryable: true,
      details: { timeoutMs: request.timeoutMs, target: name },
    },
  };
}
