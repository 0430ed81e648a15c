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
  /** Must be a function of its input alone. Never called without opinions. */
  readonly combine: (input: PolicyInput) => Combination;
}

export type PolicySettings = { readonly [name: string]: SettingValue };
export type SettingValue = number | string | boolean | { readonly [name: string]: number };

export interface PolicyInput {
  readonly outcomes: readonly string[];
  /** At least one, in order of the agents' names, each a distribution over `outcomes`. */
  readonly opinions: readonly Opinion[];
  /** By agent; an agent without a scored opinion may be missing. */
  readonly records: ReadonlyMap<string, AgentRecord>;
}

/** One entry for each opinion, in their order. */
export interface Combination {
  /** From 0 to 1, with a sum of 1. */
  readonly weights: readonly number[];
  readonly reasons: readonly WeightReason[];
  /** For each opinion, what it adds to each outcome; what all add is the pooled distribution. */
  readonly contributions: readonly (readonly number[])[];
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

/**
 * The linear pool of opinions: each adds its weight times its probabilities. `raw` weights are non-negative, not all
 * zero, and are scaled to a sum of 1.
 */
export function poolLinearly(
  opinions: readonly Opinion[],
  raw: readonly number[],
  reasons: readonly WeightReason[],
): Combination {
  const weights = normalizedWeights(raw);
  const contributions = opinions.map(({ probabilities }, index) => {
    const weight = weights[index] ?? 0;
    return probabilities.map((probability) => weight * probability);
  });
  return { weights, reasons, contributions };
}
