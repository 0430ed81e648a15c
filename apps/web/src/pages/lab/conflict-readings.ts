/** The measures of conflict in words: what each one's value says, what it means, and where it comes from. */
import type { Conflict, ConflictFinding } from "@mycroft/ensemble";

export interface ConflictReading {
  readonly name: string;
  /** Null where there is nothing to measure. */
  readonly value: number | null;
  /** The most that it can be. */
  readonly most: number;
  readonly meaning: string;
  readonly source: string;
}

export function readConflict({
  divergence,
  entropy,
  otherSideShare,
  mass,
}: Conflict): readonly ConflictReading[] {
  return [
    {
      name: "Divergence",
      value: divergence,
      most: 1,
      meaning: `${sizeOf(divergence)} What the agents' disagreement adds to their own doubt: 0 when all say the same, 1 when each is certain of another outcome.`,
      source: "Jensen-Shannon divergence: Lin 1991, IEEE Transactions on Information Theory 37(1)",
    },
    {
      name: "Doubt of the mean",
      value: entropy?.pool ?? null,
      most: 1,
      meaning:
        "How undecided the plain mean of all opinions is: 0 is certain, 1 says that all outcomes are alike.",
      source: "Shannon 1948, Bell System Technical Journal 27",
    },
    {
      name: "Doubt of each",
      value: entropy?.mean ?? null,
      most: 1,
      meaning:
        "How undecided the agents are by themselves, on average. The doubt of the mean less this is the divergence.",
      source: "Shannon 1948, Bell System Technical Journal 27",
    },
    {
      name: "Other side's share",
      value: otherSideShare,
      most: 0.5,
      meaning: "The share of the agents that lean to the smaller of the two sides: half is an even split.",
      source: "A count; a lean is a tilt of 5 points or more",
    },
    {
      name: "Conflict mass, in pairs",
      value: mass?.pairwise ?? null,
      most: 1,
      meaning: `The chance that two agents who each draw an outcome from their opinion draw different ones. Doubt alone makes ${figure(mass?.own ?? null)} of it; the rest is disagreement.`,
      source: "Shafer 1976, A mathematical theory of evidence; Osswald and Martin 2006, FUSION",
    },
    {
      name: "Conflict mass, all",
      value: mass?.all ?? null,
      most: 1,
      meaning:
        "The same for all agents at once: what evidence theory calls impossible. It grows with every agent that is added.",
      source: "Shafer 1976, A mathematical theory of evidence, chapter 3",
    },
  ];
}

/** A divergence of 0.02 is where the ensemble begins to speak of a conflict. */
function sizeOf(divergence: number): string {
  if (divergence < 0.02) return "Next to none.";
  if (divergence < 0.1) return "Noticeable.";
  return divergence < 0.3 ? "Large." : "Very large.";
}

function figure(value: number | null): string {
  return value === null ? "none" : value.toFixed(2);
}

const kinds: Readonly<Record<ConflictFinding["kind"], string>> = {
  analytical: "They judge differently",
  factual: "They state different facts",
  freshness: "Their data is of different age",
  missing: "Views are missing",
};

export interface FindingText {
  readonly kind: ConflictFinding["kind"];
  readonly title: string;
  /** Names and values in it are the agents' own words. */
  readonly lines: readonly string[];
}

export function describeFinding(finding: ConflictFinding): FindingText {
  return { kind: finding.kind, title: kinds[finding.kind], lines: linesOf(finding) };
}

function linesOf(finding: ConflictFinding): readonly string[] {
  switch (finding.kind) {
    case "analytical": {
      const { lower, middle, upper } = finding.sides;
      return [
        `Lower: ${listed(lower)}. Neither: ${listed(middle)}. Upper: ${listed(upper)}.`,
        ...finding.sharedFacts.map(
          ({ fact, date }) => `Both sides cite ${fact} of ${date}, with the same value.`,
        ),
      ];
    }
    case "factual":
      return [
        `${finding.fact} of ${finding.date}:`,
        ...finding.claims.map(
          ({ value, citedBy }) =>
            `${String(value)}, say ${listed(citedBy.map(({ agent, source }) => `${agent} (${source})`))}`,
        ),
      ];
    case "freshness":
      return [
        ...finding.sides.map(
          ({ dataAsOf, ageDays, agents }) =>
            `Data up to ${dataAsOf} (${ageDays} days old): ${listed(agents)}.`,
        ),
        ...(finding.unstated.length === 0 ? [] : [`Not stated: ${listed(finding.unstated)}.`]),
      ];
    case "missing":
      return [
        `${finding.opinions} of ${finding.asked} gave an opinion; ${finding.quorum} ${finding.quorum === 1 ? "is" : "are"} needed.`,
        ...finding.abstained.map(({ agent, reason }) => `${agent}: ${reason}`),
      ];
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "nobody" : names.join(", ");
}
