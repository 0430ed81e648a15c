/** How often each outcome has followed, whatever anybody said: what a view must be held against to mean anything. */
import { defineFunction, type MarketView, tradingDate } from "@mycroft/sdk";
import { z } from "zod";
import { calibrate, type ScoreMethod } from "../calibration.ts";
import { outcomes } from "../outcome.ts";

/** Null when too few outcomes were known by then. */
export const baseRateSchema = z
  .strictObject({
    outcomes: z.array(z.string()),
    probabilities: z.array(z.number()),
    /** How many outcomes were known. */
    cases: z.number().int(),
  })
  .nullable();
export type BaseRate = z.infer<typeof baseRateSchema>;

/** A method that tells no two cases apart: what its scores are followed by is what follows at all. */
const sameForAll: ScoreMethod = { key: "base-rate@1", score: () => 0, edges: [] };

/**
 * The frequencies of the outcomes of all companies over that horizon that were known at the end of `asOf`, counted and
 * drawn towards one third as `calibrate` does.
 */
export const baseRate = defineFunction({
  name: "base-rate",
  version: "1",
  description: "How often each outcome has followed in the past, over all companies",
  pure: false,
  input: z.strictObject({ asOf: tradingDate, horizonDays: z.number().int().min(1).max(3_660) }),
  output: baseRateSchema,
  run: ({ asOf, horizonDays }, { market }) => {
    return market === null ? null : baseRateAt(market.at(asOf), horizonDays);
  },
});

/** The base rates themselves, as known at the end of the view's day. */
export function baseRateAt(view: MarketView, horizonDays: number): BaseRate {
  const calibrated = calibrate(view, sameForAll, 0, horizonDays);
  if (calibrated === null) return null;
  const { probabilities, cases } = calibrated;
  return { outcomes: [...outcomes], probabilities: [...probabilities], cases };
}
