/** Weights and a pooled forecast for one case, from what was learned or from a policy that learns nothing. */
import type { AgentRecord } from "../agent-record.ts";
import { normalizedWeights, sumInOrder } from "../distribution.ts";
import type { Opinion } from "../opinion.ts";
import type { PointOpinion } from "../points/point-opinion.ts";
import type { ConfiguredPolicy } from "../policy.ts";
import type { CheckedCase } from "./forecast-case.ts";
import type { LearnedWeights } from "./learned-weights.ts";

export interface Pooled {
  /** In the order of the case's agents. */
  readonly weights: readonly number[];
  readonly pooled: Float64Array;
}

/** The weighted mean, unless `learned` pools otherwise; `agents` are places, none of them beyond its size. */
export function poolByWeights(
  learned: LearnedWeights,
  agents: readonly number[],
  forecasts: readonly Float64Array[],
  context: string | null,
): Pooled {
  const contributions = learned.contribute?.(agents, forecasts);
  if (contributions !== undefined) {
    return { weights: contributions.map(({ weight }) => weight), pooled: added(contributions) };
  }
  const weights = normalizedWeights(weightsAmong(learned, agents, context));
  const pooled = new Float64Array(forecasts[0]?.length ?? 0);
  forecasts.forEach((forecast, index) => {
    const weight = weights[index] ?? 0;
    for (let k = 0; k < pooled.length; k += 1) pooled[k] = (pooled[k] ?? 0) + weight * (forecast[k] ?? 0);
  });
  return { weights, pooled };
}

/** The weights of these agents, if they alone are awake. */
export function weightsAmong(
  learned: LearnedWeights,
  agents: readonly number[],
  context: string | null,
): number[] {
  const awake = new Uint8Array(learned.size);
  for (const agent of agents) awake[agent] = 1;
  const weights = new Float64Array(learned.size);
  learned.weigh(weights, awake, context);
  return agents.map((agent) => weights[agent] ?? 0);
}

/** By a policy that keeps nothing between rounds but the agents' records. */
export function poolByPolicy(
  configured: ConfiguredPolicy,
  given: Pick<CheckedCase, "agents" | "forecasts">,
  records: ReadonlyMap<string, AgentRecord>,
  arePoints: boolean,
): Pooled {
  const parts = arePoints
    ? (configured.combinePoints?.({ opinions: pointsOf(given), records, learned: null }) ?? [])
    : configured.combine({ ...opinionsOf(given), records, learned: null });
  return { weights: parts.map(({ weight }) => weight), pooled: added(parts) };
}

function added(parts: readonly { readonly amounts: readonly number[] }[]): Float64Array {
  const size = parts[0]?.amounts.length ?? 0;
  return Float64Array.from({ length: size }, (_, outcome) =>
    sumInOrder(parts.map(({ amounts }) => amounts[outcome] ?? 0)),
  );
}

/** What policies want to know of an opinion beside who forecasts what; none reads it to pool. */
const about = {
  version: "1",
  subject: "case",
  asOf: "1970-01-01",
  horizonDays: 1,
  rationale: "A forecast.",
  evidence: [],
};

function opinionsOf(given: Pick<CheckedCase, "agents" | "forecasts">): {
  readonly outcomes: readonly string[];
  readonly opinions: readonly Opinion[];
} {
  const outcomes = Array.from(given.forecasts[0] ?? [], (_, index) => `outcome ${index + 1}`);
  const opinions = given.agents.map((agent, index): Opinion => {
    return {
      ...about,
      type: "opinion",
      agent,
      outcomes,
      probabilities: Array.from(given.forecasts[index] ?? []),
    };
  });
  return { outcomes, opinions };
}

function pointsOf(given: Pick<CheckedCase, "agents" | "forecasts">): readonly PointOpinion[] {
  return given.agents.map((agent, index) => {
    return { ...about, type: "point", agent, value: given.forecasts[index]?.[0] ?? 0 };
  });
}
