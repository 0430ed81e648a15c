/**
 * What a resolution policy is: it weighs opinions that belong together and says what each contributes. Everything around
 * it (checking, quorum, conflict, dissent) is the same for all and lives in `resolve`.
 */
import type { AgentRecord } from "./agent-record.ts";
import { normalizedWeights } from "./distribution.ts";
import type { StartLearning } from "./learning/learned-weights.ts";
import type { LearnedAgent, LearnerState } from "./learning/learner-state.ts";
import type { Opinion } from "./opinion.ts";
import type { PointOpinion } from "./points/point-opinion.ts";

export interface Policy {
  readonly name: string;
  /** Changes when the same input may give another result. */
  readonly version: string;
  readonly description: string;
  /** Where the method comes from. */
  readonly source: string;
  /** `learning` policies weigh by the agents' records; a `baseline` is there to be compared with, not to be used. */
  readonly kind: "fixed" | "learning" | "baseline";
  /** What it wants a case's `context` to be; absent where it reads none. */
  readonly context?: "market regime";
  /**
   * Binds the policy to settings, which come from a workflow and are not trusted; undefined stands for the defaults.
   * @throws {MycroftError} POLICY_INVALID, naming the setting, the value and the limit.
   */
  readonly configure: (settings: unknown) => ConfiguredPolicy;
}

export interface ConfiguredPolicy {
  /** The settings in force, as the record keeps them. */
  readonly settings: PolicySettings;
  /** Gives one part for each opinion, in their order. Must be a function of its input alone. */
  readonly combine: (input: PolicyInput) => readonly Part[];
  /**
   * The same for points: `amounts` hold one number, in the points' unit. Absent where numbers cannot be so combined, or
   * where the policy cannot learn from them.
   */
  readonly combinePoints?: (input: PointInput) => readonly Part[];
  /** What a policy that learns keeps between rounds; absent where it keeps nothing but the agents' records. */
  readonly startLearning?: StartLearning;
}

export type PolicySettings = { readonly [name: string]: SettingValue };
type SettingValue = number | string | boolean | { readonly [name: string]: number };

/** What is known of the agents that are to be weighed. */
export interface Known {
  /** By agent; an agent without a scored opinion may be missing. */
  readonly records: ReadonlyMap<string, AgentRecord>;
  /** What a learner of this policy had learned by then; null when there is nothing. */
  readonly learned: LearnerState | null;
  /** The state of the world on the day, as in a `ForecastCase`. */
  readonly context?: string | undefined;
}

export interface PolicyInput extends Known {
  readonly outcomes: readonly string[];
  /** At least one, in order of the agents' names, each a distribution over `outcomes`. */
  readonly opinions: readonly Opinion[];
}

export interface PointInput extends Known {
  /** At least one, in order of the agents' names, all in one unit. */
  readonly opinions: readonly PointOpinion[];
}

/** What a weighted mean may look at: who speaks, and what is known of them, but not what they say. */
export interface WeighInput extends Known {
  readonly opinions: readonly { readonly agent: string }[];
}

/** What one opinion comes to in the result. */
export interface Part {
  /** From 0 to 1; the parts' weights have a sum of 1. */
  readonly weight: number;
  readonly reason: WeightReason;
  /** What the opinion adds to each outcome; what all parts add is the pooled distribution. */
  readonly amounts: readonly number[];
}

/** Why an agent has its weight, as data. */
export type WeightReason =
  /** The policy weighs all agents alike. */
  | { readonly type: "equal" }
  /** The settings say so, relative to 1 for an agent that they do not name. */
  | { readonly type: "stated"; readonly stated: number }
  /** Its record against the others': `reference` is their mean score, `rate` the learning rate. */
  | {
      readonly type: "record";
      readonly record: AgentRecord;
      readonly reference: number;
      readonly rate: number;
    }
  /** It has no scored opinion; it weighs as one of mean score would (`reference`, null when nobody has a record). */
  | { readonly type: "noRecord"; readonly reference: number | null }
  /** How sure it says it is; `measure` says by its stated confidence, or by its highest probability. */
  | {
      readonly type: "confidence";
      readonly measure: "stated" | "highestProbability";
      readonly confidence: number;
    }
  /** What was learned of it: `agent` is what moved its weight. Asleep until now, or never met: `rounds` is 0. */
  | {
      readonly type: "learned";
      readonly agent: LearnedAgent;
      readonly loss: string;
      /** Where weights are learned for each context: how many rounds that of the day had, and how far its own weights count, 0 to 1. */
      readonly context?: { readonly name: string; readonly rounds: number; readonly share: number };
    }
  /**
   * What was learned of how boldly it speaks: what its opinion's dispersion (how wide) and direction (which way) are
   * stretched by, and what the pool's dispersion is, on top. Below 1: it has been too bold; above 1: too timid.
   */
  | {
      readonly type: "recalibrated";
      readonly agent: LearnedAgent;
      readonly dispersionGain: number;
      readonly directionGain: number;
      readonly poolGain: number;
    }
  /** Nothing has been learned yet, so all weigh the same. */
  | { readonly type: "nothingLearned" }
  /** The settings say how far its evidence is to be relied on, 0 to 1. */
  | { readonly type: "reliability"; readonly reliability: number };

/** What a linear policy decides of an agent: its weight, in any unit, and why. */
export interface RawWeight {
  readonly raw: number;
  readonly reason: WeightReason;
}

/**
 * The linear pool: each opinion adds its weight times its probabilities. There is one raw weight for each opinion, in
 * their order; they are non-negative, not all zero, and are scaled to a sum of 1.
 */
export function poolLinearly(
  opinions: readonly Opinion[],
  rawWeights: readonly RawWeight[],
): readonly Part[] {
  const weights = normalizedWeights(rawWeights.map(({ raw }) => raw));
  return rawWeights.map(({ reason }, index) => {
    const weight = weights[index] ?? 0;
    const probabilities = opinions[index]?.probabilities ?? [];
    return { weight, reason, amounts: probabilities.map((probability) => weight * probability) };
  });
}

/** The weighted mean of points: each adds its weight times its value. As `poolLinearly`. */
export function poolPoints(
  opinions: readonly PointOpinion[],
  rawWeights: readonly RawWeight[],
): readonly Part[] {
  const weights = normalizedWeights(rawWeights.map(({ raw }) => raw));
  return rawWeights.map(({ reason }, index) => {
    const weight = weights[index] ?? 0;
    return { weight, reason, amounts: [weight * (opinions[index]?.value ?? 0)] };
  });
}

/** A policy that is a weighted mean, of distributions and of points: it decides nothing but one raw weight each. */
export function weightedMean(
  settings: PolicySettings,
  weigh: (input: WeighInput) => readonly RawWeight[],
): ConfiguredPolicy {
  return {
    settings,
    combine: (input) => poolLinearly(input.opinions, weigh(input)),
    combinePoints: (input) => poolPoints(input.opinions, weigh(input)),
  };
}
