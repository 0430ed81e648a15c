/**
 * The queue of a single process (P4, P8): task messages go from memory to the consumers of their pool, by priority
 * and then by age, bounded in number and in deliveries. It dies with the process; recovery publishes again.
 */
import { MycroftError } from "@mycroft/errors";
import type { ConsumeOptions, Consumer, Delivery, TaskMessage, TaskQueue } from "@mycroft/runtime";
import { PriorityLanes } from "./priority-lanes.ts";

export interface InProcessQueueOptions {
  /** How many messages of one pool may wait: 1,000,000 unless given. */
  readonly maxLength?: number;
  /** How often one message is delivered before it is dropped: 10 unless given. */
  readonly deliveryLimit?: number;
  /** Told of a message that was dropped, with the last failure. It must not throw. */
  readonly onDropped?: (message: TaskMessage, failure: unknown) => void;
}

type Handle = (message: TaskMessage, delivery: Delivery) => Promise<void>;

class Waiting implements Delivery {
  readonly message: TaskMessage;
  failures = 0;
  /** When it is to come again, if it was postponed. */
  againInMs: number | null = null;

  constructor(message: TaskMessage) {
    this.message = message;
  }

  postpone(againInMs: number): void {
    this.againInMs = againInMs;
  }
}

interface PoolConsumer {
  readonly handle: Handle;
  readonly concurrency: number;
  inHand: number;
  /** Settles when a closing consumer has nothing in hand; null while it is open. */
  drained: PromiseWithResolvers<void> | null;
}

interface Pool {
  readonly waiting: PriorityLanes<Waiting>;
  consumers: PoolConsumer[];
  /** Whose turn it is, so that consumers share the work evenly. */
  turn: number;
  isPumpDue: boolean;
}

export class InProcessQueue implements TaskQueue {
  readonly #maxLength: number;
  readonly #deliveryLimit: number;
  readonly #onDropped: (message: TaskMessage, failure: unknown) => void;
  readonly #pools = new Map<string, Pool>();
  readonly #postponed = new Set<NodeJS.Timeout>();
  #isClosed = false;

  constructor(options: InProcessQueueOptions = {}) {
    this.#maxLength = options.maxLength ?? 1_000_000;
    this.#deliveryLimit = options.deliveryLimit ?? 10;
    this.#onDropped = options.onDropped ?? (() => {});
    assertCount("maxLength", this.#maxLength);
    assertCount("deliveryLimit", this.#deliveryLimit);
  }

  async publish(messages: readonly TaskMessage[]): Promise<void> {
    this.#assertOpen();
    this.#assertRoom(messages);
    for (const message of messages) {
      const pool = this.#poolOf(message.pool);
      pool.waiting.push(message.priority, new Waiting(message));
      this.#pumpSoon(pool);
    }
  }

  async consume(options: ConsumeOptions, handle: Handle): Promise<Consumer> {
    this.#assertOpen();
    assertCount("concurrency", options.concurrency);
    const pool = this.#poolOf(options.pool);
    const consumer: PoolConsumer = { handle, concurrency: options.concurrency, inHand: 0, drained: null };
    pool.consumers.push(consumer);
    this.#pumpSoon(pool);
    return { close: () => closeConsumer(pool, consumer) };
  }

  async depth(pool: string): Promise<number> {
    this.#assertOpen();
    return this.#pools.get(pool)?.waiting.length ?? 0;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#postponed) clearTimeout(timer);
    const closing: Promise<void>[] = [];
    for (const pool of this.#pools.values()) {
      pool.waiting.clear();
      for (const consumer of pool.consumers) closing.push(closeConsumer(pool, consumer));
    }
    await Promise.all(closing);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new MycroftError("QUEUE_CLOSED", "The queue is closed; open a new one.");
  }

  /** Refuses all of `messages` when one is malformed or one pool would grow too long. */
  #assertRoom(messages: readonly TaskMessage[]): void {
    const added = new Map<string, number>();
    for (const { pool, priority } of messages) {
      if (!Number.isInteger(priority)) {
        throw new MycroftError("INPUT_INVALID", `A message's priority is a whole number, not ${priority}.`, {
          details: { field: "priority", value: priority },
        });
      }
      added.set(pool, (added.get(pool) ?? 0) + 1);
    }
    for (const [pool, count] of added) {
      const waiting = this.#pools.get(pool)?.waiting.length ?? 0;
      if (waiting + count <= this.#maxLength) continue;
      throw new MycroftError(
        "QUEUE_FULL",
        `${waiting} messages wait in pool ${pool}; ${count} more would pass the limit of ${this.#maxLength}. ` +
          "Publish them when workers have caught up.",
        { details: { pool, waiting, added: count, limit: this.#maxLength } },
      );
    }
  }

  #poolOf(name: string): Pool {
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      pool = { waiting: new PriorityLanes(), consumers: [], turn: 0, isPumpDue: false };
      this.#pools.set(name, pool);
    }
    return pool;
  }

  /** Handlers never run on the publisher's stack, and all that is published in one turn is there when they do. */
  #pumpSoon(pool: Pool): void {
    if (pool.isPumpDue || pool.consumers.length === 0) return;
    pool.isPumpDue = true;
    queueMicrotask(() => {
      pool.isPumpDue = false;
      this.#pump(pool);
    });
  }

  #pump(pool: Pool): void {
    while (pool.waiting.length > 0) {
      const consumer = nextWithRoom(pool);
      if (consumer === undefined) return;
      const delivery = pool.waiting.shift();
      if (delivery !== undefined) this.#deliver(pool, consumer, delivery);
    }
  }

