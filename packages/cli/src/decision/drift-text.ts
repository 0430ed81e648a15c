/** Agents whose record is changing, for those who look at the table and not at the explanation. */
import type { SubjectDecision } from "@mycroft/record";

/** One line for each of them, in order of name; records are of the run, so that all decisions tell the same. */
export function driftLines(decisions: readonly SubjectDecision[]): readonly string[] {
  const lines = new Map<string, string>();
  for (const { resolution } of decisions) {
    for (const { agent, direction, since } of resolution.drifts ?? []) {
      lines.set(
        agent,
        `${agent} drifts: since ${since} it has scored ${direction} than before, against the others.`,
      );
    }
  }
  return [...lines.keys()].sort().flatMap((agent) => lines.get(agent) ?? []);
}
