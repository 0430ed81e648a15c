/** Decisions and what led to them, as the HTTP API tells them. */
import { z } from "zod";
import { runStatus } from "./runs.ts";
import { boundedValue, cursorQuery, day, hash, moment, nextCursor, runId, taskId } from "./shared-values.ts";

const probabilities = z.array(z.number());
const side = z.enum(["lower", "middle", "upper"]);

/** What one agent said, in a few words. */
const viewSummary = z.object({
  agent: z.string(),
  version: z.string(),
  /** Null when it abstained. */
  probabilities: probabilities.nullable(),
  tilt: z.number().nullable(),
  side: side.nullable(),
  weight: z.number().nullable(),
  stance: z.enum(["with", "against", "neutral"]).nullable(),
  abstains: z.string().nullable(),
});

export const decisionSummary = z.object({
  runId,
  /** The task of the resolve step. */
  task: taskId,
  workflow: z.string(),
  subject: z.string(),
  asOf: day,
  horizonDays: z.number().int(),
  decidedAt: moment,
  runStatus,
  status: z.enum(["decided", "vetoed", "noView"]),
  policy: z.string(),
  outcomes: z.array(z.string()),
  probabilities: probabilities.nullable(),
  /** How often each outcome follows, whatever anybody says; null where that is not known. */
  usual: probabilities.nullable(),
  /** -1 (all on the lowest outcome) to 1, after risk limits. */
  tilt: z.number().nullable(),
  side: side.nullable(),
  /** Of the capital, -1 to 1; null where the workflow builds no portfolio. */
  weight: z.number().nullable(),
  /** Generalized Jensen-Shannon divergence, 0 to 1. */
  divergence: z.number(),
  otherSideShare: z.number(),
  conflictKinds: z.array(z.string()).describe("analytical, factual, freshness, missing"),
  views: z.array(viewSummary),
  /** One sentence. */
  headline: z.string(),
});
export type DecisionSummary = z.infer<typeof decisionSummary>;

export const latestQuery = z.object({
  workflow: z.string().max(200).optional(),
  /** How many of the newest runs that decided anything to look through. */
  runs: z.coerce.number().int().min(1).max(200).default(50),
});
/**
 * Of each subject the decision as of the latest day, of these the one made last; the most disputed first, at most 1,000.
 * Forks of runs that succeeded do not count; child runs do.
 */
export const latestDecisions = z.object({
  decisions: z.array(decisionSummary),
  /**
   * How many runs were looked through, those that decided nothing among them, and whether that, and the subjects above, are all
   * there are.
   */
  runs: z.number().int(),
  isAll: z.boolean(),
});
export type LatestDecisions = z.infer<typeof latestDecisions>;

export const decisionsQuery = z.object({
  ...cursorQuery,
  subject: z.string().max(32).optional(),
  workflow: z.string().max(200).optional(),
});
export const decisionPage = z.object({ decisions: z.array(decisionSummary), nextCursor });
/** At most 5,000, the first. */
export const runDecisions = z.object({ decisions: z.array(decisionSummary) });

const fact = z.object({
  name: z.string(),
  value: z.union([z.number(), z.string(), z.boolean()]),
  date: day,
  source: z.string(),
});

export const decisionDetail = z.object({
  summary: decisionSummary,
  /** The resolution as the record has it (type `Resolution` of `@mycroft/ensemble`). */
  resolution: z.looseObject({ subject: z.string(), status: z.string() }),
  /** What each agent that gave an opinion rests it on, with the task of its attempt. */
  evidence: z.array(z.object({ agent: z.string(), facts: z.array(fact) })),
  /** The task in which each agent was asked. */
  askedIn: z.array(z.object({ agent: z.string(), task: taskId })),
  /** Where the agents' records come from, when a step of this run made them. */
  recordTask: taskId.nullable(),
  /** The task of the risk limits, and of the portfolio. */
  decisionTask: taskId.nullable(),
  portfolioTask: taskId.nullable(),
  usualTask: taskId.nullable(),
  statedTilt: z.number().nullable().describe("Before the risk limits"),
  rulings: z.array(
    z.object({
      rule: z.string(),
      action: z.enum(["veto", "clamp"]),
      from: z.number(),
      to: z.number(),
      value: z.union([z.number(), z.string(), z.null()]),
      limit: z.union([z.number(), z.string()]),
      reason: z.string(),
    }),
  ),
  position: z
    .object({
      weight: z.number(),
      tilt: z.number(),
      annualVolatility: z.number().nullable(),
      adjustments: z.array(z.object({ rule: z.string(), from: z.number(), to: z.number() })),
    })
    .nullable(),
  explanation: z.object({
    headline: z.string(),
    sections: z.array(z.object({ title: z.string(), sentences: z.array(z.string()) })),
  }),
  hashes: z.object({
    plan: hash,
    data: hash.nullable(),
    input: hash,
    decision: hash.nullable(),
    resolution: hash,
    codeVersion: z.string(),
  }),
  /** What followed: known only where the data goes on, and never to the agents. `index` is that of `outcomes`, `return` a share (0.05 is 5 %). */
  outcome: z.object({ date: day, index: z.number().int(), name: z.string(), return: z.number() }).nullable(),
  /** The policy's input, to be resolved again elsewhere, as in the Lab (type `ResolveRequest` of `@mycroft/ensemble`). */
  request: boundedValue.nullable(),
});
export type DecisionDetail = z.infer<typeof decisionDetail>;

export const opinionsQuery = z.object({
  ...cursorQuery,
  agent: z.string().max(100).optional(),
  subject: z.string().max(32).optional(),
});
export const opinionView = viewSummary.extend({
  runId,
  task: taskId,
  subject: z.string(),
  asOf: day,
  horizonDays: z.number().int(),
  outcomes: z.array(z.string()),
  rationale: z.string(),
});
export type OpinionView = z.infer<typeof opinionView>;
export const opinionPage = z.object({ opinions: z.array(opinionView), nextCursor });
