/**
 * From a resolution to a decision: the guardrails around whatever the agents and the policy said. Every veto and
 * clamp is recorded with its rule, the value before and after, and the limit.
 */
import { MycroftError } from "@mycroft/errors";
import { defineFunction, resolutionSchema, symbol, tradingDate } from "@mycroft/sdk";
import { z } from "zod";
import { dayOf } from "../calendar-day.ts";
import { maxPriceAgeDays } from "../outcome.ts";
import { type PriceFacts, priceFactsSchema } from "./price-facts.ts";

export const riskLimitsSchema = z.strictObject({
  /** A decision's tilt is clamped to this size. */
  maxTilt: z.number().min(0).max(1).default(0.5),
  /** A subject whose volatility a year is above this is vetoed. */
  maxAnnualVolatility: z.number().positive().max(100).default(1),
  /** A subject on which the agents' divergence (0 to 1) is above this is vetoed. */
  maxDivergence: z.number().min(0).max(1).default(0.5),
  /** A subject whose last price is older than this is vetoed. */
  maxPriceAgeDays: z.number().int().min(0).max(3_660).default(maxPriceAgeDays),
  /** Subjects that must not be held. */
  excluded: z.array(symbol).max(5_000).default([]),
});
export type RiskLimits = z.infer<typeof riskLimitsSchema>;

const riskRules = [
  "quorum",
  "guardrail",
  "excluded",
  "price-known",
  "price-age",
  "volatility-known",
  "max-volatility",
  "max-divergence",
  "max-tilt",
] as const;
export type RiskRule = (typeof riskRules)[number];

/** What a rule did to the tilt. A veto makes it 0. */
export const rulingSchema = z.strictObject({
  rule: z.enum(riskRules),
  action: z.enum(["veto", "clamp"]),
  from: z.number().min(-1).max(1),
  to: z.number().min(-1).max(1),
  /** The value that the rule looked at, and the limit that it broke. */
  value: z.union([z.number(), z.string(), z.null()]),
  limit: z.union([z.number(), z.string()]),
  reason: z.string(),
});
export type Ruling = z.infer<typeof rulingSchema>;

export const decisionSchema = z.strictObject({
  subject: symbol,
  asOf: tradingDate,
  horizonDays: z.number().int(),
  /** `noView`: the agents gave no quorum, or a guardrail withholds the view. `vetoed`: a limit forbids a position. */
  status: z.enum(["decided", "vetoed", "noView"]),
  /** P(up) - P(down) of the resolution; 0 without a view. */
  statedTilt: z.number().min(-1).max(1),
  /** What is left of it after the limits; 0 unless decided. */
  tilt: z.number().min(-1).max(1),
  /** Every rule that changed something, in the order in which they were applied. */
  rulings: z.array(rulingSchema),
  facts: priceFactsSchema,
  resolution: resolutionSchema,
});
export type Decision = z.infer<typeof decisionSchema>;

const input = z.strictObject({
  resolution: resolutionSchema,
  facts: priceFactsSchema,
  limits: riskLimitsSchema.prefault({}),
});

/**
 * Applies the limits in the order of `riskRules`; the first veto ends them.
 * @throws {MycroftError} INPUT_INVALID when the facts are of another subject or day than the resolution.
 */
export const applyRiskLimits = defineFunction({
  name: "apply-risk-limits",
  version: "1",
  description: "Vetoes or clamps a resolution by stated limits, and records what it did",
  pure: true,
  input,
  output: decisionSchema,
  run: ({ resolution, facts, limits }): Decision => {
    const { subject, asOf, horizonDays } = resolution;
    checkBelongs(facts, subject, asOf);
    const { statedTilt, status, tilt, rulings } = ruleOn(resolution, facts, limits);
    return { subject, asOf, horizonDays, statedTilt, facts, resolution, status, tilt, rulings: [...rulings] };
  },
});

/** What of a resolution the rules look at. */
export type RuledResolution = Pick<
  z.infer<typeof resolutionSchema>,
  "subject" | "asOf" | "status" | "quorum"
> & {
  readonly probabilities: readonly number[] | null;
  readonly conflict: { readonly divergence: number };
};

