/**
 * The agent contract: what an agent is asked and what it may answer, the same in process, over HTTP and over
 * gRPC. An answer is parsed once, at the gateway, and is trusted inside (P7).
 */
import { z } from "zod";
import { limits } from "./limits.ts";
import { entityName, symbol, tradingDate } from "./scalars.ts";

/** The ordered outcomes that opinions are about unless a request says otherwise. */
export const defaultOutcomes = ["down", "flat", "up"] as const;

const outcomeNames = z.array(z.string().min(1).max(limits.factNameLength)).min(2).max(limits.outcomes);

/** A named fact that an opinion rests on: what was observed, when it was known, and where it comes from. */
export const factSchema = z.strictObject({
  name: z.string().min(1).max(limits.factNameLength),
  value: z.union([z.number(), z.string().max(limits.factTextLength), z.boolean()]),
  /** The day on which the value was known. */
  date: tradingDate,
  source: z.string().min(1).max(limits.factTextLength),
});
export type Fact = z.infer<typeof factSchema>;

export const opinionRequestSchema = z.strictObject({
  subject: symbol,
  asOf: tradingDate,
  /** Calendar days from `asOf` to the day on which the outcome is read. */
  horizonDays: z.number().int().min(1).max(3_660).default(28),
  outcomes: outcomeNames.default([...defaultOutcomes]),
});
export type OpinionRequest = z.infer<typeof opinionRequestSchema>;

const distribution = z
  .array(z.number().min(0).max(1))
  .min(2)
  .max(limits.outcomes)
  .refine(
    (values) => Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) <= limits.probabilitySumTolerance,
    { error: `probabilities must add up to 1 within ${limits.probabilitySumTolerance}` },
  );

/** What an agent answers when it has a view. */
export const opinionAnswerSchema = z.strictObject({
  type: z.literal("opinion"),
  /** One probability for each of the request's outcomes, in their order. */
  probabilities: distribution,
  rationale: z.string().min(1).max(limits.rationaleLength),
  evidence: z.array(factSchema).max(limits.evidenceFacts).default([]),
  /** The agent's own confidence, 0 to 1. Recorded; policies that use it are labelled as baselines. */
  confidence: z.number().min(0).max(1).optional(),
  /** The day of the newest data that the agent looked at. */
  dataAsOf: tradingDate.optional(),
});

/** What an agent answers when it cannot judge. */
export const abstentionAnswerSchema = z.strictObject({
  type: z.literal("abstention"),
  reason: z.string().min(1).max(limits.reasonLength),
  /** The stable code of the error that the abstention stands for, if it stands for one. */
  code: z.string().max(limits.nameLength).optional(),
});

export const agentAnswerSchema = z.discriminatedUnion("type", [opinionAnswerSchema, abstentionAnswerSchema]);
/** An answer as an agent may write it (defaults may be left out). */
export type AgentAnswer = z.input<typeof agentAnswerSchema>;

const answeredBy = {
  agent: entityName,
  version: z.string().min(1).max(limits.nameLength),
  subject: symbol,
  asOf: tradingDate,
  horizonDays: z.number().int(),
};

/** An agent's view as the record carries it. */
export const opinionSchema = z.strictObject({
  ...opinionAnswerSchema.shape,
  ...answeredBy,
  outcomes: outcomeNames,
});
export type Opinion = z.infer<typeof opinionSchema>;

/** An agent's abstention as the record carries it. */
export const abstentionSchema = z.strictObject({ ...abstentionAnswerSchema.shape, ...answeredBy });
export type Abstention = z.infer<typeof abstentionSchema>;

/** What asking an agent gives. */
export const viewSchema = z.discriminatedUnion("type", [opinionSchema, abstentionSchema]);
export type View = z.infer<typeof viewSchema>;
