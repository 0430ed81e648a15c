/** The decisions of the day in one sentence. */
import type { DecisionSummary } from "@mycroft/protocol";
import { formatPlural } from "../../design/format.ts";

/** Agents stand on opposite sides of the scale. */
function areOpposed({ views }: Pick<DecisionSummary, "views">): boolean {
  return views.some(({ side }) => side === "lower") && views.some(({ side }) => side === "upper");
}

export function summarize(decisions: readonly DecisionSummary[]): string {
  const [first] = decisions;
  if (first === undefined) return "Today";
  const agents = new Set(decisions.flatMap(({ views }) => views.map(({ agent }) => agent))).size;
  const opposed = decisions.filter(areOpposed).length;
  const days = [...new Set(decisions.map(({ asOf }) => asOf))].sort();
  const last = days.at(-1) ?? first.asOf;
  const when = days.length > 1 ? `by ${last}` : `as of ${last}`;
  const subjects = formatPlural(decisions.length, "company", "companies");
  const judged = `${formatPlural(agents, "agent")} judged ${subjects} ${when}`;
  if (opposed > 0) return `${judged}; on ${opposed} they take opposite sides`;
  // The sharpest conflict comes first.
  return first.divergence > 0 ? `${judged}; they are furthest apart on ${first.subject}` : judged;
}
