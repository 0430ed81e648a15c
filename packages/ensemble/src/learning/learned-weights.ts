/** What a policy that learns keeps between rounds, whatever it learns from: regrets, scores, or the forecasts themselves. */
import type { Loss } from "./loss.ts";
import type { OnlineRule, RuleState, StartRule } from "./online-rule.ts";

/** Agents are indices here, in the order in which the learner first met them. */
export interface LearnedWeights {
  readonly size: number;
  /** As `OnlineRule.grow`. */
  grow(size: number): void;
  /** As `OnlineRule.weigh`; `context` is the case's, null for none. Most rules weigh alike in every context. */
  weigh(into: Float64Array, awake?: Uint8Array, context?: string | null): void;
  learn(round: Round): void;
  save(): RuleState;
  /** What each agent adds to the pool, where that is not its weight times its forecast. In the order of `agents`. */
  contribute?(agents: readonly number[], forecasts: readonly Float64Array[]): readonly Contribution[];
}

export interface Contribution {
  /** From 0 to 1; those of all agents have a sum of 1. */
  readonly weight: number;
  /** To each outcome; what all add is the pool. */
  readonly amounts: readonly number[];
}

export type StartLearning = (size: number, saved?: RuleState) => LearnedWeights;

/** The outcomes that became known on one day. */
export interface Round {
  readonly loss: Loss;
  /** At least one, in the order in which they were forecast. */
  readonly cases: readonly ScoredCase[];
  /** By agent: the mean over all cases of the pool's loss less the agent's; a case without its forecast counts 0. */
  readonly regrets: Float64Array;
  /** By agent: 1 when it judged at least one case. */
  readonly awake: Uint8Array;
  /** On how many later days forecasts were made that still wait: with these, the outcomes of this round overlap. */
  readonly overlap: number;
}

export interface ScoredCase {
  /** Those who gave a forecast, in order of name. */
  readonly agents: readonly number[];
  /** One for each of `agents`: probabilities, or one number. */
  readonly forecasts: readonly Float64Array[];
  /** The ensemble's own forecast. */
  readonly pooled: Float64Array;
  readonly observed: Float64Array;
  readonly context: string | null;
}

/** Learning by an online rule, from regrets alone. */
export function learnByRegret(start: StartRule): StartLearning {
  return (size, saved) => {
    const rule: OnlineRule = start(size, saved);
    return {
      get size() {
        return rule.size;
      },
      grow: (larger) => rule.grow(larger),
      weigh: (into, awake) => rule.weigh(into, awake),
      learn: ({ regrets, awake }) => rule.learn(regrets, awake),
      save: () => rule.save(),
    };
  };
}
