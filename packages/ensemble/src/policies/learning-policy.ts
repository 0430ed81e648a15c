/** How a policy that learns becomes a `Policy`: a weighted mean, by the weights that a learner of it has come to. */
import type { StartLearning } from "../learning/learned-weights.ts";
import { checkLearnedBy } from "../learning/learner-state.ts";
import { newcomer, weighLearned } from "../learning/weigh-learned.ts";
import {
  type Policy,
  type PolicySettings,
  type RawWeight,
  type WeighInput,
  weightedMean,
} from "../policy.ts";

export interface LearningPolicy {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly source: string;
  /** @throws {MycroftError} POLICY_INVALID */
  readonly configure: (given: unknown) => {
    readonly settings: PolicySettings;
    readonly startLearning: StartLearning;
    /** False where it can learn from distributions only; then it takes no points. */
    readonly takesPoints?: boolean;
  };
}

export function learningPolicy({ configure, ...told }: LearningPolicy): Policy {
  return {
    ...told,
    kind: "learning",
    configure: (given) => {
      const { settings, startLearning, takesPoints = true } = configure(given);
      const pooled = weightedMean(settings, (input) => weigh(told, startLearning, input));
      const { combine } = pooled;
      return takesPoints ? { ...pooled, startLearning } : { settings, combine, startLearning };
    },
  };
}

function weigh(
  policy: { readonly name: string; readonly version: string },
  start: StartLearning,
  { opinions, learned }: WeighInput,
): readonly RawWeight[] {
  if (learned === null || learned.counts.rounds === 0) {
    return opinions.map(() => ({ raw: 1, reason: { type: "nothingLearned" } }));
  }
  checkLearnedBy(policy, learned);
  const known = new Map(learned.agents.map((agent) => [agent.agent, agent]));
  const names = opinions.map(({ agent }) => agent);
  const weights = weighLearned(start, learned, names);
  return names.map((name, index) => ({
    raw: weights[index] ?? 0,
    reason: { type: "learned", agent: known.get(name) ?? newcomer(name), loss: learned.loss?.name ?? "none" },
  }));
}
