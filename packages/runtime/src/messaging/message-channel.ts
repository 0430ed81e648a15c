/**
 * The way of one sender to the others: an agent or function at work on an attempt, or on an answer for one. What goes through
 * it is bounded in number, size, depth and time, and kept for the attempt's record.
 */
import { contentHash, type JsonValue } from "@mycroft/engine";
import { type ErrorCode, isErrorCode, MycroftError } from "@mycroft/errors";
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { Blackboard } from "./blackboard.ts";
import { type AnswerEnvelope, asJson, type MessageSender, topicOf } from "./envelopes.ts";
import type { ExchangeLog } from "./exchange-log.ts";
import { checkBody, checkName, messageLimits } from "./message-limits.ts";
import { messengerClosed } from "./messenger-closed.ts";
import type { Questions } from "./questions.ts";

export interface ChannelScope {
  readonly from: MessageSender;
  readonly asOf: string;
  /** The agents that were asked one by the other, up to this sender; empty for an attempt. */
  readonly path: readonly string[];
  /** When the attempt, or the waiting for the answer, is over: by the clock's `elapsed`. */
  readonly dueAt: number;
  readonly log: ExchangeLog;
  /** Read only when it is needed: making it costs. */
  readonly signalOf: () => AbortSignal;
}

export interface ChannelWays {
  readonly bus: Pick<Bus, "publish">;
  readonly store: Pick<Store, "getDocument" | "putDocument" | "listDocuments">;
  readonly clock: Clock;
  readonly questions: Questions;
  /** Why an agent cannot be asked, where that is known; throws it. */
  readonly assertReachable: (agent: string) => void;
  readonly isClosed: () => boolean;
}

export class MessageChannel {
  readonly blackboard: Blackboard;
  readonly #scope: ChannelScope;
  readonly #ways: ChannelWays;

  constructor(scope: ChannelScope, ways: ChannelWays) {
    this.#scope = scope;
    this.#ways = ways;
    const { from, log } = scope;
    const { store, clock } = ways;
    const assertOpen = () => this.#assertOpen();
    this.blackboard = new Blackboard({ store, clock, runId: from.runId, by: from.name, log, assertOpen });
  }

  /**
   * Resolves when the bus has the message.
   * @throws {MycroftError} INPUT_INVALID, OUTPUT_NOT_JSON, LIMIT_EXCEEDED, TASK_CANCELLED, the bus's codes.
   */
  async publish(topic: string, body: JsonValue): Promise<void> {
    this.#assertOpen();
    checkName("topic", topic);
    checkBody(body, `The message to topic ${topic}`);
    const { from, asOf, log } = this.#scope;
    log.takeRoom();
    const envelope = asJson({ from, asOf, body });
    // Messages of one run keep their order.
    const offset = await this.#ways.bus.publish(topicOf(topic), { key: from.runId, body: envelope });
    log.keep({ type: "published", topic, offset, hash: contentHash(body) });
  }

  /**
   * @param timeoutMs how long the answer is waited for: as long as the attempt may take unless given, and never longer.
   * @throws {MycroftError} INPUT_INVALID, OUTPUT_NOT_JSON, LIMIT_EXCEEDED, ASK_TOO_DEEP, AGENT_UNKNOWN, ANSWER_TIMED_OUT,
   *   TASK_CANCELLED, WORKER_CLOSED, the bus's codes; the code with which the agent that was asked failed.
   */
  async ask(agent: string, question: JsonValue, timeoutMs = Number.POSITIVE_INFINITY): Promise<JsonValue> {
    this.#assertOpen();
    checkName("agent", agent);
    if (!(timeoutMs > 0)) {
      throw new MycroftError("INPUT_INVALID", `timeoutMs is ${timeoutMs}; it must be above 0.`, {
        details: { field: "timeoutMs", value: timeoutMs },
      });
    }
    checkBody(question, `The question to agent ${agent}`);
    this.#assertShallow(agent);
    this.#ways.assertReachable(agent);
    const { log } = this.#scope;
    log.takeRoom();
    const id = crypto.randomUUID();
    const allowance = log.reserveForAnswer();
    log.keep({ type: "asked", agent, id, hash: contentHash(question), answer: null });
    return this.#answerOf({ agent, id, question, timeoutMs, allowance });
  }

  async #answerOf({ agent, id, question: body, timeoutMs, allowance }: Asking): Promise<JsonValue> {
    const { from, asOf, path, dueAt, log, signalOf } = this.#scope;
    const { questions, clock } = this.#ways;
    const leftMs = Math.min(timeoutMs, Math.max(0, dueAt - clock.elapsed()));
    const about = { from, asOf, path: [...path, agent], allowance, timeoutMs: leftMs };
    let answer: AnswerEnvelope;
    try {
      answer = await questions.ask({ agent, id, body, ...about }, signalOf());
    } catch (thrown) {
      if (thrown instanceof MycroftError) log.keepAnswer(id, { errorCode: thrown.code });
      throw thrown;
    }
    const { result, done } = answer;
    if (!result.ok) {
      log.keepAnswer(id, { errorCode: result.code }, done, allowance);
      throw failedAnswer(agent, from.name, result);
    }
    log.keepAnswer(id, { hash: contentHash(result.body), version: result.version }, done, allowance);
    return result.body;
  }

  #assertOpen(): void {
    if (this.#ways.isClosed()) throw messengerClosed();
    const { from, signalOf } = this.#scope;
    if (!signalOf().aborted) return;
    const message = `${from.name} is not at work any more: its time was over, or its outcome is not wanted.`;
    throw new MycroftError("TASK_CANCELLED", message, { details: { runId: from.runId, task: from.task } });
  }

  /** Agents that ask each other in a circle are stopped by this too. */
  #assertShallow(agent: string): void {
    const { path, from } = this.#scope;
    const { askDepth } = messageLimits;
    if (path.length < askDepth) return;
    const asked = [...path, agent].join(", which asks ");
    throw new MycroftError(
      "ASK_TOO_DEEP",
      `Agents ask each other at most ${askDepth} deep (askDepth), and this is one more: task ${from.task} asks ${asked}.`,
      { details: { limit: "askDepth", askDepth, path: [...path, agent] } },
    );
  }
}

interface Asking {
  readonly agent: string;
  readonly id: string;
  readonly question: JsonValue;
  readonly timeoutMs: number;
  readonly allowance: number;
}

function failedAnswer(
  agent: string,
  asker: string,
  { code, message, retryable }: Extract<AnswerEnvelope["result"], { readonly ok: false }>,
): MycroftError {
  // An agent may have a code of its own.
  const known: ErrorCode = isErrorCode(code) ? code : "TASK_FAILED";
  // Who asked whom is in that message already.
  const isTold = known === "ASK_TOO_DEEP";
  const text = isTold ? message : `Agent ${agent}, asked by ${asker}, failed: ${message}`;
  return new MycroftError(known, text, { retryable, details: { agent, code } });
}
