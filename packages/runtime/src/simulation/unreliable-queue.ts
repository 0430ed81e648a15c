/** A queue that loses, repeats, delays and reorders messages as a seed says, which a queue may do at any time (P4). */
import type { Clock } from "../ports/clock.ts";
import type { ConsumeOptions, Consumer, TaskMessage, TaskQueue } from "../ports/queue.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface Unreliability {
  /** The probability that a published message is never delivered. */
  readonly loss: number;
  /** The probability that it is delivered twice. */
  readonly repetition: number;
  readonly maxDelayMs: number;
}

type Handle = (message: TaskMessage) => Promise<void>;

export class UnreliableQueue implements TaskQueue {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #faults: Unreliability;
  readonly #consumers = new Set<Handle>();
  #waiting = 0;

  constructor(clock: Clock, random: SeededRandom, faults: Unreliability) {
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
  }

  publish(messages: readonly TaskMessage[]): Promise<void> {
    for (const message of messages) {
      if (this.#random.chance(this.#faults.loss)) continue;
      this.#send(message);
      if (this.#random.chance(this.#faults.repetition)) this.#send(message);
    }
    return Promise.resolve();
  }

  consume(_: ConsumeOptions, handle: Handle): Promise<Consumer> {
    this.#consumers.add(handle);
    return Promise.resolve({
      close: () => {
        this.#consumers.delete(handle);
        return Promise.resolve();
      },
    });
  }

  depth(): Promise<number> {
    return Promise.resolve(this.#waiting);
  }

  close(): Promise<void> {
    this.#consumers.clear();
    return Promise.resolve();
  }

  #send(message: TaskMessage): void {
    this.#waiting += 1;
    const dueAt = this.#clock.now() + this.#random.below(this.#faults.maxDelayMs + 1);
    this.#clock.setTimer(dueAt, () => {
      this.#waiting -= 1;
      const consumers = [...this.#consumers];
      const chosen = consumers[this.#random.below(consumers.length)];
      // Without a consumer the message is lost, as with a broker that is wiped; otherwise a refusal delivers it again.
      chosen?.(message).catch(() => this.#send(message));
    });
  }
}
