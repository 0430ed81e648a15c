/** Do weights by regime help? The same rule with and without, walked forward over the same questions, with late outcomes. */
import { type Learner, startLearner } from "@mycroft/ensemble";
import type { Row } from "../report.ts";
import { byDay, Outcomes, type Question, scoreOf } from "./walk-market.ts";

interface Contender {
  readonly name: string;
  readonly learner: Learner;
  readonly contextOf: (question: Question) => string | undefined;
  /** Mean score by day. */
  readonly scores: number[];
}

function contender(name: string, policy: string, regimes: number | null, halfway?: number): Contender {
  const settings = halfway === undefined ? {} : { policy: { halfway } };
  const contextOf = (question: Question) =>
    (regimes === null ? null : question.regimes.get(regimes)) ?? undefined;
  return { name, learner: startLearner(policy, settings), contextOf, scores: [] };
}

/** @param blockLength how many of the days asked overlap in what they forecast. */
export function comparePolicies(
  data: string,
  questions: readonly Question[],
  { regimes, blockLength }: { readonly regimes: readonly number[]; readonly blockLength: number },
): Row[] {
  const contenders = [
    contender("linear-pool", "linear-pool", null),
    contender("boa", "boa", null),
    ...regimes.flatMap((count) =>
      [5, 20, 80].map((halfway) =>
        contender(`regime-boa, ${count} regimes, halfway ${halfway}`, "regime-boa", count, halfway),
      ),
    ),
  ];
  const outcomes = new Outcomes(questions);
  for (const [day, asked] of byDay(questions)) {
    const known = outcomes.until(day);
    // Only days on which there is a regime tell one from the other.
    const counts = asked.every((question) =>
      [...question.regimes.values()].every((regime) => regime !== null),
    );
    for (const { learner, contextOf, scores } of contenders) {
      for (const [on, settled] of known) learner.learn(settled, on);
      const cases = asked.map(({ id, forecasts, ...rest }) => {
        const context = contextOf({ id, forecasts, ...rest });
        return context === undefined ? { id, forecasts } : { id, forecasts, context };
      });
      const pooled = learner.forecast(cases, day);
      if (!counts) continue;
      const sum = asked.reduce((total, question, index) => {
        const forecast = pooled[index]?.pooled;
        return total + (Array.isArray(forecast) ? scoreOf(forecast, question) : Number.NaN);
      }, 0);
      scores.push(sum / asked.length);
    }
  }
  const reference = contenders[1]?.scores ?? [];
  return contenders.map(({ name, scores }) => {
    const differences = scores.map((score, index) => score - (reference[index] ?? 0));
    return rowOf({ data, policy: name, scores, differences, interval: intervalOf(differences, blockLength) });
  });
}

interface Compared {
  readonly data: string;
  readonly policy: string;
  readonly scores: readonly number[];
  readonly differences: readonly number[];
  readonly interval: readonly [number, number];
}

function rowOf({ data, policy, scores, differences, interval: [low, high] }: Compared): Row {
  return {
    data,
    policy,
    days: scores.length,
    rps: meanOf(scores).toFixed(5),
    "less boa's, x 1e5": (1e5 * meanOf(differences)).toFixed(1),
    "95% from": (1e5 * low).toFixed(1),
    to: (1e5 * high).toFixed(1),
    "days better": `${((100 * differences.filter((one) => one < 0).length) / Math.max(1, scores.length)).toFixed(0)}%`,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const resamples = 2_000;

/** Circular block bootstrap (Politis and Romano 1992) of the mean, seeded. */
function intervalOf(values: readonly number[], blockLength: number): readonly [number, number] {
  const random = randomNumbers(20_261_122);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let taken = 0; taken < values.length; ) {
      const start = Math.floor(random() * values.length);
      for (let index = 0; index < blockLength && taken < values.length; index += 1, taken += 1) {
        sum += values[(start + index) % values.length] ?? 0;
      }
    }
    return sum / values.length;
  }).toSorted((a, b) => a - b);
  return [
    means[Math.floor(0.025 * resamples)] ?? Number.NaN,
    means[Math.floor(0.975 * resamples)] ?? Number.NaN,
  ];
}

/** Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
