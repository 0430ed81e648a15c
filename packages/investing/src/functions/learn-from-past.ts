/**
 * What a policy has learned by a day: it is walked forward over the days of the grid, pools what the agents said on each, and
 * learns from each outcome on the day on which that was known (P5). The walk begins with the data, so that it never depends on
 * the day that is asked about, and goes on from day to day where the host lets it be remembered.
 */
import {
  certainOutcome,
  type KnownOutcome,
  type Learner,
  type Policy,
  startLearner,
} from "@mycroft/ensemble";
import type { FunctionContext } from "@mycroft/sdk";
import { dayOf, isoOf } from "../calendar-day.ts";
import { outcomes } from "../outcome.ts";
import type { ContextReader } from "../regimes/context-reader.ts";
import type { PastAnswers, PastRequest } from "./past-answers.ts";

type LearnedState = Omit<ReturnType<Learner["save"]>, "pending"> & { readonly pending: [] };

/** A policy that learns, with the settings by which it does. */
export interface WalkedPolicy {
  readonly policy: Policy;
  readonly settings?: unknown;
}

/** Walks of one host's agents that are remembered; one more makes the oldest be forgotten (P8). */
const maxWalks = 32;

const walks = new WeakMap<FunctionContext["ask"], Map<string, LearningWalk>>();

/**
 * Each day of the grid is a day of forecasts on all subjects that have an opinion; the outcomes that become known on one day
 * are one round. Cases that wait for their outcome are left out of what is given: weights do not depend on them.
 * @throws {MycroftError} POLICY_INVALID.
 */
export async function learnFromPast(
  walked: WalkedPolicy,
  request: PastRequest,
  past: PastAnswers,
  contextOf: ContextReader,
): Promise<LearnedState> {
  const {
    policy: { name, version },
    settings,
  } = walked;
  const { agents, horizonDays, spacingDays } = request;
  const own = walks.get(past.context.ask) ?? new Map<string, LearningWalk>();
  walks.set(past.context.ask, own);
  const key = JSON.stringify([
    past.view.dataHash,
    name,
    version,
    settings ?? null,
    horizonDays,
    spacingDays,
    agents,
    past.subjects,
  ]);
  const today = dayOf(request.asOf);
  const known = own.get(key);
  // A walk that is past the day cannot go back.
  const walk =
    known !== undefined && known.day <= today ? known : new LearningWalk(walked, request, contextOf);
  // While it is under way, or when it fails on its way, nobody may take it for a finished one.
  own.delete(key);
  await walk.goTo(today, past);
  own.set(key, walk);
  const [oldest] = own.keys();
  if (own.size > maxWalks && oldest !== undefined) own.delete(oldest);
  return { ...walk.save(), pending: [] };
}

interface OpenCase {
  readonly id: string;
  readonly subject: string;
  readonly day: number;
}

class LearningWalk {
  readonly #learner: Learner;
  readonly #agents: readonly string[];
  readonly #spacingDays: number;
  readonly #contextOf: ContextReader;
  #open: OpenCase[] = [];
  /** The last day that has been walked through. */
  day = Number.NEGATIVE_INFINITY;

  constructor(
    { policy, settings }: WalkedPolicy,
    { agents, spacingDays }: PastRequest,
    contextOf: ContextReader,
  ) {
    this.#learner = startLearner(policy, { policy: settings });
    this.#agents = agents;
    this.#spacingDays = spacingDays;
    this.#contextOf = contextOf;
  }

  save(): ReturnType<Learner["save"]> {
    return this.#learner.save();
  }

  async goTo(today: number, past: PastAnswers): Promise<void> {
    const next = Math.floor(Math.max(this.day, firstDay(past) - 1) / this.#spacingDays) + 1;
    for (let day = next * this.#spacingDays; day <= today; day += this.#spacingDays) {
      this.#learnUntil(day, past);
      await this.#forecast(day, past);
    }
    this.#learnUntil(today, past);
    this.day = today;
  }

  async #forecast(day: number, past: PastAnswers): Promise<void> {
    const cases: { id: string; forecasts: Map<string, readonly number[]>; context: string | undefined }[] =
      [];
    const context = this.#contextOf(past.view.at(isoOf(day)));
    for (const subject of past.subjects) {
      const opinions = past.find(subject, day);
      // What is known on the day itself is no forecast: the subject's last bar is long ago.
      if (opinions === null || (opinions.outcome !== null && dayOf(opinions.outcome.to) <= day)) continue;
      const forecasts = new Map<string, readonly number[]>();
      for (const agent of this.#agents) {
        const known = opinions.opinionOf(agent);
        const opinion = known === undefined ? await past.ask(agent, subject, opinions) : known;
        if (opinion !== null) forecasts.set(agent, opinion.probabilities);
      }
      if (forecasts.size === 0) continue;
      const id = `${subject}@${isoOf(day)}`;
      cases.push({ id, forecasts, context });
      this.#open.push({ id, subject, day });
    }
    if (cases.length > 0) this.#learner.forecast(cases, isoOf(day));
  }

  #learnUntil(day: number, past: PastAnswers): void {
    const rounds = new Map<string, KnownOutcome[]>();
    const last = isoOf(day);
    this.#open = this.#open.filter(({ id, subject, day: asked }) => {
      const outcome = past.find(subject, asked)?.outcome ?? null;
      if (outcome === null || outcome.to > last) return true;
      const round = rounds.get(outcome.to) ?? [];
      round.push({ id, observed: certainOutcome(outcome.index, outcomes.length) });
      rounds.set(outcome.to, round);
      return false;
    });
    for (const on of [...rounds.keys()].sort()) this.#learner.learn(rounds.get(on) ?? [], on);
  }
}

/** The first day of the subjects' prices. */
function firstDay({ view, subjects }: PastAnswers): number {
  const known = new Set(view.symbols());
  const firsts = subjects.filter((one) => known.has(one)).map((one) => view.series(one).bar(0).date);
  return firsts.length === 0 ? Number.POSITIVE_INFINITY : dayOf(firsts.reduce((a, b) => (a < b ? a : b)));
}
