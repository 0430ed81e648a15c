/**
 * One consumer of a pool: a BullMQ worker that hands its jobs out as messages. A handler that fails hands its job back, up to
 * the delivery limit. A job whose process vanished is found by others, since its lock is not renewed (P4); BullMQ then gives it
 * out again, and whoever had it can change nothing of it.
 */
import { MycroftError } from "@mycroft/errors";
import type { ConsumeOptions, Consumer, Delivery, TaskMessage } from "@mycroft/runtime";
import { DelayedError, type Job, RedisQueueBackend, UnrecoverableError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { endConnection } from "../redis/end-connection.ts";
import { replyWord } from "../redis/redis-failure.ts";
import type { RedisLink } from "../redis/redis-link.ts";
import { fromJob } from "./task-job.ts";

export interface BullmqConsumerOptions extends ConsumeOptions {
  readonly link: RedisLink;
  readonly name: string;
  readonly prefix: string;
  readonly deliveryLimit: number;
  readonly lockMs: number;
  readonly handle: (message: TaskMessage, delivery: Delivery) => Promise<void>;
  readonly onDropped: (message: TaskMessage, failure: unknown) => void;
}

/** Of a lock: how often it is looked whether one was lost. */
const checksPerLock = 2;
const retryMs = 500;
const longestWaitS = 5;

export class BullmqConsumer implements Consumer {
  readonly #options: BullmqConsumerOptions;
  readonly #connection: Redis;
  readonly #worker: Worker;
  #inHand = 0;
  #idle: PromiseWithResolvers<void> | null = null;
  #closed: Promise<void> | null = null;

  private constructor(options: BullmqConsumerOptions) {
    const { link, name, prefix, concurrency, deliveryLimit, lockMs } = options;
    this.#options = options;
    this.#connection = link.connectAnother({ lazyConnect: false });
    this.#worker = new Worker(name, (job, token) => this.#process(job, token), {
      connection: this.#connection,
      prefix,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / checksPerLock,
      maxStalledCount: deliveryLimit,
      drainDelay: longestWaitS,
      runRetryDelay: retryMs,
      // The link has looked; BullMQ would print.
      skipVersionCheck: true,
    });
    this.#worker.on("error", (thrown) => {
      // A lost connection is the link's to tell; a job that is no longer ours is somebody else's now.
      if (replyWord(thrown) !== null) link.warn(thrown);
    });
    this.#worker.on("failed", (job, failure) => this.#failed(job, failure));
  }

  /** @throws {MycroftError} SERVER_UNREACHABLE, SERVER_REFUSED. */
  static async open(options: BullmqConsumerOptions): Promise<BullmqConsumer> {
    const { link, pool } = options;
    await link.call(`consume pool ${pool}`, (redis) => redis.ping());
    const consumer = new BullmqConsumer(options);
    try {
      await link.call(`consume pool ${pool}`, () => consumer.#worker.waitUntilReady());
      consumer.#waitFinely();
      return consumer;
    } catch (thrown) {
      await consumer.close();
      throw thrown;
    }
  }

  /**
   * BullMQ, which does not look at the server's version here, takes it for one that waits for whole seconds, and so messages that
   * were postponed would be late by up to one. The link has refused every server that old.
   */
  #waitFinely(): void {
    const backend = this.#worker.getBackend();
    const connection = backend instanceof RedisQueueBackend ? backend.blockingConnection : undefined;
    if (connection !== undefined) connection.capabilities.canDoubleTimeout = true;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const closed = this.#worker.close();
    if (this.#inHand > 0) {
      this.#idle = Promise.withResolvers();
      await this.#idle.promise;
    }
    await this.#inTime(closed);
    this.#options.link.release(this.#connection);
  }

  /** Without a server BullMQ waits for ever to tell what was done. */
  async #inTime(closed: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, this.#options.link.timeoutMs);
    const isClosed = await Promise.race([closed.then(() => true), late.promise]);
    clearTimeout(timer);
    if (isClosed === true) return;
    closed.catch(() => {});
    const blocking = this.#worker.getBackend().blockingClient;
    blocking?.then((redis) => endConnection(redis)).catch(() => {});
  }

  async #process(job: Job, token: string | undefined): Promise<void> {
    const { pool } = this.#options;
    // Fetched when the consumer was already closing: others have it at once.
    if (this.#closed !== null) throw new Error("closing");
    const message = fromJob(pool, job.data);
    if (message === null) throw new UnrecoverableError("not a task");
    this.#inHand += 1;
    try {
      const againInMs = await this.#handOver(message);
      if (againInMs === null) return;
      await job.moveToDelayed(Date.now() + againInMs, token);
      throw new DelayedError();
    } finally {
      this.#inHand -= 1;
      if (this.#inHand === 0) this.#idle?.resolve();
    }
  }

  /** Resolves with when the message is to come again, if it was postponed. */
  async #handOver(message: TaskMessage): Promise<number | null> {
    let postponedMs: number | null = null;
    const postpone = (againInMs: number) => {
      postponedMs = againInMs;
    };
    try {
      await this.#options.handle(message, { postpone });
      return postponedMs;
    } catch (cause) {
      // Its text would be kept on the server.
      throw new Error("handed back", { cause });
    }
  }

  #failed(job: Job | undefined, failure: Error): void {
    const { pool, deliveryLimit, onDropped, link } = this.#options;
    if (job === undefined) return;
    const message = fromJob(pool, job.data);
    if (message === null) link.warn(foreignJob(pool));
    else if (job.attemptsMade >= deliveryLimit || failure instanceof UnrecoverableError) {
      onDropped(message, failure.cause ?? failure);
    }
  }
}

function foreignJob(pool: string): MycroftError {
  return new MycroftError(
    "INPUT_INVALID",
    `Pool ${pool} held a job that is no task; it was dropped. Something else writes to the same queue: give this cluster a prefix of its own.`,
    { details: { field: "job", pool } },
  );
}
