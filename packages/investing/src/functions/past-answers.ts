/** What agents say of the past, asked for through a function's context: each question once, as far as the host lets it be remembered. */
import { setImmediate } from "node:timers/promises";
import type { FunctionContext, MarketView } from "@mycroft/sdk";
import { dayOf, daysPerYear } from "../calendar-day.ts";
import { outcomes } from "../outcome.ts";
import {
  type PastOpinion,
  type PastOpinions,
  type PastOpinionsMemory,
  pastOpinionsOf,
} from "./past-opinions.ts";

export interface PastRequest {
  readonly agents: readonly string[];
  readonly subjects: readonly string[];
  readonly asOf: string;
  readonly horizonDays: number;
  readonly years: number;
  readonly spacingDays: number;
  readonly maxDates: number;
}

/** Opinions asked for in all. With more, fewer subjects are asked about, evenly spread over the list. */
export const maxQuestions = 50_000;

/** How long it keeps the thread at a stretch, in milliseconds. */
const turnMs = 8;

/** What is needed of a function's context. */
export type AskingContext = Pick<FunctionContext, "ask" | "signal">;

export class PastAnswers {
  readonly view: MarketView;
  readonly subjects: readonly string[];
  readonly context: AskingContext;
  readonly #memory: PastOpinionsMemory;
  readonly #horizonDays: number;
  #turnEnds = performance.now() + turnMs;

  constructor(request: PastRequest, context: AskingContext, view: MarketView) {
    this.view = view;
    this.context = context;
    this.subjects = sampleSubjects(request, mostDays(request));
    this.#horizonDays = request.horizonDays;
    this.#memory = pastOpinionsOf(context.ask, view.dataHash, request);
  }

  find(subject: string, day: number): PastOpinions | null {
    return this.#memory.find(this.view, subject, day);
  }

  /** Null when the agent abstains or fails: a bad agent has no record there; it does not take the others' with it (P7). */
  async ask(agent: string, subject: string, opinions: PastOpinions): Promise<PastOpinion | null> {
    const { context } = this;
    const request = { subject, asOf: opinions.date, horizonDays: this.#horizonDays, outcomes: [...outcomes] };
    const answer = await context.ask(agent, request).catch(() => null);
    context.signal.throwIfAborted();
    // Agents in process answer at once; others waiting for this thread get their turn.
    if (performance.now() >= this.#turnEnds) {
      await setImmediate(undefined, { signal: context.signal });
      this.#turnEnds = performance.now() + turnMs;
    }
    return opinions.keep(agent, answer?.type === "opinion" ? answer.probabilities : null);
  }
}

/** The days of the grid that are asked about, as numbers (see `dayOf`), the oldest first. */
export function gridDays({
  asOf,
  horizonDays,
  years,
  spacingDays,
  maxDates,
}: PastRequest): readonly number[] {
  const today = dayOf(asOf);
  const oldest = today - Math.round(years * daysPerYear);
  const days: number[] = [];
  const newest = Math.floor((today - horizonDays) / spacingDays) * spacingDays;
  for (let day = newest; day >= oldest && days.length < maxDates; day -= spacingDays) days.push(day);
  return days.reverse();
}

/** How many days of the grid can count, on whatever day: the choice of subjects must not change from day to day. */
function mostDays({ years, spacingDays, maxDates }: PastRequest): number {
  return Math.min(maxDates, Math.floor((years * daysPerYear) / spacingDays) + 1);
}

/**
 * As many subjects as the limit on questions allows, evenly spread over the list of them. They are put in order, so that
 * neither the choice nor the last bit of a mean depends on how the list was written (E1).
 */
export function sampleSubjects(
  { subjects: listed, agents }: Pick<PastRequest, "subjects" | "agents">,
  dates: number,
): readonly string[] {
  const subjects = [...new Set(listed)].toSorted();
  const perSubject = Math.max(1, agents.length * dates);
  const count = Math.max(1, Math.floor(maxQuestions / perSubject));
  if (subjects.length <= count) return subjects;
  return Array.from(
    { length: count },
    (_, index) => subjects[Math.floor((index * subjects.length) / count)] ?? "",
  );
}