/** The rules themselves, for whoever holds a view that no workflow resolved. */
export function ruleOn(
  resolution: RuledResolution,
  facts: PriceFacts,
  limits: RiskLimits,
): Pick<Decision, "statedTilt" | "status" | "tilt"> & { readonly rulings: readonly Ruling[] } {
  const statedTilt = tiltOf(resolution.probabilities);
  const veto = findVeto(resolution, facts, limits);
  if (veto !== null) {
    const ruling: Ruling = { ...veto, action: "veto", from: statedTilt, to: 0 };
    const status = veto.rule === "quorum" || veto.rule === "guardrail" ? "noView" : "vetoed";
    return { statedTilt, status, tilt: 0, rulings: [ruling] };
  }
  const tilt = Math.max(-limits.maxTilt, Math.min(limits.maxTilt, statedTilt));
  const rulings = tilt === statedTilt ? [] : [clampRuling(statedTilt, tilt, limits.maxTilt)];
  return { statedTilt, status: "decided", tilt, rulings };
}

/** A size by another company's volatility, or by a later day's, would look like any other. */
function checkBelongs(facts: PriceFacts, subject: string, asOf: string): void {
  if (facts.subject === subject && facts.asOf === asOf) return;
  throw new MycroftError(
    "INPUT_INVALID",
    `The facts are of ${facts.subject} on ${facts.asOf}, the resolution of ${subject} on ${asOf}.`,
    { details: { field: "facts", value: `${facts.subject} ${facts.asOf}`, limit: `${subject} ${asOf}` } },
  );
}

/** P(highest) - P(lowest). */
function tiltOf(probabilities: readonly number[] | null): number {
  const lowest = probabilities?.[0] ?? 0;
  const highest = probabilities?.at(-1) ?? 0;
  return Math.max(-1, Math.min(1, highest - lowest));
}

type Veto = Pick<Ruling, "rule" | "value" | "limit" | "reason">;

function findVeto(
  { subject, asOf, status, quorum, conflict }: RuledResolution,
  { lastClose, lastCloseDate, annualVolatility }: PriceFacts,
  limits: RiskLimits,
): Veto | null {
  if (status === "noQuorum") {
    const reason = `${quorum.opinions} of ${quorum.asked} agents had an opinion; ${quorum.needed} are needed.`;
    return { rule: "quorum", value: quorum.opinions, limit: quorum.needed, reason };
  }
  if (status === "withheld") {
    const reason = "A guardrail of the ensemble withholds the view.";
    return { rule: "guardrail", value: status, limit: "a view", reason };
  }
  if (limits.excluded.includes(subject)) {
    const reason = `${subject} is on the list of subjects that must not be held.`;
    return { rule: "excluded", value: subject, limit: "limits.excluded", reason };
  }
  if (lastClose === null || lastCloseDate === null) {
    const reason = `No price of ${subject} is known.`;
    return { rule: "price-known", value: null, limit: "a price", reason };
  }
  const age = dayOf(asOf) - dayOf(lastCloseDate);
  if (age > limits.maxPriceAgeDays) {
    const reason = `The last price is ${age} days old; ${limits.maxPriceAgeDays} are allowed.`;
    return { rule: "price-age", value: age, limit: limits.maxPriceAgeDays, reason };
  }
  if (annualVolatility === null) {
    const reason = "Its volatility is not known, so no size can be set.";
    return { rule: "volatility-known", value: null, limit: "a volatility", reason };
  }
  if (annualVolatility > limits.maxAnnualVolatility) {
    const reason = `Its volatility of ${show(annualVolatility)} a year is above ${show(limits.maxAnnualVolatility)}.`;
    return { rule: "max-volatility", value: annualVolatility, limit: limits.maxAnnualVolatility, reason };
  }
  if (conflict.divergence > limits.maxDivergence) {
    const reason = `The agents' divergence of ${show(conflict.divergence)} is above ${show(limits.maxDivergence)}.`;
    return { rule: "max-divergence", value: conflict.divergence, limit: limits.maxDivergence, reason };
  }
  return null;
}

function clampRuling(from: number, to: number, limit: number): Ruling {
  const reason = `The tilt of ${show(from)} is clamped to ${show(to)}.`;
  return { rule: "max-tilt", action: "clamp", from, to, value: from, limit, reason };
}

function show(value: number): string {
  return value.toFixed(2);
}
