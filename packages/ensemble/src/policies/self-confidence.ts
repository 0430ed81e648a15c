/** Weights by self-reported confidence, a baseline: who sounds surer counts more. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import type { Opinion } from "../opinion.ts";
import { type Policy, poolLinearly, type RawWeight } from "../policy.ts";

/**
 * The mean of the opinions, each weighted by the confidence that its agent states. Where one or more state none, all are
 * weighted by their highest probability instead, so that all are measured alike; where all state 0, equally. Nothing
 * holds an agent to its confidence, so this is there to be compared with. No settings.
 * Source: Bates and Granger 1969, "The combination of forecasts", Operational Research Quarterly 20(4), with claimed in
 * place of proven precision.
 */
export const selfConfidence: Policy = {
  name: "self-confidence",
  version: "1.0.0",
  description: "Baseline: the mean of the opinions, weighted by how sure each agent says it is.",
  source:
    "After Bates and Granger 1969, The combination of forecasts, Operational Research Quarterly 20(4), 451-468",
  kind: "baseline",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, combine: ({ opinions }) => poolLinearly(opinions, weigh(opinions)) };
  },
};

function weigh(opinions: readonly Opinion[]): readonly RawWeight[] {
  const allState = opinions.every(({ confidence }) => confidence !== undefined);
  const measure = allState ? "stated" : "highestProbability";
  const confidences = opinions.map(({ confidence, probabilities }) =>
    allState ? (confidence ?? 0) : Math.max(...probabilities),
  );
  // Scaled to the largest: a sum of the tiniest numbers would be too coarse to divide by.
  const largest = Math.max(...confidences);
  return confidences.map((confidence) => ({
    raw: largest === 0 ? 1 : confidence / largest,
    reason: { type: "confidence", measure, confidence },
  }));
}
