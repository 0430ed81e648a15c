/**
 * Walks a policy through the periods in their order: before each, it learns the outcomes that are known by then, and no
 * others (P5); then it pools all cases of the period. All cases of one period are one round of learning.
 */
import { type Policy, startLearner } from "@mycroft/ensemble";
import type { EvaluationData } from "../evaluation-data.ts";
import { evaluationLimits } from "../evaluation-limits.ts";
import type { Score } from "./score.ts";

export interface Walk {
  /** What the policy made of each case, in the order of the panel. */
  readonly pooled: readonly Float64Array[];
  /** By period, then by agent: the mean of its weights over the period's cases; 0 where it never spoke. */
  readonly weights: readonly Float64Array[];
}

/**
 * @param delayPeriods how many further periods pass before a period's outcomes are known: with 0, the next period's
 *   forecasts rest on them already.
 * @throws {MycroftError} what `startLearner` and the learner throw, POLICY_INVALID when the policy is not for this kind of
 *   forecasts among it.
 */
export function walkForward(
  policy: string | Policy,
  data: EvaluationData,
  score: Score,
  delayPeriods: number,
): Walk {
  const learner = startLearner(policy, {
    loss: score.name,
    level: score.level ?? undefined,
    pendingCases: pendingCases(data, delayPeriods),
  });
  const days = daysOf(data.rounds.map(({ period }) => period));
  const pooled: Float64Array[] = [];
  const weights: Float64Array[] = [];
  data.rounds.forEach(({ cases }, round) => {
    const day = days[round] ?? "";
    const known = round - 1 - delayPeriods;
    const outcomes = data.rounds[known]?.cases ?? [];
    if (outcomes.length > 0) {
      learner.learn(
        outcomes.map(({ observed }, index) => ({ id: idOf(known, index), observed })),
        day,
      );
    }
    const asked = cases.map(({ forecasts }, index) => {
      const spoken = forecasts.flatMap((value, agent) => {
        return value === null ? [] : [[data.agents[agent] ?? "", value] as const];
      });
      return { id: idOf(round, index), forecasts: new Map(spoken) };
    });
    const answers = learner.forecast(asked, day);
    const mean = new Float64Array(data.agents.length);
    for (const { pooled: value, weights: used } of answers) {
      pooled.push(typeof value === "number" ? Float64Array.of(value) : Float64Array.from(value));
      data.agents.forEach((agent, index) => {
        mean[index] = (mean[index] ?? 0) + (used.get(agent) ?? 0) / answers.length;
      });
    }
    weights.push(mean);
  });
  return { pooled, weights };
}

function idOf(round: number, index: number): string {
  return `${round}:${index}`;
}

function pendingCases({ rounds }: EvaluationData, delayPeriods: number): number {
  let most = 1;
  let open = 0;
  rounds.forEach(({ cases }, round) => {
    open += cases.length - (rounds[round - 1 - delayPeriods]?.cases.length ?? 0);
    most = Math.max(most, open);
  });
  return Math.min(most, evaluationLimits.cases);
}

const dayMs = 86_400_000;

/** The learner's clock are days. Periods of another kind stand for days in a row. */
function daysOf(periods: readonly string[]): readonly string[] {
  const isDay = (period: string) => {
    const at = /^\d{4}-\d{2}-\d{2}$/u.test(period) ? new Date(`${period}T00:00:00Z`) : null;
    return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(period);
  };
  const rises = periods.every((period, index) => index === 0 || period > (periods[index - 1] ?? ""));
  if (rises && periods.every(isDay)) return periods;
  const start = Date.UTC(2000, 0, 1);
  return periods.map((_, index) => new Date(start + index * dayMs).toISOString().slice(0, 10));
}
