/** Where a worker sits: it can be made to stand still, as a process that is stopped or swapped out. */
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Clock } from "../ports/clock.ts";
import type { Gateway } from "../ports/gateway.ts";
import type { TaskQueue } from "../ports/queue.ts";
import { Standstill } from "./standstill.ts";

export class WorkerSeat {
  readonly name: string;
  readonly #standstill: Standstill;
  readonly #onExecution: (seat: WorkerSeat, executions: number) => void;
  #executions = 0;

  /**
   * @param clock stops with its process.
   * @param onExecution told how many executions have begun here, at each.
   */
  constructor(name: string, clock: Clock, onExecution: (seat: WorkerSeat, executions: number) => void) {
    this.name = name;
    this.#standstill = new Standstill(clock);
    this.#onExecution = onExecution;
  }

  /** Also while it deals with what came meanwhile. */
  get isFrozen(): boolean {
    return this.#standstill.isFrozen;
  }

  /** Whether it has stood still at that time or later: milliseconds elapsed. */
  stoodStillSince(time: number): boolean {
    return this.#standstill.stoodStillSince(time);
  }

  freeze(): void {
    this.#standstill.freeze();
  }

  wake(): void {
    this.#standstill.wake();
  }

  clock(clock: Clock): Clock {
    return this.#standstill.clock(clock);
  }

  queue(queue: TaskQueue): TaskQueue {
    return {
      ...queue,
      consume: (options, handle) =>
        queue.consume(options, async (message, delivery) => {
          await this.#standstill.awake();
          await handle(message, delivery);
        }),
    };
  }

  ledger(ledger: AttemptLedger): AttemptLedger {
    const standstill = this.#standstill;
    return {
      leaseMs: ledger.leaseMs,
      claim: (message, worker, delivery) => standstill.answer(ledger.claim(message, worker, delivery)),
      renew: (worker, attempts) => ledger.renew(worker, attempts),
      handBack: (message, worker) => ledger.handBack(message, worker),
      report: (message, outcome, report) => standstill.answer(ledger.report(message, outcome, report)),
      onCancelled: (listener) =>
        ledger.onCancelled((cancelled) => standstill.pass(() => listener(cancelled))),
    };
  }

  gateway(gateway: Gateway): Gateway {
    return {
      execute: (request, control) => {
        const executed = gateway.execute(request, {
          get signal() {
            return control.signal;
          },
          heartbeat: () => this.#standstill.pass(() => control.heartbeat()),
        });
        this.#executions += 1;
        this.#onExecution(this, this.#executions);
        return this.#standstill.answer(executed);
      },
    };
  }
}
