/** What an evaluation finds, as plain JSON: every agent and policy, and what the differences between them are worth. */
import type { ReliabilityCurve } from "@mycroft/ensemble";
import type { Interval } from "./statistics/stationary-bootstrap.ts";
import type { ScoreName } from "./walk/score.ts";

export interface Evaluation {
  readonly settings: {
    readonly score: ScoreName;
    /** The quantile of the pinball score. */
    readonly level: number | null;
    readonly delayPeriods: number;
    readonly seed: number;
    readonly resamples: number;
    /** The mean length of the stretches of periods that are drawn anew. */
    readonly blockPeriods: number;
    /** Of the intervals; 1 less it is the level at which a difference counts as significant. */
    readonly confidence: number;
  };
  readonly kind: "distribution" | "point";
  readonly outcomes: readonly string[];
  readonly agents: readonly string[];
  readonly periods: readonly string[];
  readonly cases: number;
  /** What periods are compared with: the uniform forecast, or for points the equal pool. */
  readonly reference: "uniform" | "linear-pool";
  /** In order of rank. */
  readonly competitors: readonly Competitor[];
  /** Known only afterwards. `coversAll`: it spoke in every case; only when no agent did may another be best. */
  readonly bestAgent: { readonly name: string; readonly score: number; readonly coversAll: boolean };
  /** Known only afterwards; the true optimum lies at most `gap` below its score. */
  readonly bestMixture: {
    readonly score: number;
    readonly gap: number;
    readonly weights: readonly { readonly agent: string; readonly weight: number }[];
  };
  readonly disagreement: {
    readonly measure: "jensenShannon" | "absolute";
    readonly agents: readonly string[];
    readonly distances: readonly (readonly (number | null)[])[];
    readonly cases: number;
  } | null;
  /** Policies that could not pool these forecasts, and why. */
  readonly leftOut: readonly { readonly policy: string; readonly code: string; readonly reason: string }[];
}

export interface Competitor {
  readonly name: string;
  /** A `baseline` policy is there to be compared with, not to be used; `reference` is the uniform forecast. */
  readonly kind: "agent" | "policy" | "baseline" | "reference";
  /** By the mean difference to the equal linear pool on the cases in which it spoke; equals share a rank. */
  readonly rank: number;
  /** Over the cases in which it spoke; lower is better. */
  readonly score: number;
  /** Null with fewer than two periods. */
  readonly interval: Interval | null;
  /** In how many cases it spoke. */
  readonly cases: number;
  /** Its mean score less that of the best agent (mixture) in hindsight, on the cases that both have; null without any. */
  readonly regretToBestAgent: number | null;
  readonly regretToBestMixture: number;
  readonly worstPeriod: { readonly period: string; readonly score: number };
  /** In how many of the periods in which it spoke its score was lower than the reference's on the same cases. */
  readonly betterPeriods: { readonly better: number; readonly of: number };
  /** Of the probabilities of all outcomes, in ten bins; null for points. */
  readonly calibration: ReliabilityCurve | null;
  /** For points: the mean of forecast less outcome. */
  readonly bias: number | null;
  /** Null for the equal linear pool itself. */
  readonly againstPool: Comparison | null;
  /** By period; null where it did not speak. */
  readonly periodScores: readonly (number | null)[];
  /** Of a policy: by period, then by agent. */
  readonly weights: readonly (readonly number[])[] | null;
}

export interface Comparison {
  /** Its mean score less the pool's on the same cases: below 0 it is better. */
  readonly difference: number;
  readonly interval: Interval | null;
  /** Of the Diebold-Mariano test; null where there are too few periods, or nothing that varies. */
  readonly pValue: number | null;
  /** The same after Holm's correction for all comparisons. */
  readonly correctedPValue: number | null;
  readonly isSignificant: boolean;
}
