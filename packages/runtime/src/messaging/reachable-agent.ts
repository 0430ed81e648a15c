/** What an agent does with messages and questions, without its schemas: those are the gateway's matter. */
import type { JsonValue } from "@mycroft/engine";
import type { Blackboard } from "./blackboard.ts";
import type { MessageSender } from "./envelopes.ts";
import type { MessageChannel } from "./message-channel.ts";

export interface ReachableAgent {
  readonly name: string;
  readonly version: string;
  readonly subscriptions: readonly {
    readonly topic: string;
    /** When it rejects, the message comes again, up to the bus's delivery limit. */
    readonly take: (message: ReceivedMessage) => Promise<void>;
  }[];
  /** Null for an agent that takes no questions. */
  readonly answer: ((question: ReceivedQuestion) => Promise<JsonValue>) | null;
}

interface Received {
  readonly from: MessageSender;
  /** The day beyond which whoever takes it may not look (P5). */
  readonly asOf: string;
  /** The content hash of the market data that the run began with; null when it has none. */
  readonly dataHash: string | null;
  readonly body: JsonValue;
  /** Equal whenever it is the same message or question that comes again. */
  readonly id: string;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** Who takes a message answers nobody: what an agent sends belongs to an attempt, whose record tells of it. */
export interface ReceivedMessage extends Received {
  readonly topic: string;
  /** When it was sent, in milliseconds since the epoch. */
  readonly at: number;
  readonly blackboard: Blackboard;
}

export interface ReceivedQuestion extends Received {
  /** What the agent sends and asks in turn is done for the attempt that asked. */
  readonly channel: MessageChannel;
}
