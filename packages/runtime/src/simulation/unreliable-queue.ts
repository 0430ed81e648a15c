/** A queue that loses, repeats, delays, reorders and refuses messages as a seed says, as any queue may (P4). */
import { MycroftError } from "@mycroft/errors";
import type { Clock } from "../ports/clock.ts";
import type { ConsumeOptions, Consumer, Delivery, TaskMessage, TaskQueue } from "../ports/queue.ts";
import { nameOf } from "./executions.ts";
import type { QueueFaults } from "./scenario.ts";
import type { SeededRandom } from "./seeded-random.ts";

type Handle = (message: TaskMessage, delivery: Delivery) => Promise<void>;

/** A process that takes messages. */
export interface QueueUser {
  /** Whether the queue can reach it at the moment. */
  readonly isReachable: boolean;
}

interface Taker {
  readonly user: QueueUser;
  readonly handle: Handle;
  readonly concurrency: number;
  readonly inHand: Set<TaskMessage>;
}

/** What one pool's workers take from. */
interface Lane {
  takers: Taker[];
  /** Messages that have arrived and that nobody has taken. */
  arrived: TaskMessage[];
}

const onlyUser: QueueUser = { isReachable: true };

export class UnreliableQueue implements TaskQueue {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  #faults: QueueFaults;
  readonly #lanes = new Map<string, Lane>();
  /** How many messages of an attempt are here or on their way. */
  readonly #held = new Map<string, number>();
  /** Grows with each wipe: what was sent before never arrives. */
  #age = 0;

  constructor(clock: Clock, random: SeededRandom, faults: QueueFaults) {
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
  }

  /** Whether a message of the attempt waits to be taken, or will. */
  holds(attempt: string): boolean {
    return this.#held.has(attempt);
  }

  async publish(messages: readonly TaskMessage[]): Promise<void> {
    if (this.#random.chance(this.#faults.refusal)) throw new MycroftError("QUEUE_FULL", "simulated: no room");
    for (const message of messages) {
      if (this.#random.chance(this.#faults.loss)) continue;
      this.#send(message);
      if (this.#random.chance(this.#faults.repetition)) this.#send(message);
    }
  }

  consume(options: ConsumeOptions, handle: Handle): Promise<Consumer> {
    return this.consumeAs(onlyUser, options, handle);
  }

  consumeAs(user: QueueUser, { pool, concurrency }: ConsumeOptions, handle: Handle): Promise<Consumer> {
    const taker = { user, handle, concurrency, inHand: new Set<TaskMessage>() };
    const lane = this.#lane(pool);
    lane.takers.push(taker);
    this.#deliver(lane);
    return Promise.resolve({
      close: () => {
        lane.takers = lane.takers.filter((other) => other !== taker);
        return Promise.resolve();
      },
    });
  }

  depth(pool: string): Promise<number> {
    return Promise.resolve(this.#lane(pool).arrived.length);
  }

  generation(): Promise<string> {
    return Promise.resolve(String(this.#age));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The process has died: what it had in hand comes again, unless the queue was wiped with it. */
  bury(isWiped: boolean): void {
    if (isWiped) this.wipe();
    for (const lane of this.#lanes.values()) {
      const inHand = lane.takers.flatMap((taker) => [...taker.inHand]);
      lane.takers = [];
      if (!isWiped) for (const message of inHand) this.#send(message);
    }
  }

  /** Loses everything that waits or is on its way. */
  wipe(): void {
    this.#age += 1;
    this.#held.clear();
    for (const lane of this.#lanes.values()) lane.arrived = [];
  }

  /** What the process has in hand comes again, perhaps: it is not heard of. */
  doubts(user: QueueUser): void {
    for (const lane of this.#lanes.values()) {
      for (const taker of lane.takers.filter((one) => one.user === user)) {
        for (const message of taker.inHand) if (this.#random.chance(0.5)) this.#send(message);
      }
    }
  }

  /** The process has died. */
  buryUser(user: QueueUser): void {
    this.doubts(user);
    for (const lane of this.#lanes.values()) {
      lane.takers = lane.takers.filter((taker) => taker.user !== user);
    }
  }

  /** Somebody can be reached again. */
  deliverAll(): void {
    for (const lane of this.#lanes.values()) this.#deliver(lane);
  }

  /** From now on nothing is lost, repeated, refused or late. */
  calm(): void {
    this.#faults = { loss: 0, repetition: 0, refusal: 0, slowestMs: 0 };
  }

  #lane(pool: string): Lane {
    let lane = this.#lanes.get(pool);
    if (lane === undefined) {
      lane = { takers: [], arrived: [] };
      this.#lanes.set(pool, lane);
    }
    return lane;
  }

  #send(message: TaskMessage, afterMs = 0): void {
    const age = this.#age;
    const name = nameOf(message);
    this.#held.set(name, (this.#held.get(name) ?? 0) + 1);
    const dueAt = this.#clock.now() + afterMs + this.#random.below(this.#faults.slowestMs + 1);
    this.#clock.setTimer(dueAt, () => {
      if (age !== this.#age) return;
      const lane = this.#lane(message.pool);
      lane.arrived.push({ ...message });
      this.#deliver(lane);
    });
  }

  #deliver(lane: Lane): void {
    for (;;) {
      const free = lane.takers.filter(
        ({ user, inHand, concurrency }) => user.isReachable && inHand.size < concurrency,
      );
      const taker = free[this.#random.below(free.length)];
      const { arrived } = lane;
      const [message] = arrived.splice(this.#random.below(arrived.length), taker === undefined ? 0 : 1);
      if (taker === undefined || message === undefined) return;
      this.#isTaken(message);
      taker.inHand.add(message);
      const done = () => {
        taker.inHand.delete(message);
        this.#deliver(lane);
      };
      let postponedMs: number | null = null;
      const postpone = (againInMs: number) => {
        postponedMs = againInMs;
      };
      const handled = () => {
        if (postponedMs !== null) this.#send(message, postponedMs);
        done();
      };
      taker.handle(message, { postpone }).then(handled, () => {
        this.#send(message);
        done();
      });
    }
  }

  #isTaken(message: TaskMessage): void {
    const name = nameOf(message);
    const left = (this.#held.get(name) ?? 0) - 1;
    if (left > 0) this.#held.set(name, left);
    else this.#held.delete(name);
  }
}
