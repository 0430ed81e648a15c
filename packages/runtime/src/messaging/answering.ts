/**
 * The answering side: the agents of this process take questions and messages from the bus. Processes that have the same agent
 * share them: each question is answered by one of them.
 *
 * - A question leaves the bus when it is taken, so that one slow answer holds up no other, and agents that ask each other never
 *   wait for a place: one too many is refused. If the process dies, whoever asked hears nothing, and tries again.
 * - A question that comes twice is answered twice, with the same idempotency key; the second answer finds nobody.
 * - A message leaves the bus when its subscriber is done with it; one that fails comes again, as the bus has it.
 *
 * Either is bounded by the day of whoever sent it, and by that of its run as the store has it (P5).
 */
import type { JsonValue } from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Bus, BusMessage, Subscription } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { AbortableWork } from "./abortable-work.ts";
import {
  type AnswerEnvelope,
  asJson,
  type MessageEnvelope,
  type QuestionEnvelope,
  questionsTopic,
  readMessage,
  readQuestion,
  topicOf,
} from "./envelopes.ts";
import { ExchangeLog } from "./exchange-log.ts";
import type { ChannelScope, MessageChannel } from "./message-channel.ts";
import { checkBody, limitExceeded, messageLimits } from "./message-limits.ts";
import type { ReachableAgent } from "./reachable-agent.ts";
import { RunDays } from "./run-days.ts";

export interface AnsweringOptions {
  readonly bus: Pick<Bus, "publish" | "subscribe">;
  readonly store: Pick<Store, "getRun">;
  readonly clock: Clock;
  readonly openChannel: (scope: ChannelScope) => MessageChannel;
  readonly onError: (error: MycroftError) => void;
}

/** A question is too old when nobody can wait for it any more, however far the clocks of two machines are apart. */
const clocksApartMs = 2 * 3_600_000;

export class Answering {
  readonly #options: AnsweringOptions;
  readonly #runs: RunDays;
  readonly #agents = new Map<string, ReachableAgent>();
  readonly #subscriptions: Subscription[] = [];
  readonly #work: AbortableWork;
  #questionsInHand = 0;

  constructor(options: AnsweringOptions) {
    this.#options = options;
    this.#runs = new RunDays(options.store);
    this.#work = new AbortableWork(options.clock);
  }

  /** Of this process. */
  get agents(): ReadonlyMap<string, ReachableAgent> {
    return this.#agents;
  }

  async serve(agents: readonly ReachableAgent[]): Promise<void> {
    for (const agent of agents) {
      this.#agents.set(agent.name, agent);
      if (agent.answer !== null) await this.#answerQuestions(agent);
      for (const subscription of agent.subscriptions) await this.#deliver(agent, subscription);
    }
  }

  /** What is in hand is aborted: questions are answered with WORKER_CLOSED, messages go to others. */
  async close(): Promise<void> {
    const closed = this.#subscriptions.map((subscription) => subscription.close());
    await this.#work.close();
    await Promise.all(closed);
  }

  async #answerQuestions(agent: ReachableAgent): Promise<void> {
    const { bus } = this.#options;
    // From the start: what was asked while the first process with the agent came up is answered too.
    const options = { group: agent.name, from: "start" } as const;
    this.#subscriptions.push(
      await bus.subscribe(questionsTopic(agent.name), options, async (message) => {
        const question = this.#read(message, readQuestion);
        if (question === null || this.#isTooOld(message, question)) return;
        this.#work
          .track(() => this.#answer(agent, question))
          .catch((thrown: unknown) => this.#report(thrown));
      }),
    );
  }

  #isTooOld({ at }: BusMessage, { timeoutMs }: QuestionEnvelope): boolean {
    return this.#options.clock.now() - at > timeoutMs + clocksApartMs;
  }

