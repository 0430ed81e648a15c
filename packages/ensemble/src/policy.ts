/**
 * What a resolution policy is: it weighs opinions that belong together and says what each contributes. Everything around
 * it (checking, quorum, conflict, dissent) is the same for all and lives in `resolve`.
 */
import type { AgentRecord } from "./agent-record.ts";
import { normalizedWeights } from "./distribution.ts";
import type { Opinion } from "./opinion.ts";

export interface Policy {
  readonly name: string;
  /** Changes when the same input may give another result. */
  readonly version: string;
  readonly description: string;
  /** Where the method comes from. */
  readonly source: string;
  /** `learning` policies weigh by the agents' records; a `baseline` is there to be compared with, not to be used. */
  readonly kind: "fixed" | "learning" | "baseline";
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
}

export type PolicySettings = { readonly [name: string]: SettingValue };
type SettingValue = number | string | boolean | { readonly [name: string]: number };

export interface PolicyInput {
  readonly outcomes: readonly string[];
  /** At least one, in order of the agents' names, each a distribution over `outcomes`. */
  readonly opinions: readonly Opinion[];
  /** By agent; an agent without a scored opinion may be missing. */
  readonly records: ReadonlyMap<string, AgentRecord>;
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
  | { readonly type: "noRecord"; readonly reference: number | null };

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
