/**
 * The recalibrated linear pool, the default: the mean of the opinions after each, and then the pool, has been made as
 * bold as its record warrants. It learns how far to believe the agents, and hardly whom.
 */

import { placeOf, readStrictObject } from "../json-reader.ts";
import { unitGains } from "../learning/departure.ts";
import { checkLearnedBy } from "../learning/learner-state.ts";
import { Recalibration } from "../learning/recalibration.ts";
import { newcomer, recallLearned } from "../learning/weigh-learned.ts";
import {
  type Part,
  type Policy,
  type PolicyInput,
  type PolicySettings,
  poolLinearly,
  poolPoints,
  type RawWeight,
  type WeightReason,
} from "../policy.ts";

const named = { name: "recalibrated-pool", version: "1.1.0" } as const;
const settings: PolicySettings = {};
const startLearning = (...args: ConstructorParameters<typeof Recalibration>): Recalibration =>
  new Recalibration(...args);

/**
 * With c the mean of the plain pools so far (the uniform distribution counts as one more round) and x' a list x mirrored,
 * an opinion is `c + s + d`: of what it departs by, `x = p - c`, its dispersion `s = (x + x')/2` and its direction
 * `d = (x - x')/2`. The ranked probability score is the sum of a score
 * of the one and a score of the other, so each can be judged alone. The pool of n opinions is
 * `c + (1/n) sum_i (G g_i s_i + h_i d_i)`, with gains of 1 until something is learned: the equal linear pool. What an
 * agent contributes is its term of that sum. Gains are learned round by round, shrunk towards 1 (`gainFrom`):
 * g_i and h_i say how bold agent i has been, G what the pool's dispersion still lacks. Why G: the linear pool of
 * calibrated forecasts that differ is too timid (Ranjan and Gneiting 2010). The direction has no such gain:
 * a few rounds cannot tell which way things go from luck. So the h_i of those who are pooled are scaled to a mean of 1;
 * as they are, they would take from the pool's direction what each agent has of noise, which their mean has averaged
 * out. An agent's weight is its share of `sum_i (g_i + h_i)`. Over two outcomes there is no dispersion.
 * The centre is of as many outcomes as the first case had; cases with another number depart from the uniform distribution.
 * Points are averaged as they are. Zero probabilities are harmless.
 * No settings.
 * Sources: Gneiting and Ranjan 2013, "Combining predictive distributions", Electronic Journal of Statistics 7
 * (recalibration of linear pools, which ours simplifies); Epstein 1969 for the score. The split by symmetry is ours.
 */
export const recalibratedPool: Policy = {
  ...named,
  description: "The mean of the opinions, each and then the pool made as bold as its record warrants.",
  source:
    "Ranjan and Gneiting 2010, Combining probability forecasts, JRSS B 72(1), 71-91; Gneiting and Ranjan 2013, Combining predictive distributions, Electronic Journal of Statistics 7, 1747-1782",
  kind: "learning",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return {
      settings,
      startLearning,
      combine,
      combinePoints: ({ opinions }) => poolPoints(opinions, weighAlike(opinions, { type: "equal" })),
    };
  },
};

function combine({ opinions, learned: state }: PolicyInput): readonly Part[] {
  if (state === null || state.counts.rounds === 0) {
    return poolLinearly(opinions, weighAlike(opinions, { type: "nothingLearned" }));
  }
  checkLearnedBy(named, state);
  const names = opinions.map(({ agent }) => agent);
  const { learned, places } = recallLearned(startLearning, state, names);
  const met = new Map(state.agents.map((agent) => [agent.agent, agent]));
  const { poolGain } = learned;
  const gains = learned.gainsOf(places);
  const forecasts = opinions.map(({ probabilities }) => Float64Array.from(probabilities));
  return learned.contribute(places, forecasts).map((contribution, index) => {
    const name = names[index] ?? "";
    const { dispersion, direction } = gains[index] ?? unitGains;
    const agent = met.get(name) ?? newcomer(name);
    const used = { dispersionGain: dispersion, directionGain: direction, poolGain };
    return { ...contribution, reason: { type: "recalibrated", agent, ...used } };
  });
}

function weighAlike(opinions: readonly unknown[], reason: WeightReason): readonly RawWeight[] {
  return opinions.map(() => ({ raw: 1, reason }));
}
