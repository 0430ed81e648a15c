/** What an evaluation found, in plain words; above all, what it did not find. */

import { logLossFloor } from "@mycroft/ensemble";
import type { Competitor, Evaluation } from "../evaluation.ts";
import { counted } from "./counted.ts";
import { chanceText, differenceText, intervalText, scoreText, shareText } from "./number-text.ts";

export interface WordedFinding {
  readonly title: string;
  readonly sentences: readonly string[];
}

/** Below this many periods the intervals are too rough to lean on. */
const fewPeriods = 30;

/** Sections of sentences: the result, what it is worth, hindsight, and what was left out. */
export function wordEvaluation(evaluation: Evaluation): readonly WordedFinding[] {
  const { leftOut } = evaluation;
  const sections = [
    { title: "In short", sentences: resultSentences(evaluation) },
    { title: "What the differences are worth", sentences: worthSentences(evaluation) },
    { title: "In hindsight", sentences: hindsightSentences(evaluation) },
  ];
  if (leftOut.length === 0) return sections;
  const names = leftOut.map(({ policy }) => policy).join(", ");
  const what = evaluation.kind === "point" ? "points" : "such forecasts";
  const left = `Left out, as they cannot pool ${what}: ${names}.`;
  return [...sections, { title: "Left out", sentences: [left] }];
}

function resultSentences(evaluation: Evaluation): string[] {
  const { competitors, settings, bestAgent } = evaluation;
  const pool = competitors.find(({ againstPool }) => againstPool === null);
  const policies = competitors.filter(({ kind }) => kind === "policy");
  const [best] = policies;
  const sentences: string[] = [];
  if (best !== undefined && pool !== undefined && best !== pool) {
    sentences.push(
      `The best policy was ${best.name} with a mean ${settings.score} of ${scoreText(best.score)}; the equal linear pool scored ${scoreText(pool.score)}, the best agent in hindsight (${bestAgent.name}) ${scoreText(bestAgent.score)}. Lower is better.`,
    );
  } else if (pool !== undefined) {
    sentences.push(
      `The equal linear pool had a mean ${settings.score} of ${scoreText(pool.score)}, the best agent in hindsight (${bestAgent.name}) ${scoreText(bestAgent.score)}. Lower is better.`,
    );
  }
  const uniform = competitors.find(({ kind }) => kind === "reference");
  if (uniform !== undefined) sentences.push(uniformSentence(uniform, competitors));
  if (settings.score === "log") {
    sentences.push(
      `A probability below ${logLossFloor} is charged as ${logLossFloor}, so that no outcome costs infinity.`,
    );
  }
  const partial = competitors.filter(({ cases }) => cases < evaluation.cases);
  if (partial.length > 0) {
    sentences.push(
      `${listed(partial)} did not speak in every case. Ranks and comparisons use the cases in which each spoke, against the pool on the same cases; mean scores over different cases do not compare.`,
    );
  }
  return sentences;
}

function uniformSentence(uniform: Competitor, competitors: readonly Competitor[]): string {
  const worse = competitors.filter(
    ({ kind, rank }) => (kind === "policy" || kind === "agent") && rank > uniform.rank,
  );
  const score = `The uniform forecast scores ${scoreText(uniform.score)}`;
  return worse.length === 0
    ? `${score}; every agent and every policy that is no baseline did better.`
    : `${score}; worse than that, on average, were ${listed(worse)}.`;
}

function worthSentences({ competitors, periods, settings }: Evaluation): string[] {
  const level = shareText(1 - settings.confidence);
  const sentences: string[] = [];
  if (periods.length < 4) {
    sentences.push(
      `With ${periods.length === 1 ? "one period" : `${periods.length} periods`} nothing can be said about chance: the mean scores are what they are, and no difference counts as significant.`,
    );
    return sentences;
  }
  const tested = competitors.filter(({ againstPool }) => typeof againstPool?.correctedPValue === "number");
  const better = tested.filter(({ againstPool }) => againstPool?.isSignificant && againstPool.difference < 0);
  const worse = tested.filter(({ againstPool }) => againstPool?.isSignificant && againstPool.difference > 0);
  const corrected = `after Holm's correction for ${counted(tested.length, "comparison")}, at ${level}`;
  if (better.length === 0) {
    sentences.push(
      `Nobody is significantly better than the equal linear pool (${corrected}): what ranks above it may do so by chance.`,
    );
  } else {
    sentences.push(
      `Significantly better than the equal linear pool (${corrected}): ${better.map(worded).join("; ")}.`,
    );
  }
  sentences.push(
    worse.length === 0
      ? "Nobody is significantly worse than it either."
      : `Significantly worse than it: ${listed(worse)}.`,
  );
  if (periods.length < fewPeriods) {
    sentences.push(
      `There are only ${periods.length} periods. The cases within one period share its fortune, so that ${periods.length} is what counts: intervals from so few are rough and rather too narrow, a real difference easily stays unseen, and no choice among policies should rest on them alone.`,
    );
  }
  sentences.push(
    `Intervals: stationary bootstrap over periods, ${settings.resamples} resamples, mean block ${settings.blockPeriods}, seed ${settings.seed}, ${shareText(settings.confidence)}. Tests: Diebold-Mariano, lags: ${settings.blockPeriods - 1}, on each period's mean difference to the pool.`,
  );
  return sentences;
}

function worded({ name, againstPool }: Competitor): string {
  const { difference = null, interval = null, correctedPValue = null } = againstPool ?? {};
  return `${name} (${differenceText(difference)}, interval ${intervalText(interval)}, p ${chanceText(correctedPValue)})`;
}

function hindsightSentences({ bestAgent, bestMixture }: Evaluation): string[] {
  const weights = bestMixture.weights
    .slice(0, 5)
    .map(({ agent, weight }) => `${agent} ${shareText(weight)}`)
    .join(", ");
  const more = bestMixture.weights.length > 5 ? `, and ${bestMixture.weights.length - 5} more` : "";
  const best = bestAgent.coversAll ? "" : " (no agent spoke in every case; it is the best on its own cases)";
  return [
    `Regret is against what is known only afterwards: the best agent, ${bestAgent.name}${best}, and the best fixed mixture, which scores ${scoreText(bestMixture.score)} (${weights}${more}).`,
    `No fixed mixture could have done better by more than ${bestMixture.gap.toExponential(1)}. An agent that abstains counts within it as the mean of those who spoke.`,
  ];
}

function listed(competitors: readonly Competitor[]): string {
  const names = competitors.map(({ name }) => name);
  return names.length > 12
    ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more`
    : names.join(", ");
}
