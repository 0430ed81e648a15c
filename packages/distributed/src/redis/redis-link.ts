/**
 * A connection to Redis whose every call ends: with an answer, or within `timeoutMs` with a code (P7). It connects again by
 * itself for as long as it is open; while it is cut off, calls wait for it up to that time and nothing is stored up.
 *
 * `socketTimeout` ends a connection whose server no longer answers; what was in flight then fails at once
 * (`maxRetriesPerRequest: 0`), and is never sent twice.
 */
import { setImmediate } from "node:timers/promises";
import { MycroftError } from "@mycroft/errors";
import { Redis, type RedisOptions } from "ioredis";
import { endConnection } from "./end-connection.ts";
import { examineRedis } from "./examine-redis.ts";
import { type RedisAddress, readRedisUrl } from "./redis-address.ts";
import { noAnswer, redisFailure, replyWord } from "./redis-failure.ts";

export interface RedisLinkOptions {
  /** `redis://USER:PASSWORD@HOST:PORT/DB`, or `rediss://` for TLS. */
  readonly url: string;
  /** How long a call waits for the server: 5,000 ms unless given, 100 to 600,000. */
  readonly timeoutMs?: number;
  /**
   * Told of what no caller is waiting for: a server that may forget messages, a connection that was lost. It must not throw.
   * Unless given, warnings of the process are emitted.
   */
  readonly onWarning?: (warning: MycroftError) => void;
}

const defaultTimeoutMs = 5_000;
const longestRetryMs = 1_000;
const sameWarningMs = 10_000;
const longestPartingMs = 1_000;

export class RedisLink {
  readonly address: RedisAddress;
  readonly timeoutMs: number;
  readonly #onWarning: (warning: MycroftError) => void;
  readonly #commands: Redis;
  readonly #others: Redis[] = [];
  /** Those who wait for a connection, for `timeoutMs` at most. */
  readonly #waiting = new Set<PromiseWithResolvers<void>>();
  #isOpen = false;
  #isCutOff = false;
  #isClosed = false;
  /** Why there is no connection, as far as is known. */
  #trouble: unknown = null;
  #warned = { message: "", at: 0 };

