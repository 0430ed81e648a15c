/** The bus carries messages between agents and to whoever watches. Per key, messages arrive in order. */
import type { JsonValue } from "@mycroft/engine";

export interface NewMessage {
  /** Messages of one key keep their order. */
  readonly key: string;
  readonly body: JsonValue;
}

export interface BusMessage extends NewMessage {
  readonly topic: string;
  /** Where the message stands in its topic; opaque, and comparable only for equality. */
  readonly offset: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface SubscribeOptions {
  /** Subscribers of one group share a topic's messages; without a group each subscriber gets them all. */
  readonly group?: string;
  /**
   * Where a subscriber without a group, or the first of a new group, begins: with what comes (`new`), with all
   * that is kept (`start`), or after an offset. A group keeps its place while it has no subscribers. What is no
   * longer kept is passed over.
   */
  readonly from: "new" | "start" | { readonly after: string };
}

export interface Subscription {
  /** Takes no more messages and resolves when those in hand are done. */
  close(): Promise<void>;
}

export interface Bus {
  /** Returns the message's offset. */
  publish(topic: string, message: NewMessage): Promise<string>;
  /**
   * At least once: when `handle` rejects, the message comes again, up to the bus's delivery limit; then it goes to
   * the topic's dead letters and the next message follows. Messages of one key never overlap within a group.
   */
  subscribe(
    topic: string,
    options: SubscribeOptions,
    handle: (message: BusMessage) => Promise<void>,
  ): Promise<Subscription>;
  /**
   * False when nobody listens to the topic and no group keeps a place in it: whoever would publish there what is of no use later
   * may leave it out. True when in doubt. Subscribers of this process are known at once, those of others within about a second:
   * one of them may miss what was left out up to then, and what was left out while its process stood still for ten seconds or
   * more. That the last of the others has gone is known after about ten seconds. Absent where nothing is known.
   */
  isHeard?(topic: string): boolean;
  /** Messages that could not be handled, oldest first, up to the bus's limit. */
  deadLetters(topic: string): Promise<readonly BusMessage[]>;
  close(): Promise<void>;
}
