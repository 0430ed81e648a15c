/**
 * A resolution: the ensemble's one view of a subject, with all that explains it. Plain JSON, so that the record can keep
 * it as it is; its types are aliases, not interfaces, because only aliases are assignable to a JSON value.
 */
import type { Conflict } from "./conflict/conflict.ts";
import type { AbstainedAgent } from "./conflict/missing-views.ts";
import type { AgentDrift } from "./drift/agent-drift.ts";
import type { FiredGuardrail } from "./guardrails/apply-guardrails.ts";
import type { GuardrailAction } from "./guardrails/guardrails.ts";
import type { Lean, Side } from "./lean.ts";
import type { PolicySettings, WeightReason } from "./policy.ts";

export type Resolution = ResolutionBasis &
  (
    | { readonly status: "resolved"; readonly probabilities: readonly number[]; readonly lean: Lean }
    /** Fewer opinions than the quorum: there is no view, and none is made up. */
    | { readonly status: "noQuorum"; readonly probabilities: null; readonly lean: null }
    /** A guardrail says to go without a view. What the policy had made of the opinions is in the contributions. */
    | { readonly status: "withheld"; readonly probabilities: null; readonly lean: null }
  );

type ResolutionBasis = {
  readonly subject: string;
  readonly asOf: string;
  readonly horizonDays: number;
  readonly policy: { readonly name: string; readonly version: string; readonly settings: PolicySettings };
  readonly outcomes: readonly string[];
  readonly quorum: { readonly needed: number; readonly opinions: number; readonly asked: number };
  /** What each agent said, in order of name, as are all lists of agents here but `dissent`. */
  readonly opinions: readonly StatedOpinion[];
  readonly abstentions: readonly AbstainedAgent[];
  readonly conflict: Conflict;
  /** Empty without a quorum, as are `contributions` and `dissent`. */
  readonly weights: readonly AgentWeight[];
  /**
   * What each agent adds to each outcome. Added in this order they are the probabilities, exactly; where guardrails changed
   * these, the amounts of their changes are added after them.
   */
  readonly contributions: readonly AgentContribution[];
  /** The agents by distance from the result, the furthest first. */
  readonly dissent: readonly AgentDissent[];
  /** Those with an opinion whose scores have changed of late, by their records; absent when there are none. */
  readonly drifts?: readonly DriftingAgent[];
  /** The guardrails that fired, in that order; absent when the request sets none. */
  readonly guardrails?: readonly FiredGuardrail[];
  /** What the guardrails ask of the workflow; absent when the request sets none, `abstain` without a quorum. */
  readonly action?: GuardrailAction;
};

export type DriftingAgent = AgentDrift & { readonly agent: string };

/** An opinion without its evidence, which the record has in the step's input. */
export type StatedOpinion = {
  readonly agent: string;
  readonly version: string;
  readonly probabilities: readonly number[];
  readonly rationale: string;
  readonly confidence: number | null;
  readonly dataAsOf: string | null;
};

export type AgentWeight = {
  readonly agent: string;
  readonly weight: number;
  readonly reason: WeightReason;
};

export type AgentContribution = { readonly agent: string; readonly amounts: readonly number[] };

export type AgentDissent = Lean & {
  readonly agent: string;
  /** Jensen-Shannon distance from the result, 0 to 1. */
  readonly distance: number;
  /** How its side relates to the result's; neutral when one of the two takes no side. */
  readonly stance: Stance;
};

export type Stance = "with" | "against" | "neutral";

export function stanceOf(side: Side, result: Side): Stance {
  if (side === "middle" || result === "middle") return side === result ? "with" : "neutral";
  return side === result ? "with" : "against";
}
