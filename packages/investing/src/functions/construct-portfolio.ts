/** From decisions to weights: each position is as large as its tilt and as small as its risk asks for. */
import { MycroftError } from "@mycroft/errors";
import { defineFunction, symbol, tradingDate } from "@mycroft/sdk";
import { z } from "zod";

export const portfolioSettingsSchema = z.strictObject({
  /** The volatility a year at which a position with tilt 1 has weight 1. */
  targetVolatility: z.number().positive().max(10).default(0.4),
  /** The largest weight of one name, long or short. */
  maxWeight: z.number().positive().max(1).default(0.25),
  /** Whether negative tilts become no position rather than a short one. */
  longOnly: z.boolean().default(true),
});
export type PortfolioSettings = z.infer<typeof portfolioSettingsSchema>;

const weight = z.number().min(-1).max(1);

export const positionSchema = z.strictObject({
  subject: symbol,
  /** The share of the capital; negative for a short position, 0 for none. */
  weight,
  tilt: z.number().min(-1).max(1),
  annualVolatility: z.number().positive().nullable(),
  /** What changed the weight on its way, in order. */
  adjustments: z.array(
    z.strictObject({ rule: z.enum(["long-only", "max-weight", "sum"]), from: z.number(), to: weight }),
  ),
});
export type Position = z.infer<typeof positionSchema>;

export const portfolioSchema = z.strictObject({
  asOf: tradingDate,
  /** One for each decision, in their order. */
  positions: z.array(positionSchema),
  /** The sum of the weights' sizes, at most 1. */
  gross: z.number().min(0).max(1),
  /** The share of the capital that is not invested: 1 less the sum of the weights. */
  cash: z.number().min(0).max(2),
});
export type Portfolio = z.infer<typeof portfolioSchema>;

/** What is read of a decision; `decisionSchema` has it all. */
const sizedDecision = z.object({
  subject: symbol,
  tilt: z.number().min(-1).max(1),
  facts: z.object({ annualVolatility: z.number().positive().nullable() }),
});

const input = z.strictObject({
  asOf: tradingDate,
  decisions: z.array(sizedDecision).max(5_000),
  settings: portfolioSettingsSchema.prefault({}),
});

/**
 * `weight = tilt * targetVolatility / annualVolatility`, clamped to `maxWeight`; if the sizes then add up to more than 1,
 * all are scaled down alike. What is left is cash. A decision without a volatility gets no position.
 * Source: positions scaled by the inverse of their volatility to a target of 40 % a year, as Moskowitz, Ooi and Pedersen
 * 2012, "Time series momentum", Journal of Financial Economics 104(2), section 4.1; the sign there is the tilt here.
 * @throws {MycroftError} INPUT_INVALID when two decisions are on one subject.
 */
export const constructPortfolio = defineFunction({
  name: "construct-portfolio",
  version: "1",
  description: "Volatility-scaled weights, capped per name, with a sum of at most 1",
  pure: true,
  input,
  output: portfolioSchema,
  run: ({ asOf, decisions, settings }): Portfolio => {
    checkDistinct(decisions.map(({ subject }) => subject));
    const positions = sizePositions(decisions, settings);
    const sum = sumOf(positions.map(({ weight }) => weight));
    return { asOf, positions, gross: grossOf(positions), cash: Math.max(0, 1 - sum) };
  },
});

/** What is sized: a subject, how far the view leans, and how much the subject moves. */
export type SizedDecision = z.infer<typeof sizedDecision>;

/** The positions themselves, for whoever holds decisions that no workflow made. Each subject comes once. */
export function sizePositions(decisions: readonly SizedDecision[], settings: PortfolioSettings): Position[] {
  return scaleToOne(decisions.map((decision) => sizeOf(decision, settings)));
}

function sizeOf({ subject, tilt, facts }: SizedDecision, settings: PortfolioSettings): Position {
  const { annualVolatility } = facts;
  const { targetVolatility, maxWeight, longOnly } = settings;
  const adjustments: Position["adjustments"] = [];
  const adjust = (rule: "long-only" | "max-weight", from: number, to: number): number => {
    if (from !== to) adjustments.push({ rule, from, to });
    return to;
  };
  const asked = annualVolatility === null ? 0 : (tilt * targetVolatility) / annualVolatility;
  const allowed = longOnly ? adjust("long-only", asked, Math.max(0, asked)) : asked;
  const weight = adjust("max-weight", allowed, Math.max(-maxWeight, Math.min(maxWeight, allowed)));
  // JSON has no negative zero.
  return { subject, weight: weight === 0 ? 0 : weight, tilt, annualVolatility, adjustments };
}

/** Scales sizes down so that they add up to at most 1, rounding included. */
function scaleToOne(positions: readonly Position[]): Position[] {
  let scaled = [...positions];
  for (let gross = sizeSum(scaled); gross > 1; gross = sizeSum(scaled)) {
    const factor = (1 - Number.EPSILON) / gross;
    scaled = scaled.map((position) => ({ ...position, weight: position.weight * factor }));
  }
  return scaled.map((position, index) => {
    const from = positions[index]?.weight ?? 0;
    if (from === position.weight) return position;
    const adjustment = { rule: "sum" as const, from, to: position.weight };
    return { ...position, adjustments: [...position.adjustments, adjustment] };
  });
}

function grossOf(positions: readonly Position[]): number {
  return Math.min(1, sizeSum(positions));
}

function sizeSum(positions: readonly Position[]): number {
  return sumOf(positions.map(({ weight }) => Math.abs(weight)));
}

/** From the least to the greatest, so that the order of the decisions changes no bit of a weight (E1). */
function sumOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0);
}

function checkDistinct(subjects: readonly string[]): void {
  const seen = new Set<string>();
  const repeated = subjects.find((subject) => seen.size === seen.add(subject).size);
  if (repeated === undefined) return;
  throw new MycroftError("INPUT_INVALID", `There are two decisions on ${repeated}.`, {
    details: { field: "decisions", value: repeated },
  });
}
