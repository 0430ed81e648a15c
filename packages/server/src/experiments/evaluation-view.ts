/** An evaluation as the API tells it: every figure, and paths thinned to what a page can draw (P8). */
import { type Competitor, type Evaluation, wordEvaluation } from "@mycroft/evaluation";
import type { EvaluationDetail } from "@mycroft/protocol";
import { roundedTo, thinnedIndices } from "./thinned-path.ts";

export type EvaluationView = NonNullable<EvaluationDetail["report"]>;

/** Points of one path, of all paths of a report together, and the agents whose weights are told. */
const most = { points: 2_000, allPoints: 400_000, weighed: 12 } as const;
const digits = 6;

export function evaluationView(evaluation: Evaluation): EvaluationView {
  const { settings, outcomes, agents, periods, cases, competitors, bestMixture, leftOut } = evaluation;
  const weighing = competitors.filter(({ weights }) => weights !== null).length;
  const paths = competitors.length + weighing * Math.min(most.weighed, agents.length);
  const shown = thinnedIndices(periods.length, Math.min(most.points, Math.floor(most.allPoints / paths)));
  return {
    ...{ score: settings.score, delayPeriods: settings.delayPeriods },
    outcomes: [...outcomes],
    agents: [...agents],
    periods: shown.map((index) => periods[index] ?? ""),
    cases,
    competitors: competitors.map((one) => competitorView(one, agents, shown)),
    bestMixture: { ...bestMixture, weights: bestMixture.weights.map((one) => ({ ...one })) },
    findings: wordEvaluation(evaluation).map(({ title, sentences }) => ({
      title,
      sentences: [...sentences],
    })),
    leftOut: leftOut.map((one) => ({ ...one })),
  };
}

function competitorView(
  { calibration, periodScores, weights, ...figures }: Competitor,
  agents: readonly string[],
  shown: readonly number[],
): EvaluationView["competitors"][number] {
  return {
    ...figures,
    calibration: calibration && { ...calibration, bins: calibration.bins.map((bin) => ({ ...bin })) },
    periodScores: shown.map((index) => {
      const score = periodScores[index] ?? null;
      return score === null ? null : roundedTo(score, digits);
    }),
    weights: weights === null ? null : weightView(weights, agents, shown),
  };
}

/** Of a thousand agents most weigh next to nothing. */
function weightView(
  weights: readonly (readonly number[])[],
  agents: readonly string[],
  shown: readonly number[],
): NonNullable<EvaluationView["competitors"][number]["weights"]> {
  const sums = agents.map((_, agent) => weights.reduce((sum, row) => sum + (row[agent] ?? 0), 0));
  const heaviest = [...agents.keys()].sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0)).slice(0, most.weighed);
  return heaviest.map((agent) => ({
    agent: agents[agent] ?? "",
    values: shown.map((index) => roundedTo(weights[index]?.[agent] ?? 0, digits)),
  }));
}