  #deliver(pool: Pool, consumer: PoolConsumer, delivery: Waiting): void {
    consumer.inHand += 1;
    const settle = (): void => {
      if (delivery.againInMs !== null) this.#postpone(pool, delivery, delivery.againInMs);
      consumer.inHand -= 1;
      if (consumer.drained !== null && consumer.inHand === 0) consumer.drained.resolve();
      this.#pump(pool);
    };
    handOver(consumer, delivery).then(settle, (failure: unknown) => {
      delivery.againInMs = null;
      this.#takeBack(pool, delivery, failure);
      settle();
    });
  }

  #postpone(pool: Pool, delivery: Waiting, againInMs: number): void {
    if (this.#isClosed) return;
    delivery.againInMs = null;
    const timer = setTimeout(() => {
      this.#postponed.delete(timer);
      pool.waiting.push(delivery.message.priority, delivery);
      this.#pumpSoon(pool);
    }, againInMs);
    this.#postponed.add(timer);
  }

  /** A failed message goes behind what waits at its priority, so that it does not hold up the others. */
  #takeBack(pool: Pool, delivery: Waiting, failure: unknown): void {
    if (this.#isClosed) return;
    delivery.failures += 1;
    if (delivery.failures >= this.#deliveryLimit) this.#onDropped(delivery.message, failure);
    else pool.waiting.push(delivery.message.priority, delivery);
  }
}

/** A handler that throws at once is one that rejects. */
function handOver(consumer: PoolConsumer, delivery: Waiting): Promise<void> {
  try {
    return consumer.handle(delivery.message, delivery);
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

function nextWithRoom(pool: Pool): PoolConsumer | undefined {
  const { consumers } = pool;
  for (let tried = 0; tried < consumers.length; tried += 1) {
    pool.turn = (pool.turn + 1) % consumers.length;
    const consumer = consumers[pool.turn];
    if (consumer !== undefined && consumer.inHand < consumer.concurrency) return consumer;
  }
  return undefined;
}

function closeConsumer(pool: Pool, consumer: PoolConsumer): Promise<void> {
  if (consumer.drained === null) {
    consumer.drained = Promise.withResolvers();
    pool.consumers = pool.consumers.filter((one) => one !== consumer);
    if (consumer.inHand === 0) consumer.drained.resolve();
  }
  return consumer.drained.promise;
}

function assertCount(field: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new MycroftError("INPUT_INVALID", `${field} is a whole number from 1 on, not ${value}.`, {
    details: { field, value },
  });
}
