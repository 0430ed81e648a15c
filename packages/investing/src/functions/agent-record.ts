/**
 * What agents' opinions of the past were worth: each is asked again as of past days whose outcome is known by now, and
 * its answers are scored. Nothing later than the record's day is read (P5).
 */
import { setImmediate } from "node:timers/promises";
import { type AgentRecord, certainOutcome, rankedProbabilityScore } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import {
  defineFunction,
  entityName,
  type FunctionContext,
  type MarketView,
  symbol,
  tradingDate,
} from "@mycroft/sdk";
import { z } from "zod";
import { dayOf, daysPerYear, isoOf } from "../calendar-day.ts";
import { findOutcome, type Outcome, outcomes } from "../outcome.ts";
import { findSeries } from "./price-facts.ts";

export const recordLimits = {
  agents: 100,
  subjects: 5_000,
  dates: 600,
  /** Opinions asked for in all. With more, fewer subjects are asked about, evenly spread over the list. */
  questions: 50_000,
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
});

const input = z.strictObject({
  agents: z.array(entityName).min(1).max(recordLimits.agents),
  subjects: z.array(symbol).max(recordLimits.subjects),
  asOf: tradingDate,
  horizonDays: z.number().int().min(1).max(3_660).default(28),
  /** How far back it looks. */
  years: z.number().positive().max(50).default(5),
  /** Days from one date that is asked about to the next. */
  spacingDays: z.number().int().min(1).max(3_660).default(30),
  /** The most dates that are asked about, the newest first. */
  maxDates: z.number().int().min(1).max(recordLimits.dates).default(60),
});
type RecordRequest = z.infer<typeof input>;

/**
 * For each agent the mean RPS of its opinions on the subjects, as of days spread evenly over the past years: the newest
 * whose outcome is known, then one every `spacingDays`, each moved back to the subject's last bar. An agent that
 * abstained or failed then is not scored there; one that was never scored is left out. In order of agent as given.
 * @throws {MycroftError} AGENT_UNKNOWN; LOOK_AHEAD for a day after the run's.
 */
export const agentRecord = defineFunction({
  name: "agent-record",
  version: "1",
  description: "The mean ranked probability score of agents' past opinions whose outcome is known",
  pure: false,
  input,
  output: z.array(agentRecordSchema),
  run: async (request, context): Promise<AgentRecord[]> => {
    checkAgents(request.agents, context.agents);
    const tallies = new Map(request.agents.map((agent) => [agent, new Tally(agent)]));
    const view = context.market?.at(request.asOf) ?? null;
    if (view === null) return [];
    const dates = pastDates(request);
    let asked = 0;
    for (const subject of sampleSubjects(request, dates.length)) {
      for (const { date, outcome } of scoredDays(view, subject, dates, request.horizonDays)) {
        for (const [agent, tally] of tallies) {
          const answer = await answerThen(context, agent, { subject, asOf: date, request });
          if (answer !== null) tally.add(answer, outcome);
          asked += 1;
          // Agents in process answer at once; others waiting for this thread get their turn.
          if (asked % 256 === 0) await setImmediate(undefined, { signal: context.signal });
        }
      }
    }
    return [...tallies.values()].flatMap((tally) => tally.finish());
  },
});

function checkAgents(asked: readonly string[], known: readonly string[]): void {
  const unknown = asked.find((agent) => !known.includes(agent));
  if (unknown === undefined) return;
  throw new MycroftError("AGENT_UNKNOWN", `No agent named ${JSON.stringify(unknown)} is registered.`, {
    details: { agent: unknown, known },
  });
}

/** The days to ask about, the newest first: the first is the last one whose outcome can be known. */
function pastDates({ asOf, horizonDays, years, spacingDays, maxDates }: RecordRequest): readonly string[] {
  const newest = dayOf(asOf) - horizonDays;
  const oldest = dayOf(asOf) - Math.round(years * daysPerYear);
  const dates: string[] = [];
  for (let day = newest; day >= oldest && dates.length < maxDates; day -= spacingDays) dates.push(isoOf(day));
  return dates;
}

/**
 * As many subjects as the limit on questions allows, evenly spread over the list of them. They are put in order, so that
 * neither the choice nor the last bit of a mean depends on how the list was written (E1).
 */
export function sampleSubjects(
  { subjects: listed, agents }: Pick<RecordRequest, "subjects" | "agents">,
  dates: number,
): readonly string[] {
  const subjects = [...new Set(listed)].toSorted();
  const perSubject = Math.max(1, agents.length * dates);
  const count = Math.max(1, Math.floor(recordLimits.questions / perSubject));
  if (subjects.length <= count) return subjects;
  return Array.from(
    { length: count },
    (_, index) => subjects[Math.floor((index * subjects.length) / count)] ?? "",
  );
}

/** The subject's bars at or before the dates, each once, that have an outcome by now. */
function scoredDays(
  view: MarketView,
  subject: string,
  dates: readonly string[],
  horizonDays: number,
): readonly { readonly date: string; readonly outcome: Outcome }[] {
  const series = findSeries(view, subject);
  if (series === null) return [];
  const indices = new Set(dates.map((date) => series.indexAt(date)).filter((index) => index >= 0));
  return [...indices].flatMap((index) => {
    const { date } = series.bar(index);
    const outcome = findOutcome(view, subject, date, horizonDays);
    return outcome === null ? [] : [{ date, outcome }];
  });
}

/** The probabilities that an agent gives as of a past day; null when it abstains or fails. */
async function answerThen(
  context: FunctionContext,
  agent: string,
  { subject, asOf, request }: { subject: string; asOf: string; request: RecordRequest },
): Promise<readonly number[] | null> {
  const { horizonDays } = request;
  const asked = context.ask(agent, { subject, asOf, horizonDays, outcomes: [...outcomes] });
  // A bad agent has no record there; it does not take the others' record with it (P7).
  const answer = await asked.catch(() => null);
  context.signal.throwIfAborted();
  return answer?.type === "opinion" ? answer.probabilities : null;
}

class Tally {
  readonly #agent: string;
  #scored = 0;
  #sum = 0;
  #from = "";
  #to = "";

  constructor(agent: string) {
    this.#agent = agent;
  }

  add(probabilities: readonly number[], { index, to }: Outcome): void {
    this.#sum += rankedProbabilityScore(probabilities, certainOutcome(index, outcomes.length));
    this.#scored += 1;
    if (this.#from === "" || to < this.#from) this.#from = to;
    if (to > this.#to) this.#to = to;
  }

  finish(): readonly AgentRecord[] {
    if (this.#scored === 0) return [];
    const meanScore = this.#sum / this.#scored;
    return [{ agent: this.#agent, scored: this.#scored, meanScore, from: this.#from, to: this.#to }];
  }
}
