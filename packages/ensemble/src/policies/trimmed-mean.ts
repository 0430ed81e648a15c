/** The trimmed mean: in each outcome the lowest and the highest probabilities are left out before the mean is taken. */
import { normalized, sumInOrder } from "../distribution.ts";
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import type { Part, PointInput, Policy, PolicyInput } from "../policy.ts";
import { sharedParts, sharePool, weighEqually } from "./share-pool.ts";

const defaultTrim = 0.2;

/** How many of the numbers to leave out at either end, out of how many. */
export type CutOf = (count: number) => number;

/**
 * Settings: `trim`, the share of the agents to leave out at either end, 0 to 0.45 (0.2 unless given), rounded down to whole
 * agents: with fewer than `1 / trim` of them it is the plain mean. Outcome by outcome, and scaled to a sum of 1; where
 * nothing is left in any outcome (agents certain of different ones) it is the plain mean. Weights are equal: everyone may
 * be cut here and count there. A pool that is not linear: for contributions see `sharePool`. Points: their trimmed mean.
 * Source: Jose and Winkler 2008, "Simple robust averages of forecasts: some empirical results", International Journal of
 * Forecasting 24(1).
 */
export const trimmedMean: Policy = {
  name: "trimmed-mean",
  version: "1.0.0",
  description: "The mean of the opinions without the extreme ones, outcome by outcome.",
  source:
    "Jose and Winkler 2008, Simple robust averages of forecasts: some empirical results, International Journal of Forecasting 24(1), 163-169",
  kind: "fixed",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["trim"], "POLICY_INVALID");
    const range = { min: 0, max: 0.45, code: "POLICY_INVALID" } as const;
    const trim = readNumber(fields.trim ?? defaultTrim, inside(place, "trim"), range);
    // The tiny addition keeps 0.2 of 5 agents at one agent, and 0.29 of 100 at 29.
    const cutOf: CutOf = (count) => Math.floor(trim * count + 1e-9);
    return {
      settings: { trim },
      combine: (input) => combineMiddles(input, cutOf),
      combinePoints: (input) => combineMiddlePoints(input, cutOf),
    };
  },
};

/** Pools each outcome by the mean of its middle probabilities. */
export function combineMiddles({ opinions, outcomes }: PolicyInput, cutOf: CutOf): readonly Part[] {
  const cut = cutOf(opinions.length);
  const column = (outcome: number) => opinions.map(({ probabilities }) => probabilities[outcome] ?? 0);
  const middles = outcomes.map((_, outcome) => middleMean(column(outcome), cut));
  const nothingLeft = middles.every((value) => value === 0);
  const pool = nothingLeft ? outcomes.map((_, outcome) => middleMean(column(outcome), 0)) : middles;
  return sharePool(opinions, weighEqually(opinions), normalized(pool));
}

/** Pools points by the mean of the middle ones. */
export function combineMiddlePoints({ opinions }: PointInput, cutOf: CutOf): readonly Part[] {
  const values = opinions.map(({ value }) => value);
  const pool = [middleMean(values, cutOf(values.length))];
  return sharedParts(
    values.map((value) => [value]),
    weighEqually(opinions),
    pool,
  );
}

function middleMean(values: readonly number[], cut: number): number {
  const middle = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
  return sumInOrder(middle) / middle.length;
}
