/**
 * What functions may count on in a resolution, for their input schemas. The record holds more (who said what, each
 * reason of each weight); what is not named here passes through.
 */
import { entityName, symbol, tradingDate } from "@mycroft/protocol";
import { z } from "zod";

const probability = z.number().min(0).max(1);

const lean = z.looseObject({
  /** -1 (all on the lowest outcome) to 1 (all on the highest). */
  tilt: z.number().min(-1).max(1),
  side: z.enum(["lower", "middle", "upper"]),
});

const basis = {
  subject: symbol,
  asOf: tradingDate,
  horizonDays: z.number().int(),
  outcomes: z.array(z.string()),
  quorum: z.looseObject({ needed: z.number().int(), opinions: z.number().int(), asked: z.number().int() }),
  /** Empty without a quorum. */
  weights: z.array(z.looseObject({ agent: entityName, weight: probability })),
  conflict: z.looseObject({
    /** Generalized Jensen-Shannon divergence, 0 (all equal) to 1. */
    divergence: probability,
    /** The share of the opinions on the smaller side, 0 to 0.5. */
    otherSideShare: z.number().min(0).max(0.5),
  }),
  /** What the guardrails ask of the workflow; absent when the step sets none. */
  action: z.enum(["accept", "anotherRound", "askPerson", "abstain"]).optional(),
};

/** The output of a resolve step, as the input of a function: `z.object({ decisions: z.array(resolutionSchema) })`. */
export const resolutionSchema = z.discriminatedUnion("status", [
  z.looseObject({ ...basis, status: z.literal("resolved"), probabilities: z.array(probability), lean }),
  z.looseObject({ ...basis, status: z.literal("noQuorum"), probabilities: z.null(), lean: z.null() }),
  /** A guardrail says to go without a view. */
  z.looseObject({ ...basis, status: z.literal("withheld"), probabilities: z.null(), lean: z.null() }),
]);
