/** The median of the opinions: the middle probability of each outcome, whatever the others say. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import type { Policy } from "../policy.ts";
import { type CutOf, combineMiddlePoints, combineMiddles } from "./trimmed-mean.ts";

/** All but the middle one, or the middle two. */
const cutOf: CutOf = (count) => Math.floor((count - 1) / 2);

/**
 * Outcome by outcome (not on the cumulative distribution), the mean of the middle two for an even number of agents; the
 * medians are then scaled to a sum of 1, and where all are 0 (agents certain of different outcomes) it is the plain mean.
 * Weights are equal. A pool that is not linear: for contributions see `sharePool`. Points: their median. No settings.
 * Source: Galton 1907, "Vox populi", Nature 75; for probabilities, Jose and Winkler 2008, "Simple robust averages of
 * forecasts: some empirical results", International Journal of Forecasting 24(1), where it is the trimmed mean's extreme.
 */
export const median: Policy = {
  name: "median",
  version: "1.0.0",
  description: "The middle one of the agents' probabilities for each outcome, scaled to a sum of 1.",
  source: "Galton 1907, Vox populi, Nature 75, 450-451",
  kind: "fixed",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return {
      settings: {},
      combine: (input) => combineMiddles(input, cutOf),
      combinePoints: (input) => combineMiddlePoints(input, cutOf),
    };
  },
};
