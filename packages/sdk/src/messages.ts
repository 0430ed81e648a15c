/**
 * Messages between agents as their authors write them: topics, questions and answers, and a blackboard for each run. What an
 * agent or function sends belongs to its attempt, whose record tells of it, and is refused beyond stated limits. Nobody
 * learns by them of data later than the sender's day (P5).
 */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { entityName } from "@mycroft/protocol";
import { z } from "zod";

/** Something that is told. `Given` is what a sender may write: fields with a default may be left out of it. */
export interface Topic<Body = unknown, Given = unknown> {
  readonly kind: "topic";
  readonly name: string;
  /** Bodies are read by it when they are sent, and again when they arrive. */
  readonly body: z.ZodType<Body, Given>;
}

export interface AskOptions {
  /** As long as the attempt may take unless given, and never longer. */
  readonly timeoutMs?: number;
}

export interface Messages {
  /**
   * Tells all agents that have subscribed, once each or, when something is lost or fails, again. Resolves when the bus has
   * it; nobody may have heard it yet.
   * @throws {MycroftError} INPUT_INVALID, OUTPUT_NOT_JSON, LIMIT_EXCEEDED.
   */
  publish<Body, Given>(topic: Topic<Body, Given>, body: NoInfer<Given>): Promise<void>;
  /**
   * Asks an agent that answers (see `answers`), wherever it is. An attempt that is retried asks again.
   * Waiting is no heartbeat: where the step has a heartbeat timeout, wait for less than that.
   * @param options `answer` is the schema by which the answer is read.
   * @throws {MycroftError} ANSWER_TIMED_OUT, AGENT_UNKNOWN, ASK_TOO_DEEP when agents ask each other more than 4 deep,
   *   LIMIT_EXCEEDED, INPUT_INVALID, AGENT_ANSWER_INVALID, or the code with which the other agent failed.
   */
  ask(agent: string, question: unknown, options?: AskOptions): Promise<JsonValue>;
  ask<Answer>(
    agent: string,
    question: unknown,
    options: AskOptions & { readonly answer: z.ZodType<Answer> },
  ): Promise<Answer>;
  readonly blackboard: Blackboard;
}

export interface BlackboardEntry<Value = JsonValue> {
  readonly key: string;
  readonly value: Value;
  /** 1 when it is first written, one more with each change. */
  readonly revision: number;
  /** The agent or function that wrote it. */
  readonly by: string;
}

export type BlackboardWrite =
  | { readonly status: "written"; readonly revision: number }
  /** Somebody else wrote first; `current` is what there is now, null for nothing. */
  | { readonly status: "conflict"; readonly current: BlackboardEntry | null };

/** What the agents of one run share: a child run, a fork and a retry have their own. Kept for 30 days after the last write. */
export interface Blackboard {
  /** Null when nothing is written there. A schema reads the value: INPUT_INVALID when it does not fit. */
  read(key: string): Promise<BlackboardEntry | null>;
  read<Value>(key: string, schema: z.ZodType<Value>): Promise<BlackboardEntry<Value> | null>;
  /**
   * `replaces` is the revision to be replaced, 0 for what is not there yet: when somebody else was first, that is a conflict.
   * Without it, the last one to write wins.
   * @throws {MycroftError} INPUT_INVALID, OUTPUT_NOT_JSON, LIMIT_EXCEEDED.
   */
  write(key: string, value: unknown, options?: { readonly replaces?: number }): Promise<BlackboardWrite>;
  /** All of them, in the order of their keys. */
  entries(): Promise<readonly BlackboardEntry[]>;
}

/** Who sends, and for which attempt. */
export interface MessageSender {
  readonly name: string;
  readonly runId: string;
  readonly task: string;
  readonly attempt: number;
}

export interface Message<Body = unknown> {
  readonly topic: string;
  readonly body: Body;
  readonly from: MessageSender;
  /** When it was sent, in milliseconds since the epoch. */
  readonly at: number;
}

/** @throws {MycroftError} INPUT_INVALID when the name or the schema is not well formed. */
export function defineTopic<Body, Given>(topic: {
  readonly name: string;
  readonly body: z.ZodType<Body, Given>;
}): Topic<Body, Given> {
  const name = entityName.safeParse(topic?.name);
  if (name.success && topic.body instanceof z.ZodType) return { ...topic, kind: "topic" };
  throw new MycroftError(
    "INPUT_INVALID",
    `A topic needs a name (a letter, then letters, digits and . _ -) and a zod schema named body.`,
    { details: { field: name.success ? "body" : "name" } },
  );
}

/** For calling agents and functions by hand, where there is nobody to reach: all of it fails with MESSAGES_UNAVAILABLE. */
export const noMessages: Messages = {
  publish: unavailable,
  ask: unavailable,
  blackboard: { read: unavailable, write: unavailable, entries: unavailable },
};

async function unavailable(): Promise<never> {
  throw new MycroftError(
    "MESSAGES_UNAVAILABLE",
    "Agents cannot reach each other here: this was called without a host, or in a backtest.",
  );
}
