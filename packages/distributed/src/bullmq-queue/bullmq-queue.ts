/**
 * The task queue on BullMQ (P4, P8): one BullMQ queue for each pool. Nothing of a message stays in Redis when it is done. Redis
 * may lose all of it: the dispatcher publishes again what nobody claims.
 */
import { MycroftError } from "@mycroft/errors";
import type { ConsumeOptions, Consumer, Delivery, TaskMessage, TaskQueue } from "@mycroft/runtime";
import { Queue } from "bullmq";
import { checkCounts, checkPrefix, defaultPrefix } from "../redis/cluster-prefix.ts";
import { RedisLink, type RedisLinkOptions } from "../redis/redis-link.ts";
import { BullmqConsumer } from "./bullmq-consumer.ts";
import { PoolRoom } from "./pool-room.ts";
import { readGeneration } from "./read-generation.ts";
import { type TaskJob, toJob } from "./task-job.ts";

export interface BullmqQueueOptions extends RedisLinkOptions {
  /** Keeps clusters on one Redis apart: `mycroft` unless given; 1 to 50 letters, digits, dots, - and _. */
  readonly prefix?: string;
  /** How many messages of one pool may wait: 1,000,000 unless given. */
  readonly maxLength?: number;
  /** How often one message is handed out before it is dropped: 10 unless given. */
  readonly deliveryLimit?: number;
  /**
   * A message in the hands of a process that is silent for so long goes to another one, within half of it more: 8,000 ms
   * unless given, at least 100.
   */
  readonly lockMs?: number;
  /** Told of a message that was dropped, with the last failure. It must not throw. */
  readonly onDropped?: (message: TaskMessage, failure: unknown) => void;
}

/** How many jobs are sent at once. */
const bulk = 1_000;
/** BullMQ's record of what happened, which nobody reads here. */
const keptEvents = 10;
const longestName = 200;

/**
 * Opens the queue.
 * @throws {MycroftError} INPUT_INVALID, SERVER_UNREACHABLE, SERVER_REFUSED, SERVER_UNFIT.
 */
export async function openBullmqQueue(options: BullmqQueueOptions): Promise<TaskQueue> {
  const { prefix = defaultPrefix, onDropped = () => {} } = options;
  const { maxLength = 1_000_000, deliveryLimit = 10, lockMs = 8_000 } = options;
  checkPrefix(prefix);
  checkCounts({ maxLength, deliveryLimit, lockMs });
  if (lockMs < 100) {
    throw new MycroftError("INPUT_INVALID", `lockMs is 100 or more, not ${lockMs}.`, {
      details: { field: "lockMs", value: lockMs },
    });
  }
  const link = await RedisLink.open(options);
  return new BullmqQueue(link, { prefix: `${prefix}:queue`, maxLength, deliveryLimit, lockMs, onDropped });
}

type Settings = Required<
  Pick<BullmqQueueOptions, "prefix" | "maxLength" | "deliveryLimit" | "lockMs" | "onDropped">
>;

interface Pool {
  readonly name: string;
  readonly queue: Queue;
  readonly room: PoolRoom;
}

class BullmqQueue implements TaskQueue {
  readonly #link: RedisLink;
  readonly #settings: Settings;
  readonly #pools = new Map<string, Pool>();
  readonly #consumers = new Set<Consumer>();
  /** As they were set here, for a server that has lost them. */
  readonly #slots = new Map<string, number>();
  #generation: string | null = null;
  #closed: Promise<void> | null = null;

  constructor(link: RedisLink, settings: Settings) {
    this.#link = link;
    this.#settings = settings;
  }

