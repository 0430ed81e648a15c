/** Walks the built-in agents through real prices once: what each said on each day, in which regime, and what followed. */
import { certainOutcome, rankedProbabilityScore } from "@mycroft/ensemble";
import { builtInAgents, findOutcome, type MarketRegimes, outcomes } from "@mycroft/investing";
import { type MarketData, noLog, noMessages } from "@mycroft/sdk";

export interface Question {
  readonly id: string;
  /** The day of the forecasts, and the day on which the outcome was known. */
  readonly on: string;
  readonly knownOn: string;
  readonly forecasts: ReadonlyMap<string, readonly number[]>;
  readonly observed: readonly number[];
  /** By number of regimes; null with too little history. */
  readonly regimes: ReadonlyMap<number, string | null>;
}

export const horizonDays = 28;

/** Every `step`-th day of the symbol `calendar`, all companies, in order of day. */
export async function walkMarket(
  data: MarketData,
  {
    calendar,
    step,
    readers,
  }: { calendar: string; step: number; readers: ReadonlyMap<number, MarketRegimes> },
): Promise<readonly Question[]> {
  const questions: Question[] = [];
  const all = data.asOf(data.lastDate);
  const days = all.series(calendar);
  const { signal } = new AbortController();
  for (let index = 0; index < days.length; index += step) {
    const on = days.bar(index).date;
    const market = data.asOf(on);
    const regimes = new Map(
      Array.from(readers, ([count, reader]) => [count, reader.at(market)?.name ?? null]),
    );
    for (const subject of market.symbols()) {
      const outcome = findOutcome(all, subject, on, horizonDays);
      if (outcome === null || outcome.to <= on) continue;
      const forecasts = new Map<string, readonly number[]>();
      for (const agent of builtInAgents()) {
        const answer = await agent.opinion(
          { subject, asOf: on, horizonDays, outcomes: [...outcomes] },
          { market, signal, heartbeat: () => {}, idempotencyKey: "bench", log: noLog, messages: noMessages },
        );
        if (answer.type === "opinion") forecasts.set(agent.name, answer.probabilities);
      }
      if (forecasts.size < 2) continue;
      const observed = certainOutcome(outcome.index, outcomes.length);
      questions.push({ id: `${subject}@${on}`, on, knownOn: outcome.to, forecasts, observed, regimes });
    }
  }
  return questions;
}

export function scoreOf(forecast: readonly number[], { observed }: Question): number {
  return rankedProbabilityScore(forecast, observed);
}

/** By day of forecast, in order. */
export function byDay(questions: readonly Question[]): ReadonlyMap<string, readonly Question[]> {
  return Map.groupBy(questions, ({ on }) => on);
}

/** Those whose outcome became known by `day` and not before it was last asked: by day, in order. */
export class Outcomes {
  readonly #waiting: Question[];

  constructor(questions: readonly Question[]) {
    this.#waiting = questions.toSorted((a, b) =>
      a.knownOn < b.knownOn ? -1 : a.knownOn > b.knownOn ? 1 : 0,
    );
  }

  until(day: string): ReadonlyMap<string, readonly Question[]> {
    const later = this.#waiting.findIndex(({ knownOn }) => knownOn > day);
    return Map.groupBy(
      this.#waiting.splice(0, later < 0 ? this.#waiting.length : later),
      ({ knownOn }) => knownOn,
    );
  }
}
