/**
 * The resolution of a decision, as the record has it. It was written by the version of the ensemble that ran then, so a part
 * that this page shows may be missing; it is then as empty as if nothing had been found.
 */
import type { Resolution } from "@mycroft/ensemble";
import type { DecisionDetail } from "@mycroft/protocol";

const without = {
  opinions: [],
  abstentions: [],
  weights: [],
  contributions: [],
  dissent: [],
  quorum: { needed: 1, opinions: 0, asked: 0 },
} as const;

const noConflict = {
  divergence: 0,
  entropy: null,
  otherSideShare: 0,
  mass: null,
  leans: [],
  pairwise: null,
  findings: [],
} as const;

export function readResolution({ resolution, summary }: DecisionDetail): Resolution {
  const { subject, asOf, horizonDays, outcomes, policy } = summary;
  const basis = { subject, asOf, horizonDays, outcomes, policy: { name: policy, version: "", settings: {} } };
  const recorded = resolution as Partial<Resolution>;
  const conflict = { ...noConflict, ...recorded.conflict };
  return { ...without, ...basis, ...recorded, conflict } as Resolution;
}
