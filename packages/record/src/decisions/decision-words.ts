/** A decision in words: what the ensemble explains of the resolution, then the risk limits, the position and the evidence. */
import { explain } from "@mycroft/ensemble";
import type { Decision, Position } from "@mycroft/investing";
import { percent } from "./number-words.ts";
import type { AgentEvidence, SubjectDecision } from "./subject-decision.ts";
import { departureText, usualText } from "./usual-words.ts";

export interface WordedSection {
  readonly title: string;
  readonly sentences: readonly string[];
}

export interface WordedDecision {
  readonly headline: string;
  readonly sections: readonly WordedSection[];
}

/** Which rule of the portfolio did what, for those who have not read its source. */
const ruleMeanings: Readonly<Record<Position["adjustments"][number]["rule"], string>> = {
  "long-only": "short positions are not taken",
  "max-weight": "one company may have no more",
  sum: "all weights were scaled down alike, since together they may come to 100% at most",
};

/** All that the record says of it. */
export function wordDecision({
  resolution,
  decision,
  position,
  evidence,
  usual,
}: SubjectDecision): WordedDecision {
  const { headline, sections } = explain(resolution);
  const background = {
    title: "What is usual",
    sentences: usual === null ? [] : [usualText(usual), departureText(resolution, usual)],
  };
  const more = [
    { title: "What the risk limits did", sentences: decision === null ? [] : limitSentences(decision) },
    { title: "The position", sentences: position === null ? [] : positionSentences(position) },
    { title: "What the opinions rest on", sentences: evidence.map(evidenceSentence) },
  ];
  const all = [background, ...sections, ...more];
  return { headline, sections: all.filter(({ sentences }) => sentences.length > 0) };
}

/** Detail. */
const leftOutBriefly = ["What each one contributes", "Who dissents", "What the opinions rest on"];

/** The part of it that says why: what was said, where it conflicts, what each weighs, and what followed. */
export function wordBriefly(one: SubjectDecision): WordedDecision {
  const { headline, sections } = wordDecision(one);
  return { headline, sections: sections.filter(({ title }) => !leftOutBriefly.includes(title)) };
}

function limitSentences({ rulings, tilt, status }: Decision): readonly string[] {
  if (rulings.length === 0) return [`None of them was reached: the tilt of ${tilt.toFixed(2)} stands.`];
  return rulings.map(({ rule, action, reason }) => {
    const what =
      status === "noView" ? "leaves no view" : action === "veto" ? "forbids a position" : "clamps the tilt";
    return `The limit ${rule} ${what}. ${reason}`;
  });
}

function positionSentences({ weight, tilt, annualVolatility, adjustments }: Position): readonly string[] {
  const risk =
    annualVolatility === null
      ? "an unknown volatility"
      : `a volatility of ${percent(annualVolatility)} a year`;
  const size = `Its weight is ${percent(weight)} of the capital, from a tilt of ${tilt.toFixed(2)} and ${risk}.`;
  const changes = adjustments.map(
    ({ rule, from, to }) =>
      `The rule ${rule} changed the weight from ${percent(from)} to ${percent(to)}: ${ruleMeanings[rule]}.`,
  );
  return [size, ...changes];
}

/** Most agents rest everything on one day of one source, which is then said once. */
function evidenceSentence({ agent, facts }: AgentEvidence): string {
  if (facts.length === 0) return `${agent} named no facts.`;
  const byOrigin = Map.groupBy(facts, ({ date, source }) => `${date}, from ${source}`);
  const groups = Array.from(byOrigin, ([origin, members]) => {
    const named = members.map(({ name, value }) => `${name} ${valueText(value)}`);
    return `${named.join(", ")}; as of ${origin}`;
  });
  return `${agent}: ${groups.join(". ")}.`;
}

function valueText(value: number | string | boolean): string {
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(5)));
}
