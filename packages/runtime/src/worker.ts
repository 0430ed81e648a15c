/**
 * Executes tasks: takes messages of one pool, claims the attempts behind them, has the gateway carry them out, and reports
 * their outcomes. It says every third of a lease what it has claimed, so that nobody else takes that meanwhile.
 *
 * At least once (P2): a message is done only when its outcome is durable, so a worker that dies on the way leaves a message
 * that is delivered again, or a lease that is lost. A worker that stands still for longer than a lease lasts, and then goes
 * on, executes what somebody else executes too. The first outcome counts, the other is recorded as stale (E10); an agent with
 * effects has them once by its idempotency key.
 */
import { MycroftError } from "@mycroft/errors";
import { AttemptInHand, type Hands } from "./attempt-in-hand.ts";
import { AttemptsInHand } from "./attempts-in-hand.ts";
import { Deadlines } from "./deadlines.ts";
import type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { Clock, Timer } from "./ports/clock.ts";
import type { Gateway } from "./ports/gateway.ts";
import type { Consumer, Delivery, TaskMessage, TaskQueue } from "./ports/queue.ts";

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
  readonly #inHand = new AttemptsInHand();
  /** Set while there is something in hand, and for as long after that as it takes to notice. */
  #renewal: Timer | null = null;
  #consumer: Consumer | null = null;
  #stopListening: () => void = () => {};

  private constructor(options: WorkerOptions) {
    const { name, ledger, gateway, clock } = options;
    this.#options = options;
    const deadlines = new Deadlines(clock);
    const onOver: Hands["onOver"] = (attempt, failure) => {
      this.#inHand.delete(attempt);
      if (failure !== undefined) options.onError?.(failure);
    };
    this.#hands = { name, ledger, gateway, clock, deadlines, onOver };
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options);
    const { queue, ledger, pool, concurrency } = options;
    worker.#stopListening = ledger.onCancelled((cancelled) => worker.#cancel(cancelled));
    worker.#consumer = await queue.consume({ pool, concurrency }, (message, delivery) =>
      worker.#handle(message, delivery),
    );
    return worker;
  }

  /** How many attempts it has in hand. */
  get inHand(): number {
    return this.#inHand.size;
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

  /** Rejects when the message is to be delivered again. */
  #handle(message: TaskMessage, delivery: Delivery): Promise<void> {
    // The same message may come twice: the one in hand reports, or is handed back when it cannot.
    if (this.#inHand.find(message) !== undefined) return Promise.resolve();
    const attempt = new AttemptInHand(message, this.#hands);
    this.#inHand.add(attempt);
    this.#renewLater();
    return attempt.handle(delivery);
  }

  #cancel(cancelled: CancelledAttempt): void {
    this.#inHand.find(cancelled)?.cancel();
  }

  #renewLater(): void {
    if (this.#renewal !== null) return;
    const { ledger, clock, name } = this.#options;
    this.#renewal = clock.setDelay(ledger.leaseMs / renewalsPerLease, () => {
      this.#renewal = null;
      if (this.#inHand.isEmpty) return;
      // Whoever renews what it has not been granted yet is told that it is not its own, and lets go of it.
      const claimed = this.#inHand.values().filter(({ isClaimed }) => isClaimed);
      if (claimed.length > 0) {
        ledger.renew(
          name,
          claimed.map(({ message }) => message),
        );
      }
      this.#renewLater();
    });
  }

  #giveUpAll(): void {
    for (const attempt of this.#inHand.values()) {
      attempt.giveUp(new MycroftError("WORKER_CLOSED", `Worker ${this.#options.name} was closed.`));
    }
  }
}
