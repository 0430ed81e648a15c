/** Dempster's rule: evidence is multiplied, and what is in conflict is thrown away. */
import type { Policy } from "../policy.ts";
import {
  combineConjunctively,
  configureEvidence,
  ignoranceOver,
  type MassFunction,
  scaled,
  totalMass,
} from "./mass-function.ts";

/**
 * The conjunctive combination, divided by the mass that is not in conflict. The rule is associative, so agents are taken
 * one by one: the cost is agents times outcomes. In total conflict (agents that are relied on wholly and exclude each
 * other) the rule is not defined; here nothing is left then but ignorance, which is the uniform distribution. It counts
 * agents that repeat each other as so many independent witnesses, and it may follow what all hold barely possible, as
 * Zadeh's example shows. Settings: see `configureEvidence`.
 * Source: Dempster 1967, "Upper and lower probabilities induced by a multivalued mapping", Annals of Mathematical
 * Statistics 38(2); Shafer 1976, "A mathematical theory of evidence".
 */
export const dempster: Policy = {
  name: "dempster",
  version: "1.0.0",
  description: "Evidence theory: opinions as independent evidence, conflict thrown away.",
  source:
    "Dempster 1967, Upper and lower probabilities induced by a multivalued mapping, Annals of Mathematical Statistics 38(2), 325-339; Shafer 1976, A mathematical theory of evidence",
  kind: "fixed",
  configure: (given) => configureEvidence(given, combineAll),
};

function combineAll(masses: readonly MassFunction[]): MassFunction {
  const size = masses[0]?.outcomes.length ?? 0;
  let combined = ignoranceOver(size);
  for (const mass of masses) {
    // Scaled at each step, or a thousand agents would multiply to nothing.
    const next = combineConjunctively(combined, mass);
    const agreed = totalMass(next);
    if (agreed === 0) return ignoranceOver(size);
    combined = scaled(next, agreed);
  }
  return combined;
}
