/** How an agent is reached by others, as its author writes it: what it hears of, and how it answers. */
import { MycroftError } from "@mycroft/errors";
import { z } from "zod";
import type { CallContext } from "./call-context.ts";
import type { Blackboard, Message, MessageSender, Topic } from "./messages.ts";

/**
 * What a subscriber is given besides a message. The market is bound to the sender's `asOf`, and the idempotency key is equal
 * whenever the same message comes again. It can write to the run's blackboard, and not send or ask: that is for attempts.
 */
export interface MessageContext extends Pick<CallContext, "market" | "signal" | "idempotencyKey"> {
  readonly asOf: string;
  readonly blackboard: Blackboard;
}

/** What an agent is given besides a question: its market is bound to the asker's `asOf`, its messages are the asker's. */
export interface AnswerContext extends Omit<CallContext, "heartbeat" | "log"> {
  readonly asOf: string;
  readonly from: MessageSender;
}

export interface TopicSubscription<Body = unknown> {
  readonly topic: Topic<Body>;
  // A method, so that subscriptions to different topics fit in one list; hosts parse bodies before they call it.
  handle(message: Message<Body>, context: MessageContext): void | Promise<void>;
}

/** How an agent answers others. Question and answer are checked against their schemas. */
export interface Answering<Question = unknown, Answer = unknown> {
  readonly question: z.ZodType<Question>;
  readonly answer: z.ZodType<Answer>;
  // A method, for the same reason.
  respond(question: Question, context: AnswerContext): Answer | Promise<Answer>;
}

/** A subscription: `handle` is called with every message to the topic, in one of the processes that have the agent. */
export function onMessage<Body>(
  topic: Topic<Body>,
  handle: (message: Message<Body>, context: MessageContext) => void | Promise<void>,
): TopicSubscription<Body> {
  return { topic, handle };
}

/** @throws {MycroftError} INPUT_INVALID for subscriptions or answers that are none. */
export function checkReachable(agent: {
  readonly name: string;
  readonly subscriptions?: unknown;
  readonly answers?: unknown;
}): void {
  const { name, subscriptions = [], answers } = agent;
  const topics = Array.isArray(subscriptions) ? subscriptions.map(topicOf) : [null];
  if (topics.includes(null) || new Set(topics).size < topics.length || topics.length > maxSubscriptions) {
    const rule = `a list of at most ${maxSubscriptions}, made by onMessage(topic, handle), each of another topic`;
    throw notReachable(name, "subscriptions", rule);
  }
  if (answers !== undefined && !isAnswering(answers)) {
    throw notReachable(
      name,
      "answers",
      "zod schemas named question and answer, and a function named respond",
    );
  }
}

const maxSubscriptions = 50;

/** Null for what is no subscription. Known by its marks, as workflows are. */
function topicOf(entry: unknown): string | null {
  if (typeof entry !== "object" || entry === null) return null;
  const topic: unknown = Reflect.get(entry, "topic");
  const isWhole = typeof topic === "object" && topic !== null && Reflect.get(topic, "kind") === "topic";
  return isWhole && typeof Reflect.get(entry, "handle") === "function"
    ? String(Reflect.get(topic, "name"))
    : null;
}

function isAnswering(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const schemas = ["question", "answer"].map((field): unknown => Reflect.get(value, field));
  return (
    schemas.every((schema) => schema instanceof z.ZodType) &&
    typeof Reflect.get(value, "respond") === "function"
  );
}

function notReachable(agent: string, field: string, rule: string): MycroftError {
  return new MycroftError("INPUT_INVALID", `Agent "${agent}": ${field} must be ${rule}.`, {
    details: { agent, field },
  });
}
