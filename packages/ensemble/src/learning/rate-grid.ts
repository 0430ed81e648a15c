/**
 * Tuning by hedging: one rule is run at each of several settings, and AdaHedge weighs the runs. Only what each run would
 * have gained is needed, and for linear losses that follows from the mixture's regrets.
 */
import { hedgingCost, rateOf, weighAtRate } from "./ada-hedge.ts";

/** The memory that a tuned rule gives to the weighing of its runs. */
export interface HedgedRuns {
  /** What each run has gained on the mixture so far. */
  readonly gains: Float64Array;
  gap: number;
}

/** The weights of the runs, with a sum of one, written into `into`. */
export function weighRuns({ gains, gap }: HedgedRuns, into: Float64Array): void {
  weighAtRate(gains, rateOf(gains.length, gap), into);
}

/** `gained[j]` is what run j gained on the mixture in this round: its weights times the regrets. */
export function learnOfRuns(runs: HedgedRuns, gained: Float64Array): void {
  runs.gap += hedgingCost(runs.gains, gained, rateOf(runs.gains.length, runs.gap));
  for (let j = 0; j < gained.length; j += 1) runs.gains[j] = (runs.gains[j] ?? 0) + (gained[j] ?? 0);
}

/** The mean size of the regrets: the unit of a tuned rule is that of the first round in which it is not 0. */
export function meanSize(regrets: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < regrets.length; k += 1) sum += Math.abs(regrets[k] ?? 0);
  return sum / regrets.length;
}
