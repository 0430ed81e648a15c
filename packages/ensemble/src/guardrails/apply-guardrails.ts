/**
 * Guardrails at work: what fired, what it changed, and what the workflow is to do. All as data, so that a workflow can
 * branch on it and the record shows what the policy alone had said.
 */
import type { Conflict } from "../conflict/conflict.ts";
import { leanOf } from "../lean.ts";
import type { Opinion } from "../opinion.ts";
import { clampDistribution } from "./clamp.ts";
import type {
  CheckedClamp,
  CheckedConflictRule,
  CheckedGuardrails,
  ConflictMeasure,
  GuardrailAction,
  VetoRule,
} from "./guardrails.ts";

/** A guardrail that fired. What changes no probability has `change` null. */
export type FiredGuardrail =
  | {
      readonly type: "veto";
      readonly side: "lower" | "upper";
      readonly atLeast: number;
      /** Each with its probability of that side, in order of name. */
      readonly vetoedBy: readonly { readonly agent: string; readonly probability: number }[];
      readonly action: GuardrailAction;
      readonly change: null;
    }
  | {
      readonly type: "conflict";
      readonly measure: ConflictMeasure;
      readonly value: number;
      readonly above: number;
      readonly action: GuardrailAction;
      readonly change: null;
    }
  | {
      readonly type: "shrink";
      readonly measure: ConflictMeasure;
      readonly value: number;
      readonly above: number;
      /** How far towards the prior, 0 to 1. */
      readonly share: number;
      readonly prior: readonly number[];
      readonly action: "accept";
      readonly change: ViewChange;
    }
  | {
      readonly type: "clamp";
      readonly floor: number;
      readonly ceiling: number;
      /** The outcomes that lay outside. */
      readonly outcomes: readonly string[];
      readonly action: "accept";
      readonly change: ViewChange;
    };

/** `amounts` added to `before` are `after`, exactly. */
export type ViewChange = {
  readonly before: readonly number[];
  readonly amounts: readonly number[];
  readonly after: readonly number[];
};

export interface GuardedView {
  /** After all changes. The agents' contributions and then the changes' amounts, added in order, are it exactly. */
  readonly probabilities: readonly number[];
  /** What fired, in the order in which it did. */
  readonly fired: readonly FiredGuardrail[];
  /** The gravest of what the fired ones ask for. */
  readonly action: GuardrailAction;
}

interface Ground {
  readonly outcomes: readonly string[];
  readonly opinions: readonly Opinion[];
  readonly conflict: Conflict;
}

/** From what changes nothing to what leaves no view. */
const byGravity: readonly GuardrailAction[] = ["accept", "anotherRound", "askPerson", "abstain"];

/** Rounding is no breach of a bound. */
const boundTolerance = 1e-12;

export function applyGuardrails(
  guardrails: CheckedGuardrails,
  pooled: readonly number[],
  ground: Ground,
): GuardedView {
  let probabilities = pooled;
  const fired: FiredGuardrail[] = [];
  const fire = (guardrail: FiredGuardrail | null): void => {
    if (guardrail === null) return;
    fired.push(guardrail);
    probabilities = guardrail.change?.after ?? probabilities;
  };
  for (const rule of guardrails.veto) fire(vetoIn(rule, pooled, ground.opinions));
  for (const rule of guardrails.conflict) fire(conflictOver(rule, probabilities, ground.conflict));
  if (guardrails.clamp !== null) fire(clampOf(guardrails.clamp, probabilities, ground.outcomes));
  const gravity = Math.max(0, ...fired.map(({ action }) => byGravity.indexOf(action)));
  return { probabilities, fired, action: byGravity[gravity] ?? "accept" };
}

function vetoIn(
  { agents, side, atLeast, action }: Required<VetoRule>,
  pooled: readonly number[],
  opinions: readonly Opinion[],
): FiredGuardrail | null {
  if (leanOf(pooled).side === side) return null;
  const vetoedBy = opinions
    .filter(({ agent }) => agents.includes(agent))
    .map(({ agent, probabilities }) => ({ agent, probability: probabilityOf(side, probabilities) }))
    .filter(({ probability }) => probability >= atLeast);
  if (vetoedBy.length === 0) return null;
  return { type: "veto", side, atLeast, vetoedBy, action: action ?? "abstain", change: null };
}

/** What lies below, or above, the middle of the scale; a middle outcome belongs to neither side. */
function probabilityOf(side: "lower" | "upper", probabilities: readonly number[]): number {
  const half = Math.floor(probabilities.length / 2);
  const outcomes = side === "lower" ? probabilities.slice(0, half) : probabilities.slice(-half);
  return Math.min(
    1,
    outcomes.reduce((sum, probability) => sum + probability, 0),
  );
}

function conflictOver(
  { measure, above, action, full, prior }: CheckedConflictRule,
  probabilities: readonly number[],
  conflict: Conflict,
): FiredGuardrail | null {
  const value = measured(measure, conflict);
  if (value <= above) return null;
  if (action !== "shrink") return { type: "conflict", measure, value, above, action, change: null };
  const share = Math.min(1, (value - above) / (full - above));
  const target = probabilities.map((probability, k) => (1 - share) * probability + share * (prior[k] ?? 0));
  const change = changeBetween(probabilities, target);
  return { type: "shrink", measure, value, above, share, prior, action: "accept", change };
}

function measured(measure: ConflictMeasure, { divergence, otherSideShare, mass }: Conflict): number {
  switch (measure) {
    case "divergence":
      return divergence;
    case "otherSideShare":
      return otherSideShare;
    case "conflictMass":
      return mass?.pairwise ?? 0;
  }
}

function clampOf(
  bounds: CheckedClamp,
  probabilities: readonly number[],
  outcomes: readonly string[],
): FiredGuardrail | null {
  const { floor, ceiling } = bounds;
  const outside = outcomes.filter((_, k) => {
    const probability = probabilities[k] ?? 0;
    return probability < floor - boundTolerance || probability > ceiling + boundTolerance;
  });
  if (outside.length === 0) return null;
  const change = changeBetween(probabilities, clampDistribution(probabilities, bounds));
  return { type: "clamp", floor, ceiling, outcomes: outside, action: "accept", change };
}

/** What is added is rounded first, so that adding it again gives the very same numbers. */
function changeBetween(before: readonly number[], target: readonly number[]): ViewChange {
  const amounts = before.map((probability, k) => (target[k] ?? 0) - probability);
  return { before, amounts, after: before.map((probability, k) => probability + (amounts[k] ?? 0)) };
}
