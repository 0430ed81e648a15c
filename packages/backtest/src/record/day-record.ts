/** What a backtest keeps of a day: enough to compute every figure again, and to check that the day can be replayed. */
import { z } from "zod";

/** Weights by company; those that are 0 are left out. */
const weights = z.record(z.string(), z.number());

/** What forecasts of one day came to, added up over the companies whose outcome is known by the end of the backtest. */
const dayScore = z.strictObject({
  cases: z.number().int(),
  rps: z.number(),
  brier: z.number(),
  /** Forecasts that lean to one side, and how many of them leaned to the right one. */
  leaning: z.number().int(),
  right: z.number().int(),
  /** For each bin of the highest probability (see `scoreBins`) that is not empty: bin, cases, sum of it, times it was right. */
  bins: z.array(z.tuple([z.number().int(), z.number().int(), z.number(), z.number().int()])),
});
export type DayScore = z.infer<typeof dayScore>;

const dayStrategy = z.strictObject({ weights, score: dayScore });
export type DayStrategy = z.infer<typeof dayStrategy>;

const dayVariant = z.strictObject({
  /** The decision hash: that of the run's result. */
  hash: z.string(),
  /** Null when the run did not come to a portfolio: positions stay as they were. */
  weights: weights.nullable(),
  score: dayScore,
  /** The code with which the run failed. */
  failure: z.string().optional(),
});
export type DayVariant = z.infer<typeof dayVariant>;

export const dayRecordSchema = z.strictObject({
  date: z.string(),
  companies: z.number().int(),
  /** Opinions that agents gave, abstentions aside. */
  opinions: z.number().int(),
  /** In the order of the backtest's variants. */
  variants: z.array(dayVariant),
  /** By agent: its opinions alone, under the same limits and portfolio rule. */
  alone: z.record(z.string(), dayStrategy),
});
export type DayRecord = z.infer<typeof dayRecordSchema>;

/** Bins of equal width over the highest probability, from 0 to 1. */
export const scoreBins = 20;
