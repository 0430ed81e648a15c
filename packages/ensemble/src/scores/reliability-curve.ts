/** Reliability: of the times that something was given a probability of 70%, how often it came true. */
import { sumInOrder } from "../distribution.ts";
import { placeOf, readNumber, rejection } from "../json-reader.ts";
import { checkForecastCases, type ScoredForecast } from "./forecast-cases.ts";

export interface ReliabilityOptions {
  /** How many bins at most: 1 to 1,000, 10 unless given. Empty ones are left out. */
  readonly bins?: number;
  /** `width` (unless given): bins of equal width from 0 to 1. `count`: bins of as equal a number of forecasts as ties allow. */
  readonly binning?: "width" | "count";
  /**
   * `each` (unless given): every outcome of every forecast is a forecast of its own, K for each. `highest`: the most
   * probable outcome only (the first of equals), which is "confidence" calibration. A number: that outcome alone.
   */
  readonly outcome?: "each" | "highest" | number;
}

export type ReliabilityBin = {
  /** The least and the largest probability in the bin that the binning allows (`width`) or that were there (`count`). */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** What was said on average, and how often it came true: equal when calibrated. */
  readonly meanForecast: number;
  readonly observedShare: number;
};

export type ReliabilityCurve = {
  /** In order of probability; none is empty. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: the mean of |said - came true| over the forecasts, bin by bin; 0 to 1. */
  readonly expectedError: number;
  /** The largest such gap in any bin; 0 to 1. */
  readonly largestError: number;
};

interface Pair {
  readonly said: number;
  readonly came: number;
}

/**
 * Source: Murphy and Winkler 1977, "Reliability of subjective probability forecasts of precipitation and temperature",
 * Applied Statistics 26(1); the expected calibration error is that of Naeini, Cooper and Hauskrecht 2015, "Obtaining well
 * calibrated probabilities using Bayesian binning", AAAI. It depends on the bins, and is above 0 for calibrated forecasts
 * too when they are few: compare like with like.
 * @throws {MycroftError} ENSEMBLE_EMPTY without cases; OPINION_INVALID or OPINION_DIMENSION for a bad one; INPUT_INVALID for
 *   an option out of range.
 */
export function reliabilityCurve(
  cases: readonly ScoredForecast[],
  options: ReliabilityOptions = {},
): ReliabilityCurve {
  const { bins = 10, binning = "width", outcome = "each" } = options;
  readNumber(bins, placeOf("bins"), { min: 1, max: 1_000, integer: true });
  const pairs = pairsOf(checkForecastCases(cases), outcome);
  const groups = groupsOf(pairs, binning, bins);
  const found = groups.map(({ from, to, pairs: members }): ReliabilityBin => {
    const count = members.length;
    const meanForecast = Math.min(to, Math.max(from, sumInOrder(members.map(({ said }) => said)) / count));
    return {
      from,
      to,
      count,
      meanForecast,
      observedShare: sumInOrder(members.map(({ came }) => came)) / count,
    };
  });
  const gaps = found.map(({ count, meanForecast, observedShare }) => ({
    gap: Math.abs(meanForecast - observedShare),
    count,
  }));
  return {
    bins: found,
    expectedError: sumInOrder(gaps.map(({ gap, count }) => (gap * count) / pairs.length)),
    largestError: Math.max(...gaps.map(({ gap }) => gap)),
  };
}

function pairsOf(cases: readonly ScoredForecast[], outcome: "each" | "highest" | number): Pair[] {
  const size = cases[0]?.probabilities.length ?? 0;
  if (typeof outcome === "number") {
    readNumber(outcome, placeOf("outcome"), { min: 0, max: size - 1, integer: true });
  } else if (outcome !== "each" && outcome !== "highest") {
    throw rejection(
      "INPUT_INVALID",
      placeOf("outcome"),
      outcome,
      '"each", "highest" or the number of an outcome',
    );
  }
  return cases.flatMap(({ probabilities, observed }) => {
    const at = (k: number): Pair => ({ said: Math.min(1, probabilities[k] ?? 0), came: observed[k] ?? 0 });
    if (outcome === "each") return probabilities.map((_, k) => at(k));
    return [at(outcome === "highest" ? probabilities.indexOf(Math.max(...probabilities)) : outcome)];
  });
}

interface Group {
  readonly from: number;
  readonly to: number;
  readonly pairs: readonly Pair[];
}

function groupsOf(pairs: readonly Pair[], binning: "width" | "count", bins: number): readonly Group[] {
  // By what came true as well, so that the sums do not depend on the order in which cases are given.
  const inOrder = pairs.toSorted((a, b) => a.said - b.said || a.came - b.came);
  switch (binning) {
    case "width":
      return groupsOfWidth(inOrder, bins);
    case "count":
      return groupsOfCount(inOrder, bins);
    default:
      throw rejection("INPUT_INVALID", placeOf("binning"), binning, '"width" or "count"');
  }
}

/** A probability on an edge belongs to the bin above it; 1 to the last. */
function groupsOfWidth(inOrder: readonly Pair[], bins: number): readonly Group[] {
  const members = Array.from({ length: bins }, (): Pair[] => []);
  for (const pair of inOrder) {
    let bin = Math.min(bins - 1, Math.floor(pair.said * bins));
    // The product may round across an edge that the quotient does not.
    if (bin > 0 && pair.said < bin / bins) bin -= 1;
    else if (bin < bins - 1 && pair.said >= (bin + 1) / bins) bin += 1;
    members[bin]?.push(pair);
  }
  return members.flatMap((own, bin) =>
    own.length === 0 ? [] : [{ from: bin / bins, to: (bin + 1) / bins, pairs: own }],
  );
}

/** Equal probabilities are never parted: the bin that begins them takes them all. */
function groupsOfCount(inOrder: readonly Pair[], bins: number): readonly Group[] {
  const groups: Group[] = [];
  let start = 0;
  for (let bin = 1; bin <= bins && start < inOrder.length; bin += 1) {
    let end = bin === bins ? inOrder.length : Math.round((bin * inOrder.length) / bins);
    if (end <= start) continue;
    while (end < inOrder.length && inOrder[end]?.said === inOrder[end - 1]?.said) end += 1;
    const own = inOrder.slice(start, end);
    groups.push({ from: own[0]?.said ?? 0, to: own.at(-1)?.said ?? 0, pairs: own });
    start = end;
  }
  return groups;
}
