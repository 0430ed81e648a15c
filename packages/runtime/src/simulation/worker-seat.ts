/**
 * Where a worker sits: it can be made to stand still, as a process that is stopped or swapped out, and wakes up with all
 * that came meanwhile still to be looked at, in order.
 */
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Clock } from "../ports/clock.ts";
import type { Gateway } from "../ports/gateway.ts";
import type { TaskQueue } from "../ports/queue.ts";

export class WorkerSeat {
  readonly name: string;
  readonly #clock: Clock;
  readonly #onExecution: (seat: WorkerSeat, executions: number) => void;
  #executions = 0;
  /** What came while it stood still; null while it is awake and has dealt with that. */
  #kept: (() => void)[] | null = null;
  #isAsleep = false;
  #stoodStillAt = Number.NEGATIVE_INFINITY;

  /**
   * @param clock stops with its process.
   * @param onExecution told how many executions have begun here, at each.
   */
  constructor(name: string, clock: Clock, onExecution: (seat: WorkerSeat, executions: number) => void) {
    this.name = name;
    this.#clock = clock;
    this.#onExecution = onExecution;
  }

  /** Also while it deals with what came meanwhile. */
  get isFrozen(): boolean {
    return this.#kept !== null;
  }

  /** Whether it has stood still at that time or later: milliseconds elapsed. */
  stoodStillSince(time: number): boolean {
    return this.isFrozen || this.#stoodStillAt >= time;
  }

  freeze(): void {
    this.#isAsleep = true;
    this.#kept ??= [];
  }

  wake(): void {
    this.#isAsleep = false;
    this.#goOn();
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      setTimer: (dueAt, action) => clock.setTimer(dueAt, () => this.#pass(action)),
      setDelay: (delayMs, action) => clock.setDelay(delayMs, () => this.#pass(action)),
      defer: (action) => clock.defer(() => this.#pass(action)),
    };
  }

  queue(queue: TaskQueue): TaskQueue {
    return {
      ...queue,
      consume: (options, handle) =>
        queue.consume(options, async (message, delivery) => {
          await this.#awake();
          await handle(message, delivery);
        }),
    };
  }

  ledger(ledger: AttemptLedger): AttemptLedger {
    return {
      leaseMs: ledger.leaseMs,
      claim: (message, worker, delivery) => this.#answer(ledger.claim(message, worker, delivery)),
      renew: (worker, attempts) => ledger.renew(worker, attempts),
      handBack: (message, worker) => ledger.handBack(message, worker),
      report: (message, outcome, report) => this.#answer(ledger.report(message, outcome, report)),
      onCancelled: (listener) => ledger.onCancelled((cancelled) => this.#pass(() => listener(cancelled))),
    };
  }

  gateway(gateway: Gateway): Gateway {
    return {
      execute: (request, control) => {
        const executed = gateway.execute(request, {
          get signal() {
            return control.signal;
          },
          heartbeat: () => this.#pass(() => control.heartbeat()),
        });
        this.#executions += 1;
        this.#onExecution(this, this.#executions);
        return this.#answer(executed);
      },
    };
  }

  async #answer<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } finally {
      await this.#awake();
    }
  }

  #awake(): Promise<void> | undefined {
    if (this.#kept === null) return undefined;
    return new Promise((resolve) => {
      this.#pass(resolve);
    });
  }

  #pass(action: () => void): void {
    if (this.#kept === null) action();
    else this.#kept.push(action);
  }

  /** One thing at a time, each with all that follows from it. */
  #goOn(): void {
    if (this.#isAsleep || this.#kept === null) return;
    this.#stoodStillAt = this.#clock.elapsed();
    const next = this.#kept.shift();
    if (next === undefined) this.#kept = null;
    else {
      next();
      this.#clock.defer(() => this.#goOn());
    }
  }
}
