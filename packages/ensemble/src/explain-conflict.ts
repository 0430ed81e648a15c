/** The conflict of a resolution in words: how strong, of which kind, and who is on which side. */
import { type AnalyticalConflict, notableDivergence } from "./conflict/analytical-conflict.ts";
import type { Conflict, ConflictFinding } from "./conflict/conflict.ts";
import type { Claim, FactualConflict } from "./conflict/factual-conflict.ts";
import type { FreshnessConflict } from "./conflict/freshness-conflict.ts";
import type { MissingViews } from "./conflict/missing-views.ts";
import { count, decimal, listed, percent } from "./phrases.ts";

/** Half the agents with 60% on down and 20% on up, and half the other way round, come to 0.095. */
const highDivergence = 0.08;

/** `moderate (0.057 of 1)`: a word for the eye, which no rule reads, and the divergence. */
export function spellDivergence(divergence: number): string {
  const strength = divergence < highDivergence ? "moderate" : "high";
  return `${divergence < notableDivergence ? "low" : strength} (${decimal(divergence, 3)} of 1)`;
}

export function explainConflict(conflict: Conflict, outcomes: readonly string[]): readonly string[] {
  const findings = conflict.findings.flatMap((finding) => explainFinding(finding, outcomes));
  return [...explainMeasures(conflict), ...findings];
}

function explainMeasures({ divergence, entropy, mass, otherSideShare, leans }: Conflict): readonly string[] {
  if (leans.length < 2) return ["Fewer than two agents gave an opinion, so there is nobody to disagree."];
  const strength = `The conflict is ${spellDivergence(divergence)}, where 0 says that all opinions are equal.`;
  const sides =
    otherSideShare === 0
      ? "No two agents lean to opposite sides."
      : `${percent(otherSideShare)} of the agents stand on the smaller of the two sides.`;
  if (entropy === null) return [strength, sides];
  const doubt = `The agents' own doubt is ${decimal(entropy.mean, 3)} on average and that of their equal mix ${decimal(entropy.pool, 3)}, where 0 is certain and 1 knows nothing; the difference is the conflict.`;
  if (mass === null) return [strength, sides, doubt];
  const clash = `As evidence, two opinions contradict each other to ${percent(mass.pairwise)} on average, where doubt alone would make it ${percent(mass.own)}; all together to ${percent(mass.all)}.`;
  return [strength, sides, doubt, clash];
}

/** One finding; `outcomes` name the lower and, last, the upper end of the scale. */
export function explainFinding(finding: ConflictFinding, outcomes: readonly string[]): readonly string[] {
  switch (finding.kind) {
    case "analytical":
      return explainAnalytical(finding, outcomes);
    case "factual":
      return [explainFactual(finding)];
    case "freshness":
      return explainFreshness(finding);
    case "missing":
      return [explainMissing(finding)];
  }
}

function explainAnalytical(finding: AnalyticalConflict, outcomes: readonly string[]): readonly string[] {
  const { lower, middle, upper } = finding.sides;
  const parts = [
    ...(upper.length > 0 ? [`${listed(upper)} towards ${outcomes.at(-1)}`] : []),
    ...(lower.length > 0 ? [`${listed(lower)} towards ${outcomes[0]}`] : []),
    ...(middle.length > 0 ? [`${listed(middle)} to neither side`] : []),
  ];
  const sides = `Analytical: the agents judge differently. They lean: ${parts.join("; ")}.`;
  if (finding.sharedFacts.length === 0) return [sides];
  const facts = listed(finding.sharedFacts.map(({ fact, date }) => `${fact} of ${date}`));
  return [sides, `They read the same facts differently: ${facts}.`];
}

function explainFactual({ fact, date, claims }: FactualConflict): string {
  return `Factual: for ${fact} of ${date} the agents cite different values: ${claims.map(spellClaim).join("; ")}.`;
}

function spellClaim({ value, citedBy }: Claim): string {
  const sources = listed([...new Set(citedBy.map((citation) => citation.source))]);
  const agents = listed([...new Set(citedBy.map((citation) => citation.agent))]);
  return `${value} by ${agents} (from ${sources})`;
}

function explainFreshness({ spreadDays, sides, unstated }: FreshnessConflict): readonly string[] {
  const ages = sides.map(
    ({ agents, dataAsOf, ageDays }) => `${listed(agents)} up to ${dataAsOf} (${count(ageDays, "day")} old)`,
  );
  const found = `Freshness: the agents' newest data are ${count(spreadDays, "day")} apart: ${ages.join("; ")}.`;
  if (unstated.length === 0) return [found];
  return [found, `${listed(unstated)} did not say how new the data is.`];
}

function explainMissing({ abstained, asked, opinions, quorum, quorumMet }: MissingViews): string {
  const need = quorumMet ? `${quorum} needed` : `${quorum} needed, so the quorum is not met`;
  const who = abstained.length === 0 ? "" : ` ${listed(abstained.map(({ agent }) => agent))} abstained.`;
  return `Missing: ${opinions} of ${count(asked, "agent")} gave an opinion (${need}).${who}`;
}
