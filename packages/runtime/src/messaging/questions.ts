/**
 * The asking side of questions: each goes to the topic of the agent that is asked, and its answer comes to the topic of this
 * process, found by the question's id. An answer that nobody waits for, being late or a second one, is dropped (P4).
 */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Bus, BusMessage, Subscription } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import {
  type AnswerEnvelope,
  answersTopic,
  asJson,
  type QuestionEnvelope,
  questionsTopic,
  readAnswer,
} from "./envelopes.ts";
import { messengerClosed } from "./messenger-closed.ts";

export interface QuestionsOptions {
  readonly bus: Pick<Bus, "publish" | "subscribe">;
  readonly clock: Clock;
  readonly onError: (error: MycroftError) => void;
}

export type NewQuestion = Omit<QuestionEnvelope, "replyTo"> & { readonly agent: string };

export class Questions {
  readonly #options: QuestionsOptions;
  readonly #replyTo = answersTopic(crypto.randomUUID());
  readonly #waiting = new Map<string, PromiseWithResolvers<AnswerEnvelope>>();
  /** Made with the first question. */
  #subscription: Promise<Subscription> | null = null;
  #isClosed = false;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /**
   * @param signal ends the waiting when it is aborted.
   * @throws {MycroftError} ANSWER_TIMED_OUT, TASK_CANCELLED, WORKER_CLOSED, the bus's codes.
   */
  async ask({ agent, ...question }: NewQuestion, signal: AbortSignal): Promise<AnswerEnvelope> {
    const { clock } = this.#options;
    const { id, timeoutMs } = question;
    const waiting = Promise.withResolvers<AnswerEnvelope>();
    this.#waiting.set(id, waiting);
    const timer = clock.setDelay(timeoutMs, () => waiting.reject(unanswered(agent, timeoutMs)));
    const giveUp = () => waiting.reject(givenUp(agent));
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      // The time runs from here on, whatever the bus takes.
      const sent = this.#send(agent, { ...question, replyTo: this.#replyTo });
      sent.catch((thrown: unknown) => waiting.reject(thrown));
      if (signal.aborted) giveUp();
      if (this.#isClosed) waiting.reject(messengerClosed());
      return await waiting.promise;
    } finally {
      timer.cancel();
      signal.removeEventListener("abort", giveUp);
      this.#waiting.delete(id);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(messengerClosed());
    const subscription = await this.#subscription?.catch(() => null);
    await subscription?.close();
  }

  async #send(agent: string, question: QuestionEnvelope): Promise<void> {
    await this.#listen();
    await this.#options.bus.publish(questionsTopic(agent), { key: question.id, body: asJson(question) });
  }

  async #listen(): Promise<void> {
    this.#subscription ??= this.#options.bus.subscribe(this.#replyTo, { from: "new" }, this.#take);
    try {
      await this.#subscription;
    } catch (thrown) {
      // The next question tries again.
      this.#subscription = null;
      throw thrown;
    }
  }

  readonly #take = async ({ body, topic }: BusMessage): Promise<void> => {
    try {
      const answer = readAnswer(body);
      this.#waiting.get(answer.id)?.resolve(answer);
    } catch (thrown) {
      const { message } = asMycroftError(thrown);
      this.#options.onError(
        new MycroftError("INPUT_INVALID", `What came to topic ${topic} is no answer: ${message}.`),
      );
    }
  };
}

function unanswered(agent: string, timeoutMs: number): MycroftError {
  const message = `Agent ${agent} gave no answer within ${Math.round(timeoutMs)} ms; it is slow, or no process has it.`;
  return new MycroftError("ANSWER_TIMED_OUT", message, { details: { agent, timeoutMs } });
}

function givenUp(agent: string): MycroftError {
  return new MycroftError(
    "TASK_CANCELLED",
    `The attempt that asked agent ${agent} was given up, so its answer is not waited for.`,
    { details: { agent } },
  );
}