  private constructor({ url, timeoutMs = defaultTimeoutMs, onWarning = emitWarning }: RedisLinkOptions) {
    if (!(Number.isInteger(timeoutMs) && timeoutMs >= 100 && timeoutMs <= 600_000)) {
      throw new MycroftError(
        "INPUT_INVALID",
        `timeoutMs is a whole number from 100 to 600,000, not ${timeoutMs}.`,
        {
          details: { field: "timeoutMs", value: timeoutMs },
        },
      );
    }
    this.address = readRedisUrl(url);
    this.timeoutMs = timeoutMs;
    this.#onWarning = onWarning;
    this.#commands = this.#connection({
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      socketTimeout: timeoutMs,
      retryStrategy: (times) => (this.#isOpen ? retryDelay(times) : null),
    });
    this.#commands.on("close", () => this.#wasCutOff());
    this.#commands.on("ready", () => {
      this.#isCutOff = false;
      this.#trouble = null;
      for (const { resolve } of this.#waiting) resolve();
    });
    this.#commands.on("end", () => {
      for (const { reject } of this.#waiting) reject(connectionClosed());
    });
  }

  /** @throws {MycroftError} INPUT_INVALID, SERVER_UNREACHABLE, SERVER_REFUSED, SERVER_UNFIT. */
  static async open(options: RedisLinkOptions): Promise<RedisLink> {
    const link = new RedisLink(options);
    try {
      await link.#within("connect", () => link.#commands.connect());
      await link.#chooseDatabase();
      const warning = examineRedis(
        await link.#within("state its version", () => link.#commands.info()),
        link.address,
      );
      if (warning !== null) link.warn(warning);
      link.#isOpen = true;
      return link;
    } catch (thrown) {
      await link.close();
      throw thrown;
    }
  }

  /** The connection that `call` uses; for definitions, and for libraries whose calls are wrapped in `call`. */
  get commands(): Redis {
    return this.#commands;
  }

  /**
   * Runs `command` when there is a connection.
   * @param what what is done, for the message of a failure.
   * @throws {MycroftError} SERVER_UNREACHABLE within `timeoutMs`; SERVER_REFUSED, SERVER_FULL; INTERNAL.
   */
  call<Answer>(what: string, command: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    return this.#within(what, async () => {
      if (this.#commands.status !== "ready") await this.#ready();
      return command(this.#commands);
    });
  }

  /** Another connection to the same server, which waits as long as it takes; closed with the link. */
  connectAnother(options: RedisOptions): Redis {
    const redis = this.#connection({ maxRetriesPerRequest: null, retryStrategy: retryDelay, ...options });
    this.#others.push(redis);
    return redis;
  }

  /** Gives up a connection that `connectAnother` made. */
  release(redis: Redis): void {
    const place = this.#others.indexOf(redis);
    if (place >= 0) this.#others.splice(place, 1);
    endConnection(redis);
  }

  /** Reports a failure that nobody waits for; one that comes again and again, every ten seconds. */
  readonly warn = (thrown: unknown): void => {
    if (this.#isClosed) return;
    const warning = redisFailure(thrown, this.address, "go on");
    const isSame = warning.message === this.#warned.message;
    if (isSame && performance.now() - this.#warned.at < sameWarningMs) return;
    this.#warned = { message: warning.message, at: performance.now() };
    try {
      this.#onWarning(warning);
    } catch {
      // Whoever is told must not be able to stop what told it.
    }
  };

  /** As `warn`, but for a lost connection, which was told of when it was lost. */
  readonly warnUnlessCutOff = (thrown: unknown): void => {
    const failure = redisFailure(thrown, this.address, "go on");
    if (failure.code !== "SERVER_UNREACHABLE") this.warn(failure);
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isOpen = false;
    for (const redis of [this.#commands, ...this.#others]) endConnection(redis);
  }

  #connection(options: RedisOptions): Redis {
    const { host, port, db, username, password, isEncrypted } = this.address;
    const redis: Redis = new Redis({
      host,
      port,
      db,
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password }),
      ...(isEncrypted ? { tls: { servername: host } } : {}),
      connectTimeout: this.timeoutMs,
      disconnectTimeout: Math.min(this.timeoutMs, longestPartingMs),
      lazyConnect: true,
      ...options,
      replyMapping: "legacy",
    });
    // Without a listener the client prints; what is wrong is told once, when the connection closes.
    redis.on("error", (thrown: unknown) => {
      this.#trouble = thrown;
    });
    return redis;
  }

  /** The client goes on with database 0 when the one that was asked for is refused. */
  async #chooseDatabase(): Promise<void> {
    const { db, label } = this.address;
    try {
      await this.#commands.select(db);
    } catch (thrown) {
      if (replyWord(thrown) !== "ERR") throw redisFailure(thrown, this.address, `open database ${db}`);
      throw new MycroftError("SERVER_REFUSED", `Redis at ${label} has no database ${db}. Name another one.`, {
        details: { server: label, db },
      });
    }
  }

  #wasCutOff(): void {
    if (!this.#isOpen || this.#isCutOff) return;
    this.#isCutOff = true;
    this.warn(
      new MycroftError(
        "SERVER_UNREACHABLE",
        `The connection to Redis at ${this.address.label} was lost; it is being made again.`,
        { details: { server: this.address.label } },
      ),
    );
  }

  async #ready(): Promise<void> {
    if (this.#commands.status === "end") throw connectionClosed();
    const waiter = Promise.withResolvers<void>();
    this.#waiting.add(waiter);
    const timer = setTimeout(() => waiter.reject(this.#whyLate("connect")), this.timeoutMs);
    try {
      await waiter.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiter);
    }
  }

  #whyLate(what: string): MycroftError {
    const isConnected = this.#commands.status === "ready";
    if (isConnected || this.#trouble === null) return noAnswer(this.address, what, this.timeoutMs);
    return redisFailure(this.#trouble, this.address, what);
  }

  async #within<Answer>(what: string, action: () => Promise<Answer>): Promise<Answer> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(this.#whyLate(what)), this.timeoutMs);
    try {
      return await Promise.race([action(), late.promise]);
    } catch (thrown) {
      // A client that has just been cut off refuses at once: whoever tries again must not keep it from noticing.
      await setImmediate();
      // What the client throws when it has no connection says less than what came before.
      const isBare =
        replyWord(thrown) === null && this.#trouble !== null && !(thrown instanceof MycroftError);
      throw redisFailure(isBare ? this.#trouble : thrown, this.address, what);
    } finally {
      clearTimeout(timer);
    }
  }
}

function connectionClosed(): Error {
  return new Error("The connection is closed.");
}

function retryDelay(times: number): number {
  return Math.min(25 * 2 ** Math.min(times, 10), longestRetryMs);
}

function emitWarning(warning: MycroftError): void {
  process.emitWarning(warning.message, { type: "MycroftWarning", code: warning.code });
}
