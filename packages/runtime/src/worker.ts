/**
 * Executes tasks: takes messages of one pool, claims the attempts behind them, has the gateway carry them out, and reports
 * their outcomes. It says every third of a lease what it has in hand, so that nobody else takes that meanwhile.
 *
 * At least once (P2): a message is done only when its outcome is durable, so a worker that dies on the way leaves a message
 * that is delivered again, or a lease that is lost. A worker that stands still for longer than a lease lasts, and then goes
 * on, executes what somebody else executes too. The first outcome counts, the other is recorded as stale (E10); an agent with
 * effects has them once by its idempotency key.
 */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { AttemptInHand, type Hands } from "./attempt-in-hand.ts";
import { Deadlines } from "./deadlines.ts";
import type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { Clock, Timer } from "./ports/clock.ts";
import type { Gateway } from "./ports/gateway.ts";
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

export interface CloseOptions {
  /** How long what is in hand may take to end: for ever unless given. What has not ended then is left to others. */
  readonly graceMs?: number;
}

const renewalsPerLease = 3;

export class Worker {
  readonly #options: WorkerOptions;
  readonly #hands: Hands;
  readonly #inHand = new Map<string, AttemptInHand>();
  /** Set while there is something in hand, and for as long after that as it takes to notice. */
  #renewal: Timer | null = null;
  #consumer: Consumer | null = null;
  #stopListening: () => void = () => {};

  private constructor(options: WorkerOptions) {
    const { name, ledger, gateway, clock } = options;
    this.#options = options;
    this.#hands = { name, ledger, gateway, clock, deadlines: new Deadlines(clock) };
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options);
    const { queue, ledger, pool, concurrency } = options;
    worker.#stopListening = ledger.onCancelled((cancelled) => worker.#cancel(cancelled));
    worker.#consumer = await queue.consume({ pool, concurrency }, (message) => worker.#handle(message));
    return worker;
  }

  /**
   * Takes no more tasks and resolves when those in hand are done, or given up: their messages go back to the queue, their
   * leases end, and nothing of them is reported.
   */
  async close({ graceMs }: CloseOptions = {}): Promise<void> {
    const { clock } = this.#options;
    const drained = this.#consumer?.close();
    const grace = graceMs === undefined ? null : clock.setDelay(graceMs, () => this.#giveUpAll());
    await drained;
    grace?.cancel();
    this.#renewal?.cancel();
    this.#stopListening();
  }

  async #handle(message: TaskMessage): Promise<void> {
    const key = attemptKey(message);
    // The same message may come twice: the one in hand reports, or is handed back when it cannot.
    if (this.#inHand.has(key)) return;
    const attempt = new AttemptInHand(message, this.#hands);
    this.#inHand.set(key, attempt);
    this.#renewLater();
    try {
      await attempt.handle();
    } catch (thrown) {
      this.#options.onError?.(asMycroftError(thrown));
      // Rejecting hands the message back to the queue, which delivers it again.
      throw thrown;
    } finally {
      this.#inHand.delete(key);
    }
  }

  #cancel(cancelled: CancelledAttempt): void {
    this.#inHand.get(attemptKey(cancelled))?.cancel();
  }

  #renewLater(): void {
    if (this.#renewal !== null) return;
    const { ledger, clock, name } = this.#options;
    this.#renewal = clock.setDelay(ledger.leaseMs / renewalsPerLease, () => {
      this.#renewal = null;
      if (this.#inHand.size === 0) return;
      ledger.renew(
        name,
        Array.from(this.#inHand.values(), ({ message }) => message),
      );
      this.#renewLater();
    });
  }

  #giveUpAll(): void {
    for (const attempt of this.#inHand.values()) {
      attempt.giveUp(new MycroftError("WORKER_CLOSED", `Worker ${this.#options.name} was closed.`));
    }
  }
}

function attemptKey(of: CancelledAttempt): string {
  return `${of.runId}/${of.attempt}/${of.task}`;
}
