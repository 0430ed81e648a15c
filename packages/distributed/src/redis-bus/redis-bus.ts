/**
 * The bus on Redis Streams (P4, P8): a topic is one stream, so its offsets are a replay; groups are its consumer groups, with
 * their order per key held on the server (`group-scripts.ts`). Redis may lose all of it: what is published after that arrives.
 *
 * Who subscribes is told of new messages through Redis' publish/subscribe, which may lose a notice; so everybody also looks
 * once a second.
 */
import { randomUUID } from "node:crypto";
import { canonicalJson } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { Bus, BusMessage, NewMessage, SubscribeOptions, Subscription } from "@mycroft/runtime";
import type { Redis } from "ioredis";
import { checkCounts, checkPrefix, defaultPrefix } from "../redis/cluster-prefix.ts";
import { RedisLink, type RedisLinkOptions } from "../redis/redis-link.ts";
import { type BusLimits, defaultBusLimits, groupKeys, topicKeys } from "./bus-limits.ts";
import { GroupOnStream } from "./group-on-stream.ts";
import { checkOffset, firstOffset, readEntries, toMessage } from "./log-entry.ts";
import { LoneSubscriber } from "./lone-subscriber.ts";
import { TopicPresence } from "./topic-presence.ts";
import { publishMessage } from "./topic-scripts.ts";

export interface RedisBusOptions extends RedisLinkOptions, Partial<BusLimits> {
  /** Keeps clusters on one Redis apart: `mycroft` unless given; 1 to 50 letters, digits, dots, - and _. */
  readonly prefix?: string;
}

const lookAroundMs = 1_000;
const longestName = 500;

/**
 * Opens the bus.
 * @throws {MycroftError} INPUT_INVALID, SERVER_UNREACHABLE, SERVER_REFUSED, SERVER_UNFIT.
 */
export async function openRedisBus(options: RedisBusOptions): Promise<Bus> {
  const { url, timeoutMs, onWarning, prefix = defaultPrefix, ...given } = options;
  const limits = { ...defaultBusLimits, ...given };
  checkPrefix(prefix);
  checkCounts({ ...limits });
  const link = await RedisLink.open({
    url,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(onWarning === undefined ? {} : { onWarning }),
  });
  return new RedisBus(link, prefix, limits);
}

interface Listener {
  wake(): void;
}

class RedisBus implements Bus {
  readonly #link: RedisLink;
  readonly #prefix: string;
  readonly #limits: BusLimits;
  readonly #notices: Redis;
  /** By the channel that they are told through. */
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #groups = new Map<string, GroupOnStream>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #presence: TopicPresence;
  readonly #lookAround: NodeJS.Timeout;
  #closed: Promise<void> | null = null;

