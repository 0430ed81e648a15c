/** One agent as if there were no other: the committee's limits and portfolio rule, on its opinions alone, outside any workflow. */
import { type RiskLimits, ruleOn } from "./apply-risk-limits.ts";
import {
  type PortfolioSettings,
  type Position,
  type SizedDecision,
  sizePositions,
} from "./construct-portfolio.ts";
import type { PriceFacts } from "./price-facts.ts";

/** What of an opinion is acted on. */
export interface LoneOpinion {
  readonly subject: string;
  readonly asOf: string;
  readonly probabilities: readonly number[];
}

/**
 * The positions that follow from one agent's opinions, which are a quorum of their own.
 * @param opinions one for each subject. @param facts by subject; without them an opinion is not acted on.
 */
export function decideAlone(
  opinions: readonly LoneOpinion[],
  facts: ReadonlyMap<string, PriceFacts>,
  { limits, portfolio }: { readonly limits: RiskLimits; readonly portfolio: PortfolioSettings },
): readonly Position[] {
  const decisions: SizedDecision[] = [];
  for (const { subject, asOf, probabilities } of opinions) {
    const known = facts.get(subject);
    if (known === undefined) continue;
    const alone = { subject, asOf, probabilities, status: "resolved", quorum, conflict: agreement } as const;
    decisions.push({ subject, tilt: ruleOn(alone, known, limits).tilt, facts: known });
  }
  return sizePositions(decisions, portfolio);
}

const quorum = { needed: 1, opinions: 1, asked: 1 } as const;
const agreement = { divergence: 0 } as const;
