/**
 * A resolution in plain words, from the resolution alone: what the agents said, how far they conflict, what each one's
 * record is worth, and what follows. It reports; it never recommends a trade.
 */
import { explainConflict, spellDivergence } from "./explain-conflict.ts";
import type { Side } from "./lean.ts";
import { count, decimal, percent, plain, quoted, spelledOut } from "./phrases.ts";
import type { WeightReason } from "./policy.ts";
import type { AgentDissent, AgentWeight, Resolution } from "./resolution.ts";

export type ExplanationTopic =
  | "opinions"
  | "abstentions"
  | "conflict"
  | "weights"
  | "contributions"
  | "dissent"
  | "result";

export type ExplanationSection = {
  readonly topic: ExplanationTopic;
  readonly title: string;
  /** Each on one line, free of control characters. */
  readonly sentences: readonly string[];
};

export type Explanation = {
  readonly headline: string;
  /** In reading order; a topic without anything to say is left out. */
  readonly sections: readonly ExplanationSection[];
};

/** Explains a resolution as this package gives it; it is not checked again. */
export function explain(resolution: Resolution): Explanation {
  const sections = [
    section("opinions", "What the agents said", explainOpinions(resolution)),
    section("abstentions", "Who abstained", explainAbstentions(resolution)),
    section("conflict", "Where they conflict", explainConflict(resolution.conflict, resolution.outcomes)),
    section("weights", "What each one weighs, and why", explainWeights(resolution)),
    section("contributions", "What each one contributes", explainContributions(resolution)),
    section("dissent", "Who dissents", explainDissent(resolution)),
    section("result", "What follows", explainResult(resolution)),
  ];
  return {
    headline: plain(headlineOf(resolution)),
    sections: sections.filter(({ sentences }) => sentences.length > 0),
  };
}

/** The explanation as text, one sentence a line. */
export function renderExplanation({ headline, sections }: Explanation): string {
  const blocks = sections.map(({ title, sentences }) =>
    [title, ...sentences.map((sentence) => `  ${sentence}`)].join("\n"),
  );
  return `${[headline, ...blocks].join("\n\n")}\n`;
}

function section(topic: ExplanationTopic, title: string, sentences: readonly string[]): ExplanationSection {
  return { topic, title, sentences: sentences.map(plain) };
}

function headlineOf(resolution: Resolution): string {
  const { subject, asOf, horizonDays, outcomes, conflict, quorum } = resolution;
  const about = `${subject} on ${asOf}, over ${count(horizonDays, "day")}`;
  if (resolution.status === "noQuorum") {
    return `${about}: no view. ${quorum.opinions} of ${count(quorum.asked, "agent")} gave an opinion; ${quorum.needed} needed.`;
  }
  const view = spelledOut(outcomes, resolution.probabilities);
  if (quorum.opinions === 1) return `${about}: ${view}. It is one agent's opinion.`;
  return `${about}: ${view}. The conflict is ${spellDivergence(conflict.divergence)}.`;
}

function explainOpinions({ opinions, outcomes, conflict }: Resolution): readonly string[] {
  return opinions.map(({ agent, version, probabilities, rationale }, index) => {
    const side = conflict.leans[index]?.side ?? "middle";
    const said = `${spelledOut(outcomes, probabilities)}, which leans ${towards(side, outcomes)}`;
    return `${agent} (version ${version}): ${said}. ${quoted(rationale)}`;
  });
}

function towards(side: Side, outcomes: readonly string[]): string {
  switch (side) {
    case "lower":
      return `towards ${outcomes[0]}`;
    case "upper":
      return `towards ${outcomes.at(-1)}`;
    case "middle":
      return "to neither side";
  }
}

function explainAbstentions({ abstentions }: Resolution): readonly string[] {
  return abstentions.map(({ agent, version, reason, code }) => {
    const why = code === null ? quoted(reason) : `${quoted(reason)} (${code})`;
    return `${agent} (version ${version}) could not judge: ${why}`;
  });
}

