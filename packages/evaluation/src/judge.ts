/** Holds all competitors against each other: means, ranks, regrets, intervals and tests. */
import type { Comparison, Competitor, Evaluation } from "./evaluation.ts";
import { dieboldMariano, holm } from "./statistics/paired-test.ts";
import { bootstrapInterval, type Draws, drawPeriods } from "./statistics/stationary-bootstrap.ts";
import type { Panel } from "./walk/panel.ts";
import { periodMeans, sumByPeriod, type Track } from "./walk/track.ts";

export interface Runner {
  readonly name: string;
  readonly kind: Competitor["kind"];
  /** Whether it is the equal linear pool, which the others are held against. */
  readonly isPool: boolean;
  readonly track: Track;
  readonly weights: readonly Float64Array[] | null;
}

/** @param runners at least one agent, and the pool. Agents that never speak are left out. */
export function judge(
  runners: readonly Runner[],
  panel: Panel,
  mixtureScores: Float64Array,
  settings: Evaluation["settings"],
): Pick<Evaluation, "competitors" | "bestAgent"> {
  const present = runners.filter(({ track }) => track.scores.some((score) => !Number.isNaN(score)));
  const pool = present.find(({ isPool }) => isPool);
  const best = bestAgentOf(present, panel);
  const reference = present.find(({ kind }) => kind === "reference") ?? pool;
  const draws = drawPeriods(panel.periods.length, settings);
  const judged = present.map((runner) =>
    judgeOne(runner, { panel, settings, draws, pool, best, reference, mixtureScores }),
  );
  const corrected = holm(judged.map(({ againstPool }) => againstPool?.pValue ?? null));
  const limit = 1 - settings.confidence;
  const tested = judged.map((one, index) => {
    const chance = corrected[index] ?? null;
    const againstPool = one.againstPool && {
      ...one.againstPool,
      correctedPValue: chance,
      isSignificant: chance !== null && chance < limit,
    };
    return { ...one, againstPool };
  });
  return {
    competitors: rank(tested),
    bestAgent: { name: best.runner.name, score: best.score, coversAll: best.coversAll },
  };
}

interface Best {
  readonly runner: Runner;
  readonly score: number;
  readonly coversAll: boolean;
}

function bestAgentOf(runners: readonly Runner[], panel: Panel): Best {
  const agents = runners
    .filter(({ kind }) => kind === "agent")
    .map((runner) => {
      const { sum, count } = sumByPeriod(panel, runner.track.scores);
      return { runner, score: sum / count, coversAll: count === panel.cases.length };
    });
  const complete = agents.filter(({ coversAll }) => coversAll);
  const candidates = complete.length > 0 ? complete : agents;
  return candidates.reduce((best, one) => (one.score < best.score ? one : best));
}

interface Grounds {
  readonly panel: Panel;
  readonly settings: Evaluation["settings"];
  readonly draws: Draws;
  readonly pool: Runner | undefined;
  readonly best: Best;
  readonly reference: Runner | undefined;
  readonly mixtureScores: Float64Array;
}

type Unranked = Omit<Competitor, "rank">;

function judgeOne(runner: Runner, grounds: Grounds): Unranked {
  const { panel, settings, draws, pool, best, reference, mixtureScores } = grounds;
  const { name, kind, track, weights } = runner;
  const own = sumByPeriod(panel, track.scores);
  const toBest = sumByPeriod(panel, track.scores, best.runner.track.scores);
  const toMixture = sumByPeriod(panel, track.scores, mixtureScores);
  const toReference = periodMeans(sumByPeriod(panel, track.scores, reference?.track.scores ?? track.scores));
  const compared = toReference.filter((difference) => difference !== null);
  const periodScores = periodMeans(own);
  return {
    name,
    kind,
    score: own.sum / own.count,
    interval: bootstrapInterval(own.sums, own.counts, draws, settings.confidence),
    cases: own.count,
    regretToBestAgent: toBest.count === 0 ? null : toBest.sum / toBest.count,
    regretToBestMixture: toMixture.sum / toMixture.count,
    worstPeriod: worstOf(panel, periodScores),
    betterPeriods: { better: compared.filter((difference) => difference < 0).length, of: compared.length },
    calibration: track.calibration,
    bias: track.bias,
    againstPool: pool === undefined || runner.isPool ? null : compare(runner, pool, grounds),
    periodScores,
    weights: weights?.map((row) => Array.from(row)) ?? null,
  };
}

function compare(runner: Runner, pool: Runner, { panel, settings, draws }: Grounds): Comparison {
  const differences = sumByPeriod(panel, runner.track.scores, pool.track.scores);
  const means = periodMeans(differences).filter((mean) => mean !== null);
  return {
    difference: differences.sum / differences.count,
    interval: bootstrapInterval(differences.sums, differences.counts, draws, settings.confidence),
    pValue: dieboldMariano(means, settings.blockPeriods - 1),
    correctedPValue: null,
    isSignificant: false,
  };
}

function worstOf(panel: Panel, scores: readonly (number | null)[]): Competitor["worstPeriod"] {
  let worst = { period: "", score: Number.NEGATIVE_INFINITY };
  scores.forEach((score, index) => {
    if (score !== null && score > worst.score) worst = { period: panel.periods[index] ?? "", score };
  });
  return worst;
}

function rank(competitors: readonly Unranked[]): readonly Competitor[] {
  const keyOf = ({ againstPool }: Unranked) => againstPool?.difference ?? 0;
  const sorted = competitors.toSorted(
    (a, b) => keyOf(a) - keyOf(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  return sorted.map((one) => ({
    ...one,
    rank: 1 + sorted.findIndex((other) => keyOf(other) === keyOf(one)),
  }));
}
