/** A decision in one row of a list, and what each agent said in it. */
import { explain, type Resolution } from "@mycroft/ensemble";
import { apiLimits, type DecisionSummary } from "@mycroft/protocol";
import type { SubjectDecision } from "@mycroft/record";
import { cut } from "@mycroft/record/text";
import type { RunHeader } from "@mycroft/runtime";

type ViewSummary = DecisionSummary["views"][number];

/** @param decidedAt when its resolve step settled: milliseconds since the epoch. */
export function decisionSummary(
  header: Pick<RunHeader, "runId" | "workflow" | "status">,
  { subject, task, resolution, decision, position, usual }: SubjectDecision,
  decidedAt: number,
): DecisionSummary {
  const { asOf, horizonDays, conflict } = resolution;
  return {
    runId: header.runId,
    task,
    workflow: header.workflow,
    subject,
    asOf,
    horizonDays,
    decidedAt: new Date(decidedAt).toISOString(),
    runStatus: header.status,
    status: decision?.status ?? (resolution.status === "resolved" ? "decided" : "noView"),
    policy: resolution.policy.name,
    outcomes: [...resolution.outcomes],
    probabilities: resolution.probabilities === null ? null : [...resolution.probabilities],
    usual: usual === null ? null : [...usual.probabilities],
    tilt: decision?.tilt ?? resolution.lean?.tilt ?? null,
    side: resolution.lean?.side ?? null,
    weight: position?.weight ?? null,
    divergence: conflict.divergence,
    otherSideShare: conflict.otherSideShare,
    conflictKinds: [...new Set(conflict.findings.map(({ kind }) => kind))],
    views: viewSummaries(resolution),
    headline: cut(explain(resolution).headline, apiLimits.shownText),
  };
}

/** In order of the agents' names. */
export function viewSummaries(resolution: Resolution): ViewSummary[] {
  const { opinions, abstentions, conflict, weights, dissent } = resolution;
  const leans = new Map(conflict.leans.map((lean) => [lean.agent, lean]));
  const weightOf = new Map(weights.map(({ agent, weight }) => [agent, weight]));
  const stances = new Map(dissent.map(({ agent, stance }) => [agent, stance]));
  const spoken = opinions.map(({ agent, version, probabilities }): ViewSummary => {
    const lean = leans.get(agent);
    return {
      agent,
      version,
      probabilities: [...probabilities],
      tilt: lean?.tilt ?? null,
      side: lean?.side ?? null,
      weight: weightOf.get(agent) ?? null,
      stance: stances.get(agent) ?? null,
      abstains: null,
    };
  });
  const silent = abstentions.map(({ agent, version, reason }): ViewSummary => {
    const abstains = cut(reason, apiLimits.shownText);
    return {
      agent,
      version,
      probabilities: null,
      tilt: null,
      side: null,
      weight: null,
      stance: null,
      abstains,
    };
  });
  return [...spoken, ...silent].sort((a, b) => (a.agent < b.agent ? -1 : a.agent > b.agent ? 1 : 0));
}
