/** Two agents on the cases of history on which both had an opinion: who scored better, and by more than chance. Pure. */
import { type AgentHistory, scoreOf } from "@mycroft/backtest";
import { jensenShannonDistance, leanOf } from "@mycroft/ensemble";
import { bootstrapInterval, dieboldMariano, drawPeriods, usualBlockPeriods } from "@mycroft/evaluation";
import type { HeadToHead } from "@mycroft/protocol";
import { trackSettings } from "./agent-track.ts";

const furthestCases = 20;

interface Shared {
  /** The place of its day. */
  readonly round: number;
  readonly subject: string;
  readonly asOf: string;
  readonly outcome: number;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly scoreA: number;
  readonly scoreB: number;
  readonly difference: number;
  readonly distance: number;
}

/** All is null or empty where they never spoke on the same case. */
export function compareAgents(history: AgentHistory, a: string, b: string): HeadToHead {
  const shared = sharedCases(history, a, b);
  const { length: cases } = shared;
  const sums = new Float64Array(history.days.length);
  const counts = new Float64Array(history.days.length);
  for (const { round, difference } of shared) {
    sums[round] = (sums[round] ?? 0) + difference;
    counts[round] = (counts[round] ?? 0) + 1;
  }
  const mean = (of: (one: Shared) => number) =>
    cases === 0 ? null : shared.reduce((sum, one) => sum + of(one), 0) / cases;
  return {
    a,
    b,
    cases,
    meanA: mean(({ scoreA }) => scoreA),
    meanB: mean(({ scoreB }) => scoreB),
    difference: mean(({ difference }) => difference),
    ...chancesOf(sums, counts),
    aBetter: shared.filter(({ difference }) => difference < 0).length,
    bBetter: shared.filter(({ difference }) => difference > 0).length,
    ties: shared.filter(({ difference }) => difference === 0).length,
    meanDistance: mean(({ distance }) => distance),
    opposedShare: mean((one) => (isOpposed(one) ? 1 : 0)),
    series: seriesOf(history, shared),
    furthest: shared
      .toSorted((one, other) => other.distance - one.distance)
      .slice(0, furthestCases)
      .map(({ subject, asOf, outcome, distance, scoreA, scoreB, ...said }) => ({
        subject,
        asOf,
        a: [...said.a],
        b: [...said.b],
        outcome: history.outcomes[outcome] ?? "",
        distance,
        scoreA,
        scoreB,
      })),
  };
}

function sharedCases(history: AgentHistory, nameA: string, nameB: string): readonly Shared[] {
  const placeOf = (name: string) =>
    history.agents.findIndex((agent) => agent.name === name && agent.givenUp === null);
  const [placeA, placeB] = [placeOf(nameA), placeOf(nameB)];
  return history.days.flatMap(({ cases }, round) =>
    cases.flatMap(({ subject, asOf, outcome: { index: outcome }, opinions }) => {
      const [a, b] = [opinions[placeA] ?? null, opinions[placeB] ?? null];
      if (a === null || b === null) return [];
      const [scoreA, scoreB] = [scoreOf(a, outcome), scoreOf(b, outcome)];
      const difference = differenceOf(scoreA, scoreB);
      const distance = jensenShannonDistance(a, b);
      return [{ round, subject, asOf, outcome, a, b, scoreA, scoreB, difference, distance }];
    }),
  );
}

/** Two scores that are equal but for the last digits of a sum are equal, as in an evaluation. */
function differenceOf(a: number, b: number): number {
  const difference = a - b;
  return Math.abs(difference) <= 1e-12 * (Math.abs(a) + Math.abs(b)) ? 0 : difference;
}

/** By days, since companies share a day's luck: the stationary bootstrap, and the test of Diebold and Mariano. */
function chancesOf(
  sums: Float64Array,
  counts: Float64Array,
): Pick<HeadToHead, "differenceInterval" | "pValue"> {
  const { resamples, seed, confidence } = trackSettings;
  const blockPeriods = usualBlockPeriods(sums.length);
  const draws = drawPeriods(sums.length, { resamples, blockPeriods, seed });
  const means = Array.from(sums, (sum, day) => {
    const count = counts[day] ?? 0;
    return count === 0 ? null : sum / count;
  }).filter((mean) => mean !== null);
  return {
    differenceInterval: bootstrapInterval(sums, counts, draws, confidence),
    pValue: dieboldMariano(means, blockPeriods - 1),
  };
}

function isOpposed({ a, b }: Shared): boolean {
  const sides = [leanOf(a).side, leanOf(b).side];
  return sides.includes("lower") && sides.includes("upper");
}

function seriesOf(history: AgentHistory, shared: readonly Shared[]): HeadToHead["series"] {
  const byRound = Map.groupBy(shared, ({ round }) => round);
  let cumulative = 0;
  return [...byRound].map(([round, members]) => {
    const { length: cases } = members;
    const a = members.reduce((sum, { scoreA }) => sum + scoreA, 0) / cases;
    const b = members.reduce((sum, { scoreB }) => sum + scoreB, 0) / cases;
    cumulative += a - b;
    return { day: history.days[round]?.date ?? "", a, b, cumulative, cases };
  });
}
