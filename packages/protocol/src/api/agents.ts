/** Agents and their records, and market data, as the HTTP API tells them. */
import { z } from "zod";
import { calibration, day, interval, moment, nextCursor, runId, taskId } from "./shared-values.ts";

/** How much of the walk through history is done, 0 to 1, while it is under way: until then there are no scores. */
export const walkShare = z.number().min(0).max(1).nullable();

/** How an agent did in the runs on record, of which the newest `runs` were looked through. */
export const agentHealth = z.object({
  runs: z.number().int(),
  attempts: z.number().int(),
  opinions: z.number().int(),
  abstentions: z.number().int(),
  failures: z.number().int(),
  cached: z.number().int(),
  /** Milliseconds from begin to end of an attempt; null without attempts. */
  latencyMs: z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
  lastAnswerAt: moment.nullable(),
  versions: z.array(
    z.object({ version: z.string(), attempts: z.number().int(), firstAt: moment, lastAt: moment }),
  ),
  /** The newest failures and abstentions, at most 10. */
  troubles: z.array(
    z.object({
      runId,
      task: taskId,
      at: moment,
      kind: z.enum(["failure", "abstention"]),
      code: z.string().nullable(),
      text: z.string(),
    }),
  ),
});
export type AgentHealth = z.infer<typeof agentHealth>;

const drift = z.object({
  direction: z.enum(["worse", "better"]),
  since: day,
  noticed: day,
  before: z.number(),
  after: z.number(),
});

export const agentSummary = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  capabilities: z.array(z.string()),
  workflows: z.array(z.string()),
  health: agentHealth.omit({ troubles: true, versions: true }),
  /** Walked through the project's market data; null without data, or when it cannot be asked that way. */
  score: z
    .object({
      scored: z.number().int(),
      meanScore: z.number(),
      skill: z.number().nullable(),
      from: day,
      to: day,
      drift: drift.nullable(),
    })
    .nullable(),
});
export type AgentSummary = z.infer<typeof agentSummary>;

/**
 * How an agent's opinions over history scored: it is asked as of the days of a grid whose outcome is known. These are the
 * newest 60 days, 30 days apart, and as many companies as 50,000 questions to all agents allow, evenly spread.
 */
export const agentTrack = z.object({
  outcomes: z.array(z.string()),
  horizonDays: z.number().int(),
  from: day,
  to: day,
  cases: z.number().int(),
  abstained: z.number().int(),
  /** Ranked probability score, lower is better; `reference` is that of the base rates known on the day, on the same cases. */
  meanScore: z.number(),
  reference: z.number(),
  /** 1 less the ratio of the two: above 0 it is better than the base rates. */
  skill: z.number().nullable(),
  skillInterval: interval.nullable(),
  /** Of the opinions that lean, on cases that went up or down, the share that leaned the right way. */
  hitRate: z.number().nullable(),
  calibration: calibration.nullable(),
  /** By day of the grid, over all companies; `rolling` is the mean of the last 12 such days. */
  series: z.array(
    z.object({ day, score: z.number(), reference: z.number(), rolling: z.number(), cases: z.number().int() }),
  ),
  drifts: z.array(drift),
});
export type AgentTrack = z.infer<typeof agentTrack>;

export const agentDetail = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  capabilities: z.array(z.string()),
  workflows: z.array(z.string()),
  health: agentHealth,
  track: agentTrack.nullable(),
  /** Why there is no track. */
  trackAbsent: z.string().nullable(),
  walkShare,
});
export type AgentDetail = z.infer<typeof agentDetail>;

