/** A case of a walk through time, whether it comes from history or from a made-up world, and as the Lab shows it. */
import type { AgentRecord, View } from "@mycroft/ensemble";
import type { LabCases } from "@mycroft/protocol";
import type { LabCase } from "./lab-case.ts";

export interface WalkCase {
  readonly id: string;
  /** The day on which it is asked, `YYYY-MM-DD`. */
  readonly on: string;
  readonly opinions: readonly {
    readonly agent: string;
    readonly version: string;
    readonly probabilities: readonly number[];
    readonly rationale: string;
  }[];
  readonly abstentions: readonly { readonly agent: string; readonly reason: string }[];
  /** What followed, and the day from which on it is known; null where the data ends before. */
  readonly outcome: { readonly index: number; readonly on: string } | null;
}

export interface WalkSource {
  readonly subject: string;
  readonly outcomes: readonly string[];
  readonly horizonDays: number;
  /** In order of day. */
  readonly cases: readonly WalkCase[];
}

/** Cases in which nobody had an opinion are left out: there is nothing to resolve or to learn. */
export function sourceOfHistory({ subject, outcomes, horizonDays, cases }: LabCases): WalkSource {
  const spoken = cases.filter(({ opinions }) => opinions.length > 0);
  return {
    subject,
    outcomes,
    horizonDays,
    cases: spoken.map(({ asOf, opinions, abstentions, outcome }) => ({
      id: `${subject}@${asOf}`,
      on: asOf,
      opinions,
      abstentions,
      outcome: outcome === null ? null : { index: outcome.index, on: outcome.date },
    })),
  };
}

/** The case as a question to the policies, with what is known of the agents by its day. */
export function caseOfWalk(source: WalkSource, walked: WalkCase, records: readonly AgentRecord[]): LabCase {
  const { subject, horizonDays } = source;
  const outcomes = [...source.outcomes];
  const asked = { subject, asOf: walked.on, horizonDays };
  const views: View[] = [
    ...walked.opinions.map((opinion) => ({
      type: "opinion" as const,
      ...asked,
      agent: opinion.agent,
      version: opinion.version,
      outcomes,
      probabilities: [...opinion.probabilities],
      rationale: opinion.rationale,
      evidence: [],
    })),
    ...walked.abstentions.map(({ agent, reason }) => ({
      type: "abstention" as const,
      ...asked,
      agent,
      version: "1",
      reason,
    })),
  ];
  return {
    request: { ...asked, outcomes, quorum: 1, views, record: { agents: records } },
    policy: null,
    outcome: walked.outcome?.index ?? null,
    aside: [],
  };
}
