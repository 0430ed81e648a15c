/** Yager's rule: evidence is multiplied, and what is in conflict counts as ignorance. */
import type { Policy } from "../policy.ts";
import {
  combineConjunctively,
  configureEvidence,
  ignoranceOver,
  type MassFunction,
  totalMass,
} from "./mass-function.ts";

/**
 * The conjunctive combination of all agents, with the whole conflict given to the frame. The cost is agents times
 * outcomes. Conflict cannot make it sure of anything: in total conflict it is the uniform distribution. A limit: with
 * opinions over single outcomes the conflict grows with each agent, so many agents end near the uniform distribution even
 * when they agree. Settings: see `configureEvidence`.
 * Source: Yager 1987, "On the Dempster-Shafer framework and new combination rules", Information Sciences 41(2).
 */
export const yager: Policy = {
  name: "yager",
  version: "1.0.0",
  description: "Evidence theory: opinions as independent evidence, conflict counted as ignorance.",
  source:
    "Yager 1987, On the Dempster-Shafer framework and new combination rules, Information Sciences 41(2), 93-137",
  kind: "fixed",
  configure: (given) => configureEvidence(given, combineAll),
};

function combineAll(masses: readonly MassFunction[]): MassFunction {
  const agreed = masses.reduce(combineConjunctively, ignoranceOver(masses[0]?.outcomes.length ?? 0));
  const conflict = Math.max(0, 1 - totalMass(agreed));
  return { outcomes: agreed.outcomes, frame: agreed.frame + conflict };
}