export const agentCasesQuery = z.object({
  /** Only cases on which this agent had an opinion too. */
  against: z.string().min(1).max(100).optional(),
  /** Only those of this day of the grid. */
  day: day.optional(),
  /** By the agent's own score, unless they are to begin with the newest day. */
  sort: z.enum(["newest", "best", "worst"]).default("newest"),
  limit: z.coerce.number().int().min(1).max(200).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,6}$/u)
    .optional(),
});
/** The cases of history that an agent's figures are made of: what it said on each, what followed, and its score. */
export const agentCases = z.object({
  agent: z.string(),
  against: z.string().nullable(),
  outcomes: z.array(z.string()),
  horizonDays: z.number().int(),
  /** As many fit. */
  total: z.number().int(),
  cases: z.array(
    z.object({
      subject: z.string(),
      /** Of the grid; `asOf` is the day of the prices that it was asked on. */
      day,
      asOf: day,
      probabilities: z.array(z.number()),
      score: z.number(),
      /** Of the other agent, where one was named. */
      other: z.object({ probabilities: z.array(z.number()), score: z.number() }).nullable(),
      /** The base rates known on the day, and their score. */
      usual: z.array(z.number()),
      reference: z.number(),
      outcome: z.object({ date: day, index: z.number().int(), return: z.number() }),
    }),
  ),
  nextCursor,
});
export type AgentCases = z.infer<typeof agentCases>;

export const headToHeadQuery = z.object({ a: z.string().min(1).max(100), b: z.string().min(1).max(100) });
/** Two agents on the cases in which both gave an opinion. */
export const headToHead = z.object({
  a: z.string(),
  b: z.string(),
  cases: z.number().int(),
  meanA: z.number().nullable(),
  meanB: z.number().nullable(),
  /** Mean score of a less that of b: below 0, a is better. */
  difference: z.number().nullable(),
  differenceInterval: interval.nullable(),
  pValue: z.number().nullable(),
  aBetter: z.number().int(),
  bBetter: z.number().int(),
  ties: z.number().int(),
  /** Mean Jensen-Shannon distance of their opinions, 0 to 1, and in what share of cases they took opposite sides. */
  meanDistance: z.number().nullable(),
  opposedShare: z.number().nullable(),
  series: z.array(
    z.object({ day, a: z.number(), b: z.number(), cumulative: z.number(), cases: z.number().int() }),
  ),
  /** The cases in which they were furthest apart, at most 20. */
  furthest: z.array(
    z.object({
      subject: z.string(),
      asOf: day,
      a: z.array(z.number()),
      b: z.array(z.number()),
      outcome: z.string(),
      distance: z.number(),
      scoreA: z.number(),
      scoreB: z.number(),
    }),
  ),
});
export type HeadToHead = z.infer<typeof headToHead>;

export const marketView = z.object({
  source: z.string(),
  hash: z.string(),
  firstDate: day,
  lastDate: day,
  symbols: z.array(z.string()),
  index: z.string().nullable(),
});
export type MarketSummary = z.infer<typeof marketView>;
export const pricesQuery = z.object({ from: day.optional(), to: day.optional() });
export const prices = z.object({
  symbol: z.string(),
  source: z.string(),
  /** At most 10,000, the newest. Values that the source does not have are null. */
  bars: z.array(
    z.object({
      date: day,
      open: z.number().nullable(),
      high: z.number().nullable(),
      low: z.number().nullable(),
      close: z.number(),
      adjClose: z.number(),
      volume: z.number().nullable(),
    }),
  ),
});
export type Prices = z.infer<typeof prices>;

export const labCasesQuery = z.object({
  subject: z.string().min(1).max(32),
  from: day.optional(),
  to: day.optional(),
  horizonDays: z.coerce.number().int().min(1).max(3_660).default(28),
  /** Calendar days from one case to the next. */
  everyDays: z.coerce.number().int().min(1).max(366).default(28),
});
/** Cases of history for the Lab, in order of day: what each agent says as of the day, and what followed. At most 200. */
export const labCases = z.object({
  subject: z.string(),
  outcomes: z.array(z.string()),
  horizonDays: z.number().int(),
  agents: z.array(z.string()),
  cases: z.array(
    z.object({
      asOf: day,
      opinions: z.array(
        z.object({
          agent: z.string(),
          version: z.string(),
          probabilities: z.array(z.number()),
          rationale: z.string(),
        }),
      ),
      abstentions: z.array(z.object({ agent: z.string(), reason: z.string() })),
      /** Null where the data ends before it is known. */
      outcome: z.object({ date: day, index: z.number().int(), return: z.number() }).nullable(),
      close: z.number().nullable(),
    }),
  ),
});
export type LabCases = z.infer<typeof labCases>;
