/** Agents that were asked and gave no opinion. */
import type { Abstention } from "../opinion.ts";

/** Views are missing. Its sides: who abstained, with the reason, and how many gave an opinion. */
export type MissingViews = {
  readonly kind: "missing";
  readonly abstained: readonly AbstainedAgent[];
  readonly asked: number;
  readonly opinions: number;
  readonly quorum: number;
  readonly quorumMet: boolean;
};

export type AbstainedAgent = {
  readonly agent: string;
  readonly version: string;
  readonly reason: string;
  /** The code of the error that the abstention stands for. */
  readonly code: string | null;
};

/** Views of any type. */
interface Given {
  readonly opinions: readonly unknown[];
  readonly abstentions: readonly Abstention[];
}

export function abstainedAgents(panel: Given): readonly AbstainedAgent[] {
  return panel.abstentions.map(({ agent, version, reason, code }) => ({
    agent,
    version,
    reason,
    code: code ?? null,
  }));
}

/** There is one when an agent abstained or the quorum is not met. */
export function findMissingViews(panel: Given, quorum: number): readonly MissingViews[] {
  const opinions = panel.opinions.length;
  const quorumMet = opinions >= quorum;
  if (panel.abstentions.length === 0 && quorumMet) return [];
  const asked = opinions + panel.abstentions.length;
  return [{ kind: "missing", abstained: abstainedAgents(panel), asked, opinions, quorum, quorumMet }];
}