function explainWeights({ policy, weights, status }: Resolution): readonly string[] {
  if (status === "noQuorum") return [];
  const heading = `The policy is ${policy.name}, version ${policy.version}. An equal share is ${percent(1 / weights.length)}.`;
  const noRecords = weights.every(({ reason }) => reason.type === "noRecord" && reason.reference === null);
  const note = noRecords ? ["No agent has a record yet, so all weigh the same."] : [];
  const inOrder = weights.toSorted((a, b) => b.weight - a.weight);
  return [heading, ...note, ...scoreNote(weights), ...inOrder.map(explainWeight)];
}

/** What the scores of records are, said once. */
function scoreNote(weights: readonly AgentWeight[]): readonly string[] {
  const known = weights.find(({ reason }) => reason.type === "record")?.reason;
  if (known?.type !== "record") return [];
  const mean = known.reference.toFixed(4);
  return [`A score is a mean ranked probability score: lower is better, and the agents' mean is ${mean}.`];
}

function explainWeight({ agent, weight, reason }: AgentWeight): string {
  return `${agent} weighs ${percent(weight)}: ${spellReason(reason)}.`;
}

function spellReason(reason: WeightReason): string {
  switch (reason.type) {
    case "equal":
      return "the policy weighs all agents alike";
    case "stated":
      return `its stated weight is ${reason.stated}, where 1 is usual`;
    case "noRecord":
      return reason.reference === null
        ? "it has no record"
        : `it has no record, so it counts as one of average score (${reason.reference.toFixed(4)})`;
    case "record":
      return spellRecord(reason);
  }
}

function spellRecord({ record, reference }: Extract<WeightReason, { readonly type: "record" }>): string {
  const difference = record.meanScore - reference;
  const size = Math.abs(difference).toFixed(4);
  const standing = difference === 0 ? "equal to" : `${size} ${difference < 0 ? "better" : "worse"} than`;
  const period = `${count(record.scored, "opinion")} from ${record.from} to ${record.to}`;
  return `its score is ${record.meanScore.toFixed(4)} over ${period}, ${standing} the mean`;
}

function explainContributions({ contributions, outcomes }: Resolution): readonly string[] {
  return contributions.map(({ agent, amounts }) => {
    const points = outcomes.map(
      (name, index) => `${(100 * (amounts[index] ?? 0)).toFixed(1)} points to ${name}`,
    );
    return `${agent} adds ${points.join(", ")}.`;
  });
}

/** A smaller distance would be written 0.00. */
const noticeableDistance = 0.005;

function explainDissent({ dissent, outcomes }: Resolution): readonly string[] {
  const against = dissent.filter(({ stance }) => stance === "against");
  const furthest = dissent[0];
  if (furthest === undefined || furthest.distance < noticeableDistance)
    return dissent.length > 1 ? ["Nobody dissents."] : [];
  const spell = ({ agent, distance, side }: AgentDissent): string =>
    `${agent} leans the other way, ${towards(side, outcomes)}, at a distance of ${decimal(distance)} of 1 from the result.`;
  const rest = `${furthest.agent} is furthest from the result, at a distance of ${decimal(furthest.distance)} of 1.`;
  return against.length > 0 ? against.map(spell) : ["No agent leans the other way.", rest];
}

function explainResult(resolution: Resolution): readonly string[] {
  const { quorum, outcomes } = resolution;
  if (resolution.status === "noQuorum") {
    const lack = `${count(quorum.needed, "opinion")} needed, ${quorum.opinions} given: the ensemble has no view, and none is made up.`;
    return [lack, "What to do without a view is for the steps after this one to say."];
  }
  const { side, tilt } = resolution.lean;
  return [
    `Together the agents lean ${towards(side, outcomes)}, with a tilt of ${decimal(tilt)} on a scale from -1 (all on ${outcomes[0]}) to 1 (all on ${outcomes.at(-1)}).`,
    "This is a forecast with its doubts, not advice; what is done with it is for the steps after this one to say.",
  ];
}
