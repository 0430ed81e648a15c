/**
 * A resolution in plain words, from the resolution alone: what the agents said, how far they conflict, what each one's
 * record is worth, and what follows. It reports; it never recommends a trade.
 */
import { explainConflict, spellDivergence } from "./explain-conflict.ts";
import { explainDrifts } from "./explain-drifts.ts";
import { explainGuardrails } from "./explain-guardrails.ts";
import { explainWeights } from "./explain-weights.ts";
import type { Side } from "./lean.ts";
import { count, decimal, plain, quoted, spelledOut } from "./phrases.ts";
import type { AgentDissent, Resolution } from "./resolution.ts";

export type ExplanationTopic =
  | "opinions"
  | "abstentions"
  | "conflict"
  | "weights"
  | "drift"
  | "contributions"
  | "dissent"
  | "guardrails"
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
    section(
      "weights",
      "What each one weighs, and why",
      resolution.status === "noQuorum" ? [] : explainWeights(resolution),
    ),
    section("drift", "Whose record is changing", explainDrifts(resolution)),
    section("contributions", "What each one contributes", explainContributions(resolution)),
    section("dissent", "Who dissents", explainDissent(resolution)),
    section("guardrails", "What the guardrails did", explainGuardrails(resolution)),
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

export function section(
  topic: ExplanationTopic,
  title: string,
  sentences: readonly string[],
): ExplanationSection {
  return { topic, title, sentences: sentences.map(plain) };
}

function headlineOf(resolution: Resolution): string {
  const { subject, asOf, horizonDays, outcomes, conflict, quorum } = resolution;
  const about = `${subject} on ${asOf}, over ${count(horizonDays, "day")}`;
  if (resolution.status === "noQuorum") {
    return `${about}: no view. ${quorum.opinions} of ${count(quorum.asked, "agent")} gave an opinion; ${quorum.needed} needed.`;
  }
  if (resolution.status === "withheld") return `${about}: no view. A guardrail withholds it.`;
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

export function explainAbstentions({ abstentions }: Pick<Resolution, "abstentions">): readonly string[] {
  return abstentions.map(({ agent, version, reason, code }) => {
    const why = code === null ? quoted(reason) : `${quoted(reason)} (${code})`;
    return `${agent} (version ${version}) could not judge: ${why}`;
  });
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
  if (resolution.status === "withheld") {
    return [
      "A guardrail withholds the view; what the policy had made of the opinions is in the contributions.",
      "What to do without a view is for the steps after this one to say.",
    ];
  }
  const { side, tilt } = resolution.lean;
  return [
    `Together the agents lean ${towards(side, outcomes)}, with a tilt of ${decimal(tilt)} on a scale from -1 (all on ${outcomes[0]}) to 1 (all on ${outcomes.at(-1)}).`,
    "This is a forecast with its doubts, not advice; what is done with it is for the steps after this one to say.",
  ];
}
