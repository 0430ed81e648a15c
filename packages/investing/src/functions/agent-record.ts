/**
 * What agents' opinions of the past were worth: each is asked again as of the days of a fixed grid whose outcome is known
 * by now, and its answers are scored. Nothing later than the record's day is read (P5). The grid does not move with the
 * day that is asked about, so whoever walks through history asks each agent once about each subject and grid day.
 */
import type { AgentRecord, LearnerState } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { defineFunction, entityName, symbol, tradingDate } from "@mycroft/sdk";
import { z } from "zod";
import { contextReaderFor } from "../regimes/context-reader.ts";
import { learnFromPast } from "./learn-from-past.ts";
import { learns } from "./learns.ts";
import { gridDays, maxQuestions, PastAnswers } from "./past-answers.ts";
import { agentDriftSchema, RecordDrift } from "./record-drift.ts";

export const recordLimits = {
  agents: 100,
  subjects: 5_000,
  dates: 600,
  questions: maxQuestions,
} as const;

export const agentRecordSchema = z.strictObject({
  agent: entityName,
  /** How many of its opinions have been scored. */
  scored: z.number().int().min(0),
  /** The mean ranked probability score of these; lower is better. */
  meanScore: z.number().min(0).max(1),
  /** The days of the first and the last outcome that was scored. */
  from: tradingDate,
  to: tradingDate,
  /** Absent unless its scores, against the other agents' on the same cases, have changed of late. */
  drift: agentDriftSchema.exactOptional(),
});

/** What a learner has come to; the ensemble reads it without trust. */
const learnedSchema = z.looseObject({ format: z.literal(1) }) as unknown as z.ZodType<LearnerState>;
interface LearnedRecord {
  readonly agents: AgentRecord[];
  readonly learned: LearnerState | null;
  /** What the policy wants to know of the day, such as the market's regime; absent where it wants nothing, or it is not known. */
  readonly context?: string;
}

const input = z.strictObject({
  agents: z.array(entityName).min(1).max(recordLimits.agents),
  subjects: z.array(symbol).max(recordLimits.subjects),
  asOf: tradingDate,
  horizonDays: z.number().int().min(1).max(3_660).default(28),
  /** How far back it looks. */
  years: z.number().positive().max(50).default(5),
  /** Days from one day of the grid to the next: its days are the multiples of this, counted from 1970-01-01. */
  spacingDays: z.number().int().min(1).max(3_660).default(30),
  /** The most days of the grid that count, the newest first. */
  maxDates: z.number().int().min(1).max(recordLimits.dates).default(60),
  /** A policy that learns: what it has learned by `asOf` is then part of the record. */
  policy: entityName.optional(),
  /** That policy's settings, which must be those that it is resolved with; its own defaults unless given. */
  settings: z.record(z.string(), z.json()).optional(),
});

/**
 * For each agent the mean RPS of its opinions on the subjects, as of the days of the grid from `years` ago up to `horizonDays`
 * ago, each moved back to the subject's last bar by then; a bar counts once. An outcome counts from the day on which it was
 * known. An agent that abstained or failed then is not scored there; one that was never scored is left out. In order of
 * agent as given, each with its drift when its scores have changed of late (`RecordDrift`). With `policy`,
 * `{ agents, learned }`: what that policy has learned from the whole grid (see `learnFromPast`). What a day gives depends on
 * the data up to it alone, and not on which days were asked about before.
 * @throws {MycroftError} AGENT_UNKNOWN; LOOK_AHEAD for a day after the run's; POLICY_INVALID for settings that the policy refuses.
 */
export const agentRecord = defineFunction({
  name: "agent-record",
  version: "2",
  description: "The mean ranked probability score of agents' past opinions whose outcome is known",
  pure: false,
  input,
  output: z.union([
    z.array(agentRecordSchema),
    z.strictObject({
      agents: z.array(agentRecordSchema),
      learned: learnedSchema.nullable(),
      context: entityName.exactOptional(),
    }),
  ]),
  run: async (request, context): Promise<AgentRecord[] | LearnedRecord> => {
    checkAgents(request.agents, context.agents);
    const view = context.market?.at(request.asOf) ?? null;
    if (view === null) return request.policy === undefined ? [] : { agents: [], learned: null };
    const past = new PastAnswers(request, context, view);
    const tallies = request.agents.map((agent) => new Tally(agent));
    const drift = new RecordDrift(request.agents);
    for (const day of gridDays(request)) {
      for (const subject of past.subjects) {
        const opinions = past.find(subject, day);
        if (opinions === null || opinions.outcome === null) continue;
        for (const [index, tally] of tallies.entries()) {
          const known = opinions.opinionOf(tally.agent);
          const opinion = known === undefined ? await past.ask(tally.agent, subject, opinions) : known;
          const score = opinion?.score ?? null;
          if (score !== null) tally.add(score, opinions.outcome.to);
          drift.add(index, score);
        }
        drift.closeCase(opinions.outcome.to);
      }
      drift.closeDay();
    }
    const agents = drift.mark(tallies.flatMap((tally) => tally.finish()));
    if (request.policy === undefined) return agents;
    const policy = context.policies.find(({ name }) => name === request.policy);
    // One that does not learn has nothing to say here, and of one that is not there the resolve step will tell.
    if (policy === undefined || !learns(policy, request.settings)) return { agents, learned: null };
    const contextOf = await contextReaderFor(policy);
    const learned = await learnFromPast({ policy, settings: request.settings }, request, past, contextOf);
    const today = contextOf(view);
    return { agents, learned, ...(today !== undefined && { context: today }) };
  },
});

function checkAgents(asked: readonly string[], known: readonly string[]): void {
  const unknown = asked.find((agent) => !known.includes(agent));
  if (unknown === undefined) return;
  throw new MycroftError("AGENT_UNKNOWN", `No agent named ${JSON.stringify(unknown)} is registered.`, {
    details: { agent: unknown, known },
  });
}

class Tally {
  readonly agent: string;
  #scored = 0;
  #sum = 0;
  #from = "";
  #to = "";

  constructor(agent: string) {
    this.agent = agent;
  }

  add(score: number, to: string): void {
    this.#sum += score;
    this.#scored += 1;
    if (this.#from === "" || to < this.#from) this.#from = to;
    if (to > this.#to) this.#to = to;
  }

  finish(): readonly AgentRecord[] {
    if (this.#scored === 0) return [];
    const meanScore = this.#sum / this.#scored;
    return [{ agent: this.agent, scored: this.#scored, meanScore, from: this.#from, to: this.#to }];
  }
}
