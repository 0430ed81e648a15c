/** Agents that judge differently, above all where they read the same facts. */
import type { Lean, Side } from "../lean.ts";
import type { SharedFact } from "./factual-conflict.ts";

/** An agent with the way in which its opinion leans. */
export type AgentLean = Lean & { readonly agent: string };

/** On which side an agent stands. */
export type AgentSide = Pick<AgentLean, "agent" | "side">;

/** Agents judge differently. Sides are by lean; in each, agents are in order of name. */
export type AnalyticalConflict = {
  readonly kind: "analytical";
  readonly sides: Readonly<Record<Side, readonly string[]>>;
  /** Facts that agents of different sides cite with the same value: what they read differently. */
  readonly sharedFacts: readonly { readonly fact: string; readonly date: string }[];
};

/** A divergence from here on is a conflict even where no two agents stand on opposite sides. */
export const notableDivergence = 0.02;

/** There is one when agents stand on opposite sides, or when the divergence is 0.02 or more. */
export function findAnalyticalConflict(
  leans: readonly AgentSide[],
  divergence: number,
  facts: readonly SharedFact[],
): readonly AnalyticalConflict[] {
  const agentsOn = (side: Side): readonly string[] =>
    leans.filter((lean) => lean.side === side).map((lean) => lean.agent);
  const sides = { lower: agentsOn("lower"), middle: agentsOn("middle"), upper: agentsOn("upper") };
  const split = sides.lower.length > 0 && sides.upper.length > 0;
  if (!split && divergence < notableDivergence) return [];
  return [{ kind: "analytical", sides, sharedFacts: factsSharedAcross(leans, facts) }];
}

function factsSharedAcross(
  leans: readonly AgentSide[],
  facts: readonly SharedFact[],
): AnalyticalConflict["sharedFacts"] {
  if (facts.length === 0) return [];
  const sideOf = new Map(leans.map((lean) => [lean.agent, lean.side]));
  const crossesSides = (claim: SharedFact["claims"][number]): boolean =>
    new Set(claim.citedBy.map((citation) => sideOf.get(citation.agent))).size > 1;
  return facts
    .filter((cited) => cited.claims.some(crossesSides))
    .map((cited) => ({ fact: cited.fact, date: cited.date }));
}

/** The share of the agents that stand on the smaller of the two sides: 0 (none) to 0.5 (split evenly). */
export function otherSideShareOf(leans: readonly AgentSide[]): number {
  const upper = leans.filter((lean) => lean.side === "upper").length;
  const lower = leans.filter((lean) => lean.side === "lower").length;
  return leans.length === 0 ? 0 : Math.min(lower, upper) / leans.length;
}
