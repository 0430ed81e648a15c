/**
 * Agents' opinions of the past with what followed, day by day of the grid that `agent-record` goes by: for whoever wants
 * more than a mean of them. Agents are asked as of each day alone; what followed is looked up for scoring only (P5).
 */
import { MycroftError } from "@mycroft/errors";
import type { MarketView } from "@mycroft/sdk";
import { isoOf } from "../calendar-day.ts";
import { type Outcome, outcomes } from "../outcome.ts";
import { baseRateAt } from "./base-rate.ts";
import { type AskingContext, gridDays, PastAnswers, type PastRequest } from "./past-answers.ts";

export interface PastCase {
  readonly subject: string;
  /** The day of the bar that stands for the day of the grid: what agents were asked as of. */
  readonly asOf: string;
  readonly outcome: Outcome;
  /** How often each outcome had followed, as known on `asOf`; one third each while too few were known. */
  readonly usual: readonly number[];
  /** By place of the agent in the request; null where it had no opinion, or failed. */
  readonly opinions: readonly (readonly number[] | null)[];
}

export interface PastDay {
  /** Of the grid, `YYYY-MM-DD`. */
  readonly date: string;
  readonly cases: readonly PastCase[];
}

/** The bounds of `agent-record`, unless told otherwise. */
export const usualGrid = { horizonDays: 28, years: 5, spacingDays: 30, maxDates: 60 } as const;

/**
 * The days of the grid whose outcome is known by `request.asOf`, the oldest first, those without a case included. As many
 * subjects are asked about as 50,000 questions allow, evenly spread. Others get the thread every few milliseconds.
 * @param view of the day `request.asOf`.
 * @throws what aborted `context.signal`.
 */
export async function* walkPast(
  request: PastRequest,
  context: AskingContext,
  view: MarketView,
): AsyncGenerator<PastDay, void, void> {
  if (view.asOf !== request.asOf)
    throw new MycroftError("INTERNAL", `A walk up to ${request.asOf} was given a view of ${view.asOf}.`);
  const past = new PastAnswers(request, context, view);
  const usual = new Map<string, readonly number[]>();
  const usualOn = (date: string) => {
    const known = usual.get(date) ?? baseRateAt(view.at(date), request.horizonDays)?.probabilities ?? even;
    usual.set(date, known);
    return known;
  };
  for (const day of gridDays(request)) {
    const cases: PastCase[] = [];
    for (const subject of past.subjects) {
      const found = past.find(subject, day);
      if (found === null || found.outcome === null) continue;
      const opinions: (readonly number[] | null)[] = [];
      for (const agent of request.agents) {
        const known = found.opinionOf(agent);
        const opinion = known === undefined ? await past.ask(agent, subject, found) : known;
        opinions.push(opinion?.probabilities ?? null);
      }
      cases.push({ subject, asOf: found.date, outcome: found.outcome, usual: usualOn(found.date), opinions });
    }
    yield { date: isoOf(day), cases };
  }
}

const even: readonly number[] = outcomes.map(() => 1 / outcomes.length);
