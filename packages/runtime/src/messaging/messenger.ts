/**
 * Messages between agents, over the ports `Bus` (topics, questions and their answers) and `Store` (blackboards): one for each
 * process. It hides envelopes, topics, ids and waiting. What gets lost is told as an error that may be tried again; what
 * comes late or twice is harmless (P4). Every message names its run, and every attempt's record names its messages.
 */
import { MycroftError } from "@mycroft/errors";
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { AttemptControl, AttemptRequest } from "../ports/gateway.ts";
import type { Store } from "../ports/store.ts";
import { Answering } from "./answering.ts";
import { questionsTopic } from "./envelopes.ts";
import { ExchangeLog } from "./exchange-log.ts";
import { type ChannelScope, type ChannelWays, MessageChannel } from "./message-channel.ts";
import { messageLimits } from "./message-limits.ts";
import { Questions } from "./questions.ts";
import type { ReachableAgent } from "./reachable-agent.ts";

export interface MessengerOptions {
  readonly bus: Pick<Bus, "publish" | "subscribe" | "isHeard">;
  readonly store: Pick<Store, "getRun" | "getDocument" | "putDocument" | "listDocuments">;
  readonly clock: Clock;
  /** Told of failures that no caller is waiting for: a subscriber that fails, an answer that cannot be sent. */
  readonly onError?: (error: MycroftError) => void;
}

/** One attempt's way to other agents, by whichever agent or function is at work on it. */
export interface AttemptMessages {
  /** @param asOf the day beyond which that one may not look, nor whoever it asks. */
  channelOf(name: string, asOf: string): MessageChannel;
}

export class Messenger {
  readonly #options: MessengerOptions;
  readonly #answering: Answering;
  readonly #questions: Questions;
  readonly #ways: ChannelWays;
  #closing: Promise<void> | null = null;

  constructor(options: MessengerOptions) {
    const { bus, store, clock, onError = () => {} } = options;
    this.#options = options;
    this.#questions = new Questions({ bus, clock, onError });
    const openChannel = (scope: ChannelScope) => new MessageChannel(scope, this.#ways);
    this.#answering = new Answering({ bus, store, clock, openChannel, onError });
    this.#ways = {
      ...{ bus, store, clock, questions: this.#questions },
      assertReachable: (agent) => this.#assertReachable(agent),
      isClosed: () => this.#closing !== null,
    };
  }

  /**
   * From now on these agents take messages and questions here, until this is closed. To be called before runs begin, so that
   * no message to them is missed.
   * @throws {MycroftError} the bus's codes.
   */
  serve(agents: readonly ReachableAgent[]): Promise<void> {
    return this.#answering.serve(agents);
  }

  /** What passes through is in the attempt's report, where `control` hands it on. */
  attempt(request: AttemptRequest, control: AttemptControl): AttemptMessages {
    const { runId, task, attempt, timeoutMs } = request;
    const log = new ExchangeLog(messageLimits.perAttempt, null);
    const dueAt = this.#options.clock.elapsed() + timeoutMs;
    control.onReport?.(() => log.records);
    return {
      channelOf: (name, asOf) => {
        const from = { name, runId, task, attempt };
        return new MessageChannel(
          { from, asOf, path: [], dueAt, log, signalOf: () => control.signal },
          this.#ways,
        );
      },
    };
  }

  /** To be called before the bus is closed. What is under way fails with WORKER_CLOSED. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#answering.close();
    await this.#questions.close();
  }

  #assertReachable(name: string): void {
    const { agents } = this.#answering;
    const agent = agents.get(name);
    if (agent !== undefined && agent.answer === null) {
      const message = `Agent ${name} takes no questions: its definition states no "answers".`;
      throw new MycroftError("INPUT_INVALID", message, { details: { agent: name, field: "answers" } });
    }
    if (agent !== undefined || this.#options.bus.isHeard?.(questionsTopic(name)) !== false) return;
    const known = Array.from(
      agents.values().filter(({ answer }) => answer !== null),
      (one) => one.name,
    ).sort();
    const exist = known.length === 0 ? "no agent here does" : `those who do are ${known.join(", ")}`;
    throw new MycroftError("AGENT_UNKNOWN", `No agent named ${name} takes questions; ${exist}.`, {
      details: { agent: name, known },
    });
  }
}