  async publish(messages: readonly TaskMessage[]): Promise<void> {
    this.#assertOpen();
    const jobs = this.#jobsByPool(messages);
    await this.#takeRoom(jobs);
    await Promise.all(Array.from(jobs, ([pool, added]) => this.#add(pool, added)));
  }

  async consume(
    options: ConsumeOptions,
    handle: (message: TaskMessage, delivery: Delivery) => Promise<void>,
  ): Promise<Consumer> {
    this.#assertOpen();
    checkCounts({ concurrency: options.concurrency });
    const { prefix, deliveryLimit, lockMs, onDropped } = this.#settings;
    const opened = await BullmqConsumer.open({
      ...options,
      link: this.#link,
      name: queueName(options.pool),
      prefix,
      deliveryLimit,
      lockMs,
      onDropped,
      handle: async (message, delivery) => handle(message, delivery),
    });
    this.#consumers.add(opened);
    if (this.#closed !== null) {
      await opened.close();
      throw queueClosed();
    }
    return {
      close: async () => {
        await opened.close();
        this.#consumers.delete(opened);
      },
    };
  }

  async depth(pool: string): Promise<number> {
    this.#assertOpen();
    return this.#depthOf(this.#poolOf(pool));
  }

  /**
   * A slot is held by a message in hand. One whose process has died is free when its lock is lost (`lockMs`), and found within
   * half of that more.
   */
  async setSlots(pool: string, slots: number): Promise<void> {
    this.#assertOpen();
    checkCounts({ slots });
    // Known first, so that a loss after this is noticed.
    this.#generation ??= await this.#readGeneration();
    await this.#applySlots(pool, slots);
    this.#slots.set(pool, slots);
  }

  /** Sets the slots again, where the server may have lost them. */
  async generation(): Promise<string> {
    this.#assertOpen();
    const generation = await this.#readGeneration();
    if (generation !== this.#generation) {
      await Promise.all(Array.from(this.#slots, ([pool, slots]) => this.#applySlots(pool, slots)));
      this.#generation = generation;
    }
    return generation;
  }

  #readGeneration(): Promise<string> {
    const key = `${this.#settings.prefix}-generation`;
    return this.#link.call("tell whether it has lost anything", (redis) => readGeneration(redis, key));
  }

  async #applySlots(name: string, slots: number): Promise<void> {
    const { queue } = this.#poolOf(name);
    await this.#link.call(`bound pool ${name}`, () => queue.setGlobalConcurrency(slots));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all(Array.from(this.#consumers, (consumer) => consumer.close()));
    // The connection is the link's: this only takes BullMQ's listeners off it.
    for (const { queue } of this.#pools.values()) queue.close().catch(() => {});
    await this.#link.close();
  }

  #assertOpen(): void {
    if (this.#closed !== null) throw queueClosed();
  }

  #jobsByPool(messages: readonly TaskMessage[]): ReadonlyMap<Pool, readonly TaskJob[]> {
    const jobs = new Map<Pool, TaskJob[]>();
    for (const message of messages) {
      const pool = this.#poolOf(message.pool);
      const job = toJob(message, this.#settings.deliveryLimit);
      const known = jobs.get(pool);
      if (known === undefined) jobs.set(pool, [job]);
      else known.push(job);
    }
    return jobs;
  }

  /** For all of them or for none. */
  async #takeRoom(jobs: ReadonlyMap<Pool, readonly TaskJob[]>): Promise<void> {
    const taken: [Pool, number][] = [];
    try {
      for (const [pool, { length }] of jobs) {
        await pool.room.take(length);
        taken.push([pool, length]);
      }
    } catch (thrown) {
      for (const [pool, length] of taken) pool.room.arrived(length);
      throw thrown;
    }
  }

  async #add({ name, queue, room }: Pool, jobs: readonly TaskJob[]): Promise<void> {
    try {
      for (let from = 0; from < jobs.length; from += bulk) {
        const some = jobs.slice(from, from + bulk);
        await this.#link.call(`publish to pool ${name}`, () => queue.addBulk(some));
      }
    } finally {
      room.arrived(jobs.length);
    }
  }

  #depthOf({ name, queue }: Pool): Promise<number> {
    return this.#link.call(`count pool ${name}`, () => queue.getJobCountByTypes("wait", "prioritized"));
  }

  #poolOf(name: string): Pool {
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const { prefix, maxLength } = this.#settings;
    const queue = new Queue(queueName(name), {
      connection: this.#link.commands,
      prefix,
      // The link has looked; BullMQ would print.
      skipVersionCheck: true,
      streams: { events: { maxLen: keptEvents } },
    });
    // Whoever calls is told; the connection is the link's.
    queue.on("error", () => {});
    const pool: Pool = { name, queue, room: new PoolRoom(name, maxLength, () => this.#depthOf(pool)) };
    this.#pools.set(name, pool);
    return pool;
  }
}

/** BullMQ's names have no colon. @throws {MycroftError} INPUT_INVALID. */
function queueName(pool: string): string {
  if (typeof pool === "string" && pool !== "" && pool.length <= longestName && pool.isWellFormed()) {
    return encodeURIComponent(pool);
  }
  throw new MycroftError(
    "INPUT_INVALID",
    `A pool's name is 1 to ${longestName} characters of well-formed text.`,
    {
      details: { field: "pool", value: pool, limit: longestName },
    },
  );
}

function queueClosed(): MycroftError {
  return new MycroftError("QUEUE_CLOSED", "The queue is closed; open a new one.");
}
