/**
 * Asks agents of this process about the past, each bound to the day that it is asked as of (P5), and reads what they answer
 * without trust (P7). An agent that makes everybody wait is asked no more: a walk asks thousands of questions.
 */
import { setImmediate } from "node:timers/promises";
import { MycroftError } from "@mycroft/errors";
import { readAnswer } from "@mycroft/gateways";
import { baseRateAt, outcomes } from "@mycroft/investing";
import type { OpinionRequest, View } from "@mycroft/protocol";
import { type AgentDefinition, type MarketData, noLog, noMessages } from "@mycroft/sdk";
import { copyOf, viewOf } from "../walking/read-view.ts";

export const askerLimits = {
  /** An answer that takes longer ends the asking. */
  answerMs: 5_000,
  /** So many answers in a row that each take this long do so too. */
  slowAnswers: 20,
  slowMs: 100,
  /** So does this much time in all. */
  totalMs: 120_000,
} as const;

export class PastAsker {
  readonly #agents: ReadonlyMap<string, AgentDefinition>;
  readonly #market: MarketData;
  /** Slow answers in a row, and the time of all answers. */
  readonly #slow = new Map<string, number>();
  readonly #took = new Map<string, number>();
  readonly #givenUp = new Map<string, string>();
  /** By horizon, the day to which the agents have been led. */
  readonly #led = new Map<number, string>();

  constructor(agents: readonly AgentDefinition[], market: MarketData) {
    this.#agents = new Map(agents.map((agent) => [agent.name, agent]));
    this.#market = market;
  }

  /** Why the agent is asked no more; null while it is. */
  givenUp(agent: string): string | null {
    return this.#givenUp.get(agent) ?? null;
  }

  /**
   * What the agent says as of the request's day.
   * @throws {MycroftError} AGENT_UNKNOWN; AGENT_ANSWER_INVALID; LOOK_AHEAD; ANSWER_TIMED_OUT, also for one that is asked no
   *   more; or whatever the agent throws.
   */
  async ask(name: string, request: OpinionRequest, signal: AbortSignal): Promise<View> {
    const agent = this.#agents.get(name);
    if (agent === undefined) {
      throw new MycroftError("AGENT_UNKNOWN", `This project has no agent named ${JSON.stringify(name)}.`, {
        details: { agent: name, known: [...this.#agents.keys()] },
      });
    }
    const reason = this.#givenUp.get(name);
    if (reason !== undefined) throw tooSlow(name, reason);
    const begun = performance.now();
    try {
      const answer = await this.#answer(agent, request, signal);
      return viewOf(agent, request, answer) ?? misfit(agent, request, answer);
    } finally {
      this.#note(name, performance.now() - begun);
    }
  }

  /**
   * Asks everybody something on days on the way to `asOf`, from where it last led to. Agents build up what they have learned
   * from all days before the one that they are asked as of: over large data that takes seconds at once, and little at a time
   * when they are led there in steps of a week, between which others get the thread.
   * @throws what aborted the signal.
   */
  async leadTo(asOf: string, horizonDays: number, signal: AbortSignal): Promise<void> {
    const market = this.#market;
    let day = this.#led.get(horizonDays) ?? market.firstDate;
    for (; day < asOf; day = aWeekAfter(day)) {
      this.#led.set(horizonDays, aWeekAfter(day));
      const view = market.asOf(day);
      const [subject] = view.symbols();
      if (subject === undefined) continue;
      baseRateAt(view, horizonDays);
      for (const name of this.#agents.keys()) {
        await this.ask(name, { subject, asOf: day, horizonDays, outcomes: [...outcomes] }, signal).catch(
          () => null,
        );
        await setImmediate(undefined, { signal });
      }
    }
  }

  #answer(agent: AgentDefinition, request: OpinionRequest, signal: AbortSignal): unknown {
    const own = new AbortController();
    const answer = agent.opinion(copyOf(request), {
      market: this.#market.asOf(request.asOf),
      signal: AbortSignal.any([signal, own.signal]),
      heartbeat: () => {},
      idempotencyKey: `past/${agent.name}/${request.subject}/${request.asOf}`,
      log: noLog,
      messages: noMessages,
    });
    return answer instanceof Promise ? inTime(answer, agent.name, own) : answer;
  }

  #note(name: string, tookMs: number): void {
    const slow = tookMs < askerLimits.slowMs ? 0 : (this.#slow.get(name) ?? 0) + 1;
    const totalMs = (this.#took.get(name) ?? 0) + tookMs;
    this.#slow.set(name, slow);
    this.#took.set(name, totalMs);
    if (tookMs >= askerLimits.answerMs)
      this.#givenUp.set(name, `An answer took longer than ${askerLimits.answerMs / 1_000} s.`);
    else if (slow >= askerLimits.slowAnswers)
      this.#givenUp.set(name, `${slow} answers in a row took longer than ${askerLimits.slowMs} ms each.`);
    else if (totalMs >= askerLimits.totalMs)
      this.#givenUp.set(name, `Its answers took longer than ${askerLimits.totalMs / 1_000} s in all.`);
  }
}

function aWeekAfter(day: string): string {
  return new Date(Date.parse(day) + 7 * 86_400_000).toISOString().slice(0, 10);
}

async function inTime(answer: Promise<unknown>, name: string, own: AbortController): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      own.abort();
      reject(tooSlow(name, `It gave no answer within ${askerLimits.answerMs / 1_000} s.`));
    }, askerLimits.answerMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(agent: string, reason: string): MycroftError {
  return new MycroftError(
    "ANSWER_TIMED_OUT",
    `Agent ${agent} is too slow to be asked about the past. ${reason}`,
    {
      details: { agent },
    },
  );
}

function misfit(agent: AgentDefinition, request: OpinionRequest, answer: unknown): never {
  readAnswer(agent, request, answer);
  throw new MycroftError(
    "AGENT_ANSWER_INVALID",
    `The answer of agent ${agent.name} on ${request.subject} holds text that is no well-formed Unicode.`,
    { details: { agent: agent.name } },
  );
}