  constructor(link: RedisLink, prefix: string, limits: BusLimits) {
    this.#link = link;
    this.#prefix = prefix;
    this.#limits = limits;
    this.#notices = link.connectAnother({ autoResubscribe: true });
    this.#notices.on("message", (channel: string) => this.#wake(channel));
    this.#notices.on("ready", () => this.#wakeAll());
    this.#presence = new TopicPresence({ link, prefix, instance: randomUUID() });
    this.#lookAround = setInterval(() => {
      this.#wakeAll();
      void this.#presence.lookAround();
    }, lookAroundMs);
  }

  async publish(topic: string, { key, body }: NewMessage): Promise<string> {
    this.#assertOpen();
    checkName("topic", topic);
    checkKey(key);
    const text = canonicalJson(body);
    const bytes = Buffer.byteLength(key) + Buffer.byteLength(text);
    const { keptMessages, keptBytes, maxMessageBytes: limit, idleMs } = this.#limits;
    if (bytes > limit) {
      throw new MycroftError(
        "LIMIT_EXCEEDED",
        `A message to topic ${topic} has ${bytes} bytes; maxMessageBytes is ${limit}.`,
        {
          details: { topic, bytes, limit },
        },
      );
    }
    const { log } = topicKeys(this.#prefix, topic);
    const offset = await this.#link.call(`publish to topic ${topic}`, (redis) =>
      publishMessage.run(redis, [log], [keptMessages, key, text, idleMs, keptBytes]),
    );
    return String(offset);
  }

  async subscribe(
    topic: string,
    { group, from }: SubscribeOptions,
    handle: (message: BusMessage) => Promise<void>,
  ): Promise<Subscription> {
    this.#assertOpen();
    checkName("topic", topic);
    if (group !== undefined) checkName("group", group);
    const given = typeof from === "object" ? checkOffset(from.after) : from;
    await this.#presence.come(topic);
    const subscription = await this.#begin(topic, group, given, handle).catch(async (thrown: unknown) => {
      await this.#presence.leave(topic);
      throw thrown;
    });
    if (this.#closed === null) return subscription;
    await subscription.close();
    throw busClosed();
  }

  /** Of other processes' subscribers it is known within about a second. */
  isHeard(topic: string): boolean {
    return this.#presence.isHeard(topic);
  }

  async deadLetters(topic: string): Promise<readonly BusMessage[]> {
    this.#assertOpen();
    checkName("topic", topic);
    const { dead } = topicKeys(this.#prefix, topic);
    const reply = await this.#link.call(`read the dead letters of topic ${topic}`, (redis) =>
      redis.xrange(dead, "-", "+"),
    );
    return readEntries(reply).map((entry) => toMessage(topic, entry));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all(Array.from(this.#subscriptions, (subscription) => subscription.close()));
    clearInterval(this.#lookAround);
    await this.#link.close();
  }

  #assertOpen(): void {
    if (this.#closed !== null) throw busClosed();
  }

  #begin(
    topic: string,
    group: string | undefined,
    from: string,
    handle: (message: BusMessage) => Promise<void>,
  ): Promise<Subscription> {
    return group === undefined
      ? this.#subscribeAlone(topic, from, handle)
      : this.#joinGroup(topic, group, from, handle);
  }

  async #subscribeAlone(
    topic: string,
    from: string,
    handle: (message: BusMessage) => Promise<void>,
  ): Promise<Subscription> {
    const keys = topicKeys(this.#prefix, topic);
    const place =
      from === "new" ? await this.#newest(topic, keys.log) : from === "start" ? firstOffset : from;
    const subscriber = new LoneSubscriber({
      link: this.#link,
      topic,
      keys,
      limits: this.#limits,
      place,
      handle: async (entry) => handle(toMessage(topic, entry)),
    });
    await this.#listen(keys.log, subscriber);
    return this.#subscribed(topic, async () => {
      await subscriber.close();
      await this.#stopListening(keys.log, subscriber);
    });
  }

  async #joinGroup(
    topic: string,
    name: string,
    from: string,
    handle: (message: BusMessage) => Promise<void>,
  ): Promise<Subscription> {
    const keys = groupKeys(this.#prefix, topic, name);
    const [log = ""] = keys;
    const id = keys[1] ?? "";
    const group = this.#groups.get(id) ?? this.#newGroup(topic, name, keys);
    const begin = from === "new" ? "$" : from === "start" ? firstOffset : from;
    this.#groups.set(id, group);
    try {
      if (!(await group.make(begin))) throw tooManyGroups(topic, this.#limits.maxGroups);
    } catch (thrown) {
      if (group.isEmpty) this.#groups.delete(id);
      throw thrown;
    }
    const leave = group.join(async (entry) => handle(toMessage(topic, entry)));
    await this.#listen(log, group);
    return this.#subscribed(topic, async () => {
      await leave();
      if (!group.isEmpty) return;
      if (this.#groups.get(id) === group) this.#groups.delete(id);
      await group.stop();
      await this.#stopListening(log, group);
    });
  }

  #newGroup(topic: string, group: string, keys: readonly string[]): GroupOnStream {
    return new GroupOnStream({
      link: this.#link,
      topic,
      group,
      keys,
      limits: this.#limits,
      instance: randomUUID(),
    });
  }

  async #newest(topic: string, log: string): Promise<string> {
    const entries = await this.#link.call(`subscribe to topic ${topic}`, (redis) =>
      redis.xrevrange(log, "+", "-", "COUNT", 1),
    );
    return entries[0]?.[0] ?? firstOffset;
  }

  async #listen(channel: string, listener: Listener): Promise<void> {
    const known = this.#listeners.get(channel);
    if (known === undefined) {
      this.#listeners.set(channel, new Set([listener]));
      // When the connection is cut off, it subscribes as soon as it is back; until then everybody looks by himself.
      this.#notices.subscribe(channel).then(() => this.#wake(channel), this.#link.warn);
    } else known.add(listener);
    listener.wake();
  }

  async #stopListening(channel: string, listener: Listener): Promise<void> {
    const listeners = this.#listeners.get(channel);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return;
    this.#listeners.delete(channel);
    this.#notices.unsubscribe(channel).catch(this.#link.warn);
  }

  #subscribed(topic: string, leave: () => Promise<void>): Subscription {
    let left: Promise<void> | null = null;
    const subscription: Subscription = {
      close: () => {
        left ??= leave()
          .then(() => this.#presence.leave(topic))
          .finally(() => this.#subscriptions.delete(subscription));
        return left;
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  #wake(channel: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener.wake();
  }

  #wakeAll(): void {
    for (const channel of this.#listeners.keys()) this.#wake(channel);
  }
}

function busClosed(): MycroftError {
  return new MycroftError("BUS_CLOSED", "The bus is closed; open a new one.");
}

function tooManyGroups(topic: string, limit: number): MycroftError {
  return new MycroftError(
    "LIMIT_EXCEEDED",
    `Topic ${topic} has ${limit} groups, which is the limit (maxGroups).`,
    {
      details: { topic, limit },
    },
  );
}

/** @throws {MycroftError} INPUT_INVALID. */
function checkName(field: string, name: string): void {
  if (typeof name === "string" && name !== "" && name.length <= longestName && name.isWellFormed()) return;
  throw new MycroftError("INPUT_INVALID", `${field} is 1 to ${longestName} characters of well-formed text.`, {
    details: { field, value: name, limit: longestName },
  });
}

/** @throws {MycroftError} INPUT_INVALID. */
function checkKey(key: string): void {
  if (typeof key === "string" && key.isWellFormed()) return;
  throw new MycroftError("INPUT_INVALID", "A message's key is well-formed text.", {
    details: { field: "key", value: key },
  });
}