  async #answer(agent: ReachableAgent, question: QuestionEnvelope): Promise<void> {
    const log = new ExchangeLog(question.allowance, agent.name);
    let result: AnswerEnvelope["result"];
    try {
      result = await this.#resultOf(agent, question, log);
    } catch (thrown) {
      const { code, message, retryable } = asMycroftError(thrown, "TASK_FAILED");
      result = { ok: false, code, message: message.slice(0, 4_000), retryable };
    }
    const answer = asJson({ id: question.id, done: log.records, result });
    await this.#options.bus.publish(question.replyTo, { key: question.id, body: answer });
  }

  async #resultOf(
    agent: ReachableAgent,
    question: QuestionEnvelope,
    log: ExchangeLog,
  ): Promise<AnswerEnvelope["result"]> {
    if (this.#questionsInHand >= messageLimits.questionsInHand) {
      throw limitExceeded("questionsInHand", `The process of agent ${agent.name} is busy`, true);
    }
    this.#questionsInHand += 1;
    // An agent that ignores the signal stays in hand.
    const answering = (signal: AbortSignal) =>
      this.#ask(agent, question, log, signal).finally(() => {
        this.#questionsInHand -= 1;
      });
    const body = await this.#work.run(question.timeoutMs, answering);
    checkBody(body, `The answer of agent ${agent.name}`);
    return { ok: true, body, version: agent.version };
  }

  async #ask(
    { name, answer }: ReachableAgent,
    question: QuestionEnvelope,
    log: ExchangeLog,
    signal: AbortSignal,
  ): Promise<JsonValue> {
    const { clock, openChannel } = this.#options;
    const { from, body, id, path, timeoutMs } = question;
    const dueAt = clock.elapsed() + timeoutMs;
    const day = await this.#dayOf(question);
    const scope = { from: { ...from, name }, asOf: day.asOf, path, dueAt, log, signalOf: () => signal };
    // It was subscribed for because it answers.
    return answer?.({ ...day, from, body, id, signal, channel: openChannel(scope) }) ?? null;
  }

  async #deliver(
    agent: ReachableAgent,
    { topic, take }: ReachableAgent["subscriptions"][number],
  ): Promise<void> {
    const { bus } = this.#options;
    const options = { group: agent.name, from: "new" } as const;
    this.#subscriptions.push(
      await bus.subscribe(topicOf(topic), options, async (message) => {
        const envelope = this.#read(message, readMessage);
        if (envelope === null) return;
        try {
          await this.#take(agent, topic, message, envelope, take);
        } catch (thrown) {
          this.#report(thrown);
          throw thrown;
        }
      }),
    );
  }

  async #take(
    agent: ReachableAgent,
    topic: string,
    { at, offset: id }: BusMessage,
    envelope: MessageEnvelope,
    take: ReachableAgent["subscriptions"][number]["take"],
  ): Promise<void> {
    const { clock, openChannel } = this.#options;
    const { from, body } = envelope;
    const { handlerMs, perAttempt } = messageLimits;
    const day = await this.#dayOf(envelope);
    await this.#work.run(handlerMs, (signal) => {
      const { blackboard } = openChannel({
        from: { ...from, name: agent.name },
        asOf: day.asOf,
        path: [],
        dueAt: clock.elapsed() + handlerMs,
        log: new ExchangeLog(perAttempt, null),
        signalOf: () => signal,
      });
      return take({ ...day, topic, at, from, body, id, signal, blackboard });
    });
  }

  /** @throws {MycroftError} RUN_UNKNOWN. */
  async #dayOf({ from, asOf }: MessageEnvelope): Promise<{ asOf: string; dataHash: string | null }> {
    const run = await this.#runs.find(from.runId);
    return { asOf: asOf < run.asOf ? asOf : run.asOf, dataHash: run.dataHash };
  }

  /** Null for what is none, which is told and left. */
  #read<Envelope>(
    { body, topic }: BusMessage,
    read: (body: BusMessage["body"]) => Envelope,
  ): Envelope | null {
    try {
      return read(body);
    } catch (thrown) {
      const because = thrown instanceof Error ? thrown.message : String(thrown);
      const message = `What came to topic ${topic} was not sent by an agent, and was left: ${because}.`;
      this.#report(new MycroftError("INPUT_INVALID", message, { details: { topic } }));
      return null;
    }
  }

  #report(thrown: unknown): void {
    const error = asMycroftError(thrown, "TASK_FAILED");
    // A bus that is closed is how processes end.
    if (error.code !== "BUS_CLOSED") this.#options.onError(error);
  }
}
