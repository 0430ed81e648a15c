/** Scores a day's forecasts against what followed. It looks ahead by design, and nothing that it finds reaches a decision. */
import { certainOutcome, rankedProbabilityScore } from "@mycroft/ensemble";
import { findOutcome, type OutcomeIndex, outcomes } from "@mycroft/investing";
import type { MarketView } from "@mycroft/sdk";
import { type DayScore, scoreBins } from "../record/day-record.ts";

/** The outcomes of one day's subjects, each looked up once; null where none is known by the end of the backtest. */
export class DayOutcomes {
  readonly #end: MarketView;
  readonly #date: string;
  readonly #found = new Map<string, OutcomeIndex | null>();

  /** @param end the view at the end of the backtest. */
  constructor(end: MarketView, date: string) {
    this.#end = end;
    this.#date = date;
  }

  of(subject: string, horizonDays: number): OutcomeIndex | null {
    const key = `${subject}|${horizonDays}`;
    let index = this.#found.get(key);
    if (index === undefined) {
      index = findOutcome(this.#end, subject, this.#date, horizonDays)?.index ?? null;
      this.#found.set(key, index);
    }
    return index;
  }
}

export interface Forecast {
  readonly subject: string;
  readonly horizonDays: number;
  readonly outcomes: readonly string[];
  readonly probabilities: readonly number[];
}

/** Forecasts over other outcomes than down, flat and up are not scored: what followed them is not defined here. */
export function scoreDay(forecasts: Iterable<Forecast>, followed: DayOutcomes): DayScore {
  const score = { cases: 0, rps: 0, brier: 0, leaning: 0, right: 0 };
  const bins = new Map<number, [bin: number, cases: number, sum: number, right: number]>();
  for (const { subject, horizonDays, outcomes: named, probabilities } of forecasts) {
    if (!isOurs(named)) continue;
    const index = followed.of(subject, horizonDays);
    if (index === null) continue;
    score.cases += 1;
    score.rps += rankedProbabilityScore(probabilities, certain[index]);
    probabilities.forEach((p, outcome) => {
      score.brier += (p - (outcome === index ? 1 : 0)) ** 2;
    });
    const lean = (probabilities[2] ?? 0) - (probabilities[0] ?? 0);
    if (lean !== 0 && index !== 1) {
      score.leaning += 1;
      if (lean > 0 === (index === 2)) score.right += 1;
    }
    const highest = Math.max(...probabilities);
    const place = Math.min(scoreBins - 1, Math.floor(highest * scoreBins));
    const bin = bins.get(place) ?? [place, 0, 0, 0];
    bin[1] += 1;
    bin[2] += highest;
    if (probabilities.indexOf(highest) === index) bin[3] += 1;
    bins.set(place, bin);
  }
  return { ...score, bins: [...bins.values()].sort((a, b) => a[0] - b[0]) };
}

const certain = [certainOutcome(0, 3), certainOutcome(1, 3), certainOutcome(2, 3)] as const;

function isOurs(named: readonly string[]): boolean {
  return named.length === outcomes.length && outcomes.every((name, index) => named[index] === name);
}
