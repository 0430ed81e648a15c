/** A resolution of point forecasts in plain words; the counterpart of `explain`. It reports; it never recommends a trade. */
import { type Explanation, explainAbstentions, section } from "../explain.ts";
import { explainFinding } from "../explain-conflict.ts";
import { explainWeights } from "../explain-weights.ts";
import type { Side } from "../lean.ts";
import { count, percent, plain, quoted } from "../phrases.ts";
import type { PointResolution } from "./point-resolution.ts";

/** Explains a resolution as `resolvePoints` gives it; it is not checked again. For `renderExplanation`, too. */
export function explainPoints(resolution: PointResolution): Explanation {
  const sections = [
    section("opinions", "What the agents said", explainPointOpinions(resolution)),
    section("abstentions", "Who abstained", explainAbstentions(resolution)),
    section("conflict", "Where they conflict", explainSpread(resolution)),
    section(
      "weights",
      "What each one weighs, and why",
      resolution.status === "noQuorum" ? [] : explainWeights(resolution),
    ),
    section("contributions", "What each one contributes", explainAmounts(resolution)),
    section("dissent", "Who dissents", explainDistances(resolution)),
    section("result", "What follows", explainValue(resolution)),
  ];
  return {
    headline: plain(headlineOf(resolution)),
    sections: sections.filter(({ sentences }) => sentences.length > 0),
  };
}

/** `12.5 USD`, to six significant digits. */
function inUnit(value: number, { unit }: PointResolution): string {
  const number = String(Number(value.toPrecision(6)));
  return unit === null ? number : `${number} ${unit}`;
}

function headlineOf(resolution: PointResolution): string {
  const { subject, asOf, horizonDays, quorum, conflict } = resolution;
  const about = `${subject} on ${asOf}, over ${count(horizonDays, "day")}`;
  if (resolution.status === "noQuorum") {
    return `${about}: no value. ${quorum.opinions} of ${count(quorum.asked, "agent")} gave one; ${quorum.needed} needed.`;
  }
  const value = inUnit(resolution.value, resolution);
  if (quorum.opinions === 1) return `${about}: ${value}. It is one agent's forecast.`;
  return `${about}: ${value}. The forecasts spread by ${inUnit(conflict.standardDeviation, resolution)} (standard deviation).`;
}

function explainPointOpinions(resolution: PointResolution): readonly string[] {
  return resolution.opinions.map(({ agent, version, value, rationale }) => {
    return `${agent} (version ${version}): ${inUnit(value, resolution)}. ${quoted(rationale)}`;
  });
}

function explainSpread(resolution: PointResolution): readonly string[] {
  const { conflict, quorum } = resolution;
  const { standardDeviation, range, medianAbsoluteDeviation, reference, otherSideShare } = conflict;
  const ends = [`less than ${inUnit(reference, resolution)}`, `more than ${inUnit(reference, resolution)}`];
  const findings = conflict.findings.flatMap((finding) => explainFinding(finding, ends));
  if (quorum.opinions < 2)
    return ["Fewer than two agents gave a forecast, so there is nobody to disagree.", ...findings];
  const spread = `The forecasts are ${inUnit(range, resolution)} apart from the lowest to the highest; their standard deviation is ${inUnit(standardDeviation, resolution)}, and their median distance from the median ${inUnit(medianAbsoluteDeviation, resolution)}.`;
  const sides =
    otherSideShare === 0
      ? `No two agents are on opposite sides of ${inUnit(reference, resolution)}.`
      : `${percent(otherSideShare)} of the agents are on the smaller side of ${inUnit(reference, resolution)}.`;
  return [spread, sides, ...findings];
}

function explainAmounts(resolution: PointResolution): readonly string[] {
  return resolution.contributions.map(({ agent, amount }) => `${agent} adds ${inUnit(amount, resolution)}.`);
}

function explainDistances(resolution: PointResolution): readonly string[] {
  const { dissent, conflict } = resolution;
  const furthest = dissent[0];
  if (furthest === undefined || dissent.length < 2) return [];
  if (furthest.distance === 0) return ["Nobody dissents."];
  const against = dissent.filter(({ stance }) => stance === "against");
  const reference = inUnit(conflict.reference, resolution);
  if (against.length === 0) {
    return [`${furthest.agent} is furthest from the result, ${inUnit(furthest.distance, resolution)} away.`];
  }
  return against.map(
    ({ agent, distance }) =>
      `${agent} is on the other side of ${reference}, ${inUnit(distance, resolution)} away from the result.`,
  );
}

const wordsOfSides: Readonly<Record<Side, string>> = { lower: "below", middle: "at", upper: "above" };

function explainValue(resolution: PointResolution): readonly string[] {
  const { quorum, conflict } = resolution;
  if (resolution.status === "noQuorum") {
    return [
      `${count(quorum.needed, "forecast")} needed, ${quorum.opinions} given: the ensemble has no value, and none is made up.`,
    ];
  }
  const place = `${wordsOfSides[resolution.side]} ${inUnit(conflict.reference, resolution)}`;
  return [
    `Together the agents expect ${inUnit(resolution.value, resolution)}, which is ${place}.`,
    "This is a forecast, not advice; what is done with it is for the steps after this one to say.",
  ];
}
