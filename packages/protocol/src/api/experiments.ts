/** Backtests and evaluations, as the HTTP API tells them. */
import { z } from "zod";
import { calibration, day, errorFacts, hash, interval, json, moment } from "./shared-values.ts";

/** Work that goes on after its request was answered. */
export const jobState = z.object({
  status: z.enum(["running", "done", "failed", "cancelled"]),
  done: z.number().int(),
  total: z.number().int(),
  startedAt: moment,
  endedAt: moment.nullable(),
  error: errorFacts.nullable(),
});
export type JobState = z.infer<typeof jobState>;

export const backtestBody = z.strictObject({
  workflow: z.string().min(1).max(200).optional(),
  from: day.optional(),
  to: day.optional(),
  cadence: z.union([z.number().int().min(1).max(1_000), z.enum(["weekly", "monthly"])]).optional(),
  universe: z.array(z.string().min(1).max(32)).min(1).max(5_000).optional(),
  policies: z
    .array(
      z.union([
        z.string().max(100),
        z.strictObject({ policy: z.string().max(100), settings: z.record(z.string(), json) }),
      ]),
    )
    .max(50)
    .optional(),
  without: z.array(z.string().max(100)).max(50).optional(),
  costBps: z.number().min(0).max(10_000).optional(),
  slippageBps: z.number().min(0).max(10_000).optional(),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  input: z.record(z.string(), json).optional(),
});
export type BacktestBody = z.input<typeof backtestBody>;

export const backtestSummary = z.object({
  id: z.string(),
  workflow: z.string(),
  settings: json,
  dataHash: hash,
  source: z.string(),
  days: z.number().int(),
  /** Whether its last day is on record; one that is not goes on where it was when it is started again. */
  isWhole: z.boolean(),
  /** Null unless this process works, or has worked, on it, or it has failed. */
  job: jobState.nullable(),
});
export type BacktestSummary = z.infer<typeof backtestSummary>;
export const backtestList = z.object({ backtests: z.array(backtestSummary) });

export const strategyView = z.object({
  name: z.string(),
  kind: z.enum(["variant", "agent", "benchmark"]),
  totalReturn: z.number(),
  annualReturn: z.number(),
  annualVolatility: z.number(),
  sharpe: z.number().nullable(),
  sortino: z.number().nullable(),
  maxDrawdown: z.number(),
  annualTurnover: z.number(),
  costsPaid: z.number(),
  sharpeInterval: interval.nullable(),
  sharpeDifference: interval.nullable(),
  deflatedSharpe: z.number().nullable(),
  failedDays: z.number().int(),
  forecasts: z
    .object({
      cases: z.number().int(),
      rps: z.number().nullable(),
      rpsInterval: interval.nullable(),
      brier: z.number().nullable(),
      hitRate: z.number().nullable(),
      hitRateInterval: interval.nullable(),
      calibrationError: z.number().nullable(),
      reliability: z.array(z.tuple([z.number(), z.number(), z.number()])),
    })
    .nullable(),
  /** At the end of each day of `days`: at most 2,000 of them, evenly thinned, and fewer with many strategies. */
  equity: z.array(z.number()),
  /** The deepest fall from the highest equity so far, 0 to 1, since the day of `days` before. */
  drawdown: z.array(z.number()),
});
export type StrategyView = z.infer<typeof strategyView>;

export const backtestDetail = backtestSummary.extend({
  /** Null until it is whole. */
  report: z
    .object({
      decisions: z.number().int(),
      opinions: z.number().int(),
      days: z.array(day),
      periodsPerYear: z.number(),
      trials: z.number().int(),
      luckySharpe: z.number(),
      blockLength: z.number(),
      strategies: z.array(strategyView),
      limits: z.array(z.string()),
      notes: z.array(z.string()),
    })
    .nullable(),
});
export type BacktestDetail = z.infer<typeof backtestDetail>;

export const evaluationBody = z.strictObject({
  name: z.string().min(1).max(100),
  /** The text of a CSV file of forecasts, as `mycroft evaluate` reads it; or absent, to evaluate the project's agents and policies on its market data. */
  csv: z
    .string()
    .max(16 * 1024 * 1024)
    .optional(),
  score: z.enum(["rps", "log", "brier"]).optional(),
  delayPeriods: z.number().int().min(0).max(1_000).optional(),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
});
export type EvaluationBody = z.input<typeof evaluationBody>;

export const evaluationSummary = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: moment,
  agents: z.number().int(),
  cases: z.number().int(),
  periods: z.number().int(),
  best: z.string().nullable(),
  /** Null unless this process works, or has worked, on it, or it has failed. */
  job: jobState.nullable(),
});
export type EvaluationSummary = z.infer<typeof evaluationSummary>;
export const evaluationList = z.object({ evaluations: z.array(evaluationSummary) });

const competitorView = z.object({
  name: z.string(),
  kind: z.enum(["agent", "policy", "baseline", "reference"]),
  rank: z.number().int(),
  score: z.number(),
  interval: interval.nullable(),
  cases: z.number().int(),
  regretToBestAgent: z.number().nullable(),
  regretToBestMixture: z.number(),
  againstPool: z
    .object({
      difference: z.number(),
      interval: interval.nullable(),
      pValue: z.number().nullable(),
      correctedPValue: z.number().nullable(),
      isSignificant: z.boolean(),
    })
    .nullable(),
  calibration: calibration.nullable(),
  /** At the report's periods; null where it had no case. */
  periodScores: z.array(z.number().nullable()),
  /** Of a policy: the agents that weighed most, at most 12 and those first, with their weights at the report's periods. */
  weights: z.array(z.object({ agent: z.string(), values: z.array(z.number()) })).nullable(),
});
export const evaluationDetail = evaluationSummary.extend({
  /** Null until it is done. */
  report: z
    .object({
      score: z.string(),
      /** After how many further periods an outcome is known, and learned from. */
      delayPeriods: z.number().int(),
      outcomes: z.array(z.string()),
      agents: z.array(z.string()),
      /** Evenly thinned where there are more than a page can draw: the first and the last are among them. */
      periods: z.array(z.string()),
      cases: z.number().int(),
      competitors: z.array(competitorView),
      bestMixture: z.object({
        score: z.number(),
        gap: z.number(),
        weights: z.array(z.object({ agent: z.string(), weight: z.number() })),
      }),
      findings: z.array(z.object({ title: z.string(), sentences: z.array(z.string()) })),
      leftOut: z.array(z.object({ policy: z.string(), code: z.string(), reason: z.string() })),
    })
    .nullable(),
});
export type EvaluationDetail = z.infer<typeof evaluationDetail>;

export const policyList = z.object({
  policies: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      /** `learning` policies weigh by the agents' records; a `baseline` is there to be compared with, not to be used. */
      kind: z.enum(["fixed", "learning", "baseline"]),
      /** Of the project, not of those that come with Mycroft. */
      isOwn: z.boolean(),
    }),
  ),
});

export const backtestDayParams = z.object({
  id: z.string().min(1).max(200),
  date: day,
  symbol: z.string().min(1).max(32),
});
export const backtestDay = z.object({
  date: day,
  symbol: z.string(),
  variants: z.array(
    z.object({
      name: z.string(),
      /** Whether it is the recorded decision; null for a day that is not on record yet. */
      agrees: z.boolean().nullable(),
      headline: z.string(),
      sections: z.array(z.object({ title: z.string(), sentences: z.array(z.string()) })),
      resolution: json,
    }),
  ),
});
export type BacktestDay = z.infer<typeof backtestDay>;
