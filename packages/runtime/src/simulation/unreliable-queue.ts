/** A queue that loses, repeats, delays, reorders and refuses messages as a seed says, as any queue may (P4). */
import { MycroftError } from "@mycroft/errors";
import type { Clock } from "../ports/clock.ts";
import type { ConsumeOptions, Consumer, TaskMessage, TaskQueue } from "../ports/queue.ts";
import type { QueueFaults } from "./scenario.ts";
import type { SeededRandom } from "./seeded-random.ts";

type Handle = (message: TaskMessage) => Promise<void>;

interface Taker {
  readonly handle: Handle;
  readonly concurrency: number;
  readonly inHand: Set<TaskMessage>;
}

export class UnreliableQueue implements TaskQueue {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #faults: QueueFaults;
  #takers: Taker[] = [];
  /** Messages that have arrived and that nobody has taken. */
  #arrived: TaskMessage[] = [];
  /** Grows with each wipe: what was sent before never arrives. */
  #age = 0;

  constructor(clock: Clock, random: SeededRandom, faults: QueueFaults) {
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
  }

  async publish(messages: readonly TaskMessage[]): Promise<void> {
    if (this.#random.chance(this.#faults.refusal)) throw new MycroftError("QUEUE_FULL", "simulated: no room");
    for (const message of messages) {
      if (this.#random.chance(this.#faults.loss)) continue;
      this.#send(message);
      if (this.#random.chance(this.#faults.repetition)) this.#send(message);
    }
  }

  consume({ concurrency }: ConsumeOptions, handle: Handle): Promise<Consumer> {
    const taker = { handle, concurrency, inHand: new Set<TaskMessage>() };
    this.#takers.push(taker);
    this.#deliver();
    return Promise.resolve({
      close: () => {
        this.#takers = this.#takers.filter((other) => other !== taker);
        return Promise.resolve();
      },
    });
  }

  depth(): Promise<number> {
    return Promise.resolve(this.#arrived.length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The process has died: what it had in hand comes again, unless the queue was wiped with it. */
  bury(isWiped: boolean): void {
    const inHand = this.#takers.flatMap((taker) => [...taker.inHand]);
    this.#takers = [];
    if (isWiped) {
      this.#age += 1;
      this.#arrived = [];
    } else for (const message of inHand) this.#send(message);
  }

  #send(message: TaskMessage): void {
    const age = this.#age;
    const dueAt = this.#clock.now() + this.#random.below(this.#faults.slowestMs + 1);
    this.#clock.setTimer(dueAt, () => {
      if (age !== this.#age) return;
      this.#arrived.push({ ...message });
      this.#deliver();
    });
  }

  #deliver(): void {
    for (;;) {
      const free = this.#takers.filter((taker) => taker.inHand.size < taker.concurrency);
      const taker = free[this.#random.below(free.length)];
      const [message] = this.#arrived.splice(
        this.#random.below(this.#arrived.length),
        taker === undefined ? 0 : 1,
      );
      if (taker === undefined || message === undefined) return;
      taker.inHand.add(message);
      const done = () => {
        taker.inHand.delete(message);
        this.#deliver();
      };
      taker.handle(message).then(done, () => {
        this.#send(message);
        done();
      });
    }
  }
}
