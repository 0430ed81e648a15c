/**
 * The bus of a single process (P4, P8): topics in memory, each with its newest messages, its groups and its dead
 * letters, all bounded. It dies with the process.
 */
import { canonicalJson, type JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import {
  type Bus,
  type BusMessage,
  type Clock,
  type NewMessage,
  type SubscribeOptions,
  type Subscription,
  SystemClock,
} from "@mycroft/runtime";
import { type LogEntry, MessageLog } from "./message-log.ts";
import { SubscriberGroup } from "./subscriber-group.ts";

export interface InProcessBusOptions {
  /** Dates the messages. The system's clock unless given. */
  readonly clock?: Pick<Clock, "now">;
  /** How many messages of a topic are kept: 10,000 unless given. */
  readonly keptMessages?: number;
  /** How much text of a topic is kept, keys and bodies, in UTF-16 code units: 64 Mi unless given. */
  readonly keptLength?: number;
  /** The longest that one message's key and body may be, in UTF-16 code units: 1 Mi unless given. */
  readonly maxMessageLength?: number;
  /** How often one message is delivered before it goes to the dead letters: 5 unless given. */
  readonly deliveryLimit?: number;
  /** How many dead letters of a topic are kept: 1,000 unless given. */
  readonly keptDeadLetters?: number;
  /** How many topics there are at once: 10,000 unless given. The one idle longest gives way to a new one. */
  readonly maxTopics?: number;
}

type Limits = Required<Omit<InProcessBusOptions, "clock">>;

const defaultLimits: Limits = {
  keptMessages: 10_000,
  keptLength: 64 * 1024 * 1024,
  maxMessageLength: 1024 * 1024,
  deliveryLimit: 5,
  keptDeadLetters: 1_000,
  maxTopics: 10_000,
};

/** Groups of one topic. A group outlives its subscribers, so their number needs a limit of its own. */
const maxGroups = 1_000;

/** The topic's own mark, then the message's sequence number. */
const offsetForm = /^([0-9a-z]+\.[0-9]+)-([0-9]{1,15})$/;

interface Topic {
  readonly name: string;
  /** Tells this topic's offsets from those of an earlier process, or of a topic that gave way. */
  readonly mark: string;
  readonly log: MessageLog;
  readonly groups: Map<string, SubscriberGroup>;
  /** Each subscriber without a group is a group of its own. */
  readonly loners: Set<SubscriberGroup>;
  readonly deadLetters: LogEntry[];
  /** Whether anybody has subscribed, ever: those who left may come back to where they were. */
  isHeard: boolean;
}

export class InProcessBus implements Bus {
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, "now">;
  readonly #startedAt: string;
  /** The one idle longest comes first. */
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Set<Subscription>();
  #topicCount = 0;
  #isClosed = false;

  constructor({ clock = new SystemClock(), ...limits }: InProcessBusOptions = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    this.#clock = clock;
    this.#startedAt = clock.now().toString(36);
    for (const [field, value] of Object.entries(this.#limits)) {
      if (!(Number.isSafeInteger(value) && value >= 1)) {
        throw invalid(field, value, "a whole number from 1 on");
      }
    }
  }

  async publish(topicName: string, { key, body }: NewMessage): Promise<string> {
    this.#assertOpen();
    const text = canonicalJson(body);
    const { maxMessageLength: limit } = this.#limits;
    const length = key.length + text.length;
    if (length > limit) {
      throw new MycroftError(
        "LIMIT_EXCEEDED",
        `A message to topic ${topicName} has ${length} characters; maxMessageLength is ${limit}.`,
        { details: { topic: topicName, length, limit } },
      );
    }
    const topic = this.#topicOf(topicName);
    this.#topics.delete(topicName);
    this.#topics.set(topicName, topic);
    const seq = topic.log.push(key, text, this.#clock.now());
    for (const group of topic.groups.values()) group.wake();
    for (const loner of topic.loners) loner.wake();
    return `${topic.mark}-${seq}`;
  }

  async subscribe(
    topicName: string,
    options: SubscribeOptions,
    handle: (message: BusMessage) => Promise<void>,
  ): Promise<Subscription> {
    this.#assertOpen();
    const topic = this.#topicOf(topicName);
    const group = this.#groupOf(topic, options);
    topic.isHeard = true;
    const leave = group.join((entry) => handle(toMessage(topic, entry)));
    const subscription: Subscription = {
      close: () => {
        topic.loners.delete(group);
        this.#subscriptions.delete(subscription);
        return leave();
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  isHeard(topicName: string): boolean {
    return this.#topics.get(topicName)?.isHeard === true;
  }

  async deadLetters(topicName: string): Promise<readonly BusMessage[]> {
    this.#assertOpen();
    const topic = this.#topics.get(topicName);
    return topic === undefined ? [] : topic.deadLetters.map((entry) => toMessage(topic, entry));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#subscriptions, (subscription) => subscription.close()));
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new MycroftError("BUS_CLOSED", "The bus is closed; open a new one.");
  }

  #topicOf(name: string): Topic {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    if (name === "") throw invalid("topic", name, "a name");
    if (this.#topics.size >= this.#limits.maxTopics) this.#dropIdleTopic();
    const topic: Topic = {
      name,
      mark: `${this.#startedAt}.${this.#topicCount}`,
      log: new MessageLog(this.#limits),
      groups: new Map(),
      loners: new Set(),
      deadLetters: [],
      isHeard: false,
    };
    this.#topicCount += 1;
    this.#topics.set(name, topic);
    return topic;
  }

  #dropIdleTopic(): void {
    for (const [name, { groups, loners }] of this.#topics) {
      if (loners.size > 0 || groups.values().some((group) => !group.isEmpty)) continue;
      this.#topics.delete(name);
      return;
    }
    const limit = this.#limits.maxTopics;
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `All ${limit} topics (maxTopics) have subscribers; close some first.`,
      {
        details: { limit },
      },
    );
  }

  #groupOf(topic: Topic, { group: name, from }: SubscribeOptions): SubscriberGroup {
    if (name === "") throw invalid("group", name, "a name, or absent");
    const known = name === undefined ? undefined : topic.groups.get(name);
    if (known !== undefined) return known;
    if (topic.groups.size >= maxGroups) {
      throw new MycroftError(
        "LIMIT_EXCEEDED",
        `Topic ${topic.name} has ${maxGroups} groups, which is the limit.`,
        {
          details: { topic: topic.name, limit: maxGroups },
        },
      );
    }
    const group = new SubscriberGroup({
      log: topic.log,
      place: placeOf(topic, from),
      deliveryLimit: this.#limits.deliveryLimit,
      onDeadLetter: (entry) => {
        topic.deadLetters.push(entry);
        if (topic.deadLetters.length > this.#limits.keptDeadLetters) topic.deadLetters.shift();
      },
    });
    if (name === undefined) topic.loners.add(group);
    else topic.groups.set(name, group);
    return group;
  }
}

function placeOf({ log, mark }: Topic, from: SubscribeOptions["from"]): number {
  if (from === "new") return log.next;
  if (from === "start") return log.oldest;
  const [, markThen, seq] = offsetForm.exec(from.after) ?? [];
  if (seq === undefined) throw invalid("after", from.after, "an offset that this bus gave");
  // An offset of an earlier process stands before everything that is kept now.
  return markThen === mark ? Math.min(Number(seq) + 1, log.next) : log.oldest;
}

function toMessage({ name, mark }: Topic, { seq, key, text, at }: LogEntry): BusMessage {
  return { topic: name, key, body: JSON.parse(text) as JsonValue, offset: `${mark}-${seq}`, at };
}

function invalid(field: string, value: unknown, expected: string): MycroftError {
  return new MycroftError("INPUT_INVALID", `${field} is ${JSON.stringify(value)}; it must be ${expected}.`, {
    details: { field, value },
  });
}
