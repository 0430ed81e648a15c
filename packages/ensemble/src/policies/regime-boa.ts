/** Bernstein online aggregation with weights learned for each market regime. */
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import { bernsteinAggregation } from "../learning/bernstein-aggregation.ts";
import { checkLearnedBy } from "../learning/learner-state.ts";
import type { RuleState } from "../learning/online-rule.ts";
import { weightsAmong } from "../learning/pool-case.ts";
import { RegimeWeights } from "../learning/regime-weights.ts";
import { newcomer, recallLearned } from "../learning/weigh-learned.ts";
import { type Policy, type RawWeight, type WeighInput, type WeightReason, weightedMean } from "../policy.ts";

const named = { name: "regime-boa", version: "1.0.0" } as const;

/**
 * See `RegimeWeights` for the method. A case's context is its regime; without one, the weights are those of all rounds.
 * Settings: `halfway`, the rounds in a regime at which its own weights and those of all rounds count alike, 1 to 1e6;
 * 20 unless stated.
 */
export const regimeBoa: Policy = {
  ...named,
  description:
    "The mean of the opinions, weighted by Bernstein online aggregation in each market regime, shrunk towards that over all.",
  source:
    "Wintenberger 2017, Optimal learning with Bernstein online aggregation, Machine Learning 106(1), 119-141; shrinkage after Efron and Morris 1975, JASA 70, 311-319",
  kind: "learning",
  context: "market regime",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["halfway"], "POLICY_INVALID");
    const halfway = readNumber(fields.halfway ?? 20, inside(place, "halfway"), {
      min: 1,
      max: 1e6,
      code: "POLICY_INVALID",
    });
    const start = (size: number, saved?: RuleState) =>
      new RegimeWeights(bernsteinAggregation, halfway, size, saved);
    return { ...weightedMean({ halfway }, (input) => weigh(start, input)), startLearning: start };
  },
};

function weigh(
  start: (size: number, saved?: RuleState) => RegimeWeights,
  { opinions, learned: state, context }: WeighInput,
): readonly RawWeight[] {
  if (state === null || state.counts.rounds === 0) {
    return opinions.map(() => ({ raw: 1, reason: { type: "nothingLearned" } }));
  }
  checkLearnedBy(named, state);
  const known = new Map(state.agents.map((agent) => [agent.agent, agent]));
  const names = opinions.map(({ agent }) => agent);
  const { learned, places } = recallLearned(start, state, names);
  const weights = weightsAmong(learned, places, context ?? null);
  const loss = state.loss?.name ?? "none";
  const regime = context === undefined ? {} : { context: { name: context, ...learned.shareOf(context) } };
  return names.map((name, index) => {
    const reason: WeightReason = {
      type: "learned",
      agent: known.get(name) ?? newcomer(name),
      loss,
      ...regime,
    };
    return { raw: weights[index] ?? 0, reason };
  });
}
