/**
 * What a project's agents would have said over history, on the days of a fixed grid, with what followed: the ground for
 * their scores over time, their calibration and their drift. Outcomes are used for scoring only (P5).
 */
import { type AgentDrift, certainOutcome, rankedProbabilityScore } from "@mycroft/ensemble";
import { outcomes, type PastDay, RecordDrift, usualGrid, walkPast } from "@mycroft/investing";
import type { AgentAnswer } from "@mycroft/protocol";
import type { AgentDefinition, MarketData } from "@mycroft/sdk";
import { PastAsker } from "./past-asker.ts";

export interface AgentHistory {
  /** In the order given. */
  readonly agents: readonly HistoryAgent[];
  /** The lowest first. */
  readonly outcomes: readonly string[];
  readonly horizonDays: number;
  /** Those with a case, the oldest first: at most 60, 30 days apart, with as many companies as 50,000 questions allow. */
  readonly days: readonly PastDay[];
}

export interface HistoryAgent {
  readonly name: string;
  readonly version: string;
  /** Why it was asked no more, which leaves it out of everything below; null when it was asked all questions. */
  readonly givenUp: string | null;
  /** In the order in which they were noticed; scores are held against the mean of all agents on the same cases. */
  readonly drifts: readonly AgentDrift[];
  /** The one that stands at the end. */
  readonly drift: AgentDrift | null;
}

export interface HistoryOptions {
  readonly agents: readonly AgentDefinition[];
  readonly market: MarketData;
  /** Calendar days, 28 unless given. */
  readonly horizonDays?: number;
  readonly signal?: AbortSignal;
  /** Is told the share that is done, 0 to 1, after each day of the grid. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Walks all companies that the data knows, up to its last day. It takes seconds with large data, in turns of milliseconds.
 * @throws what aborted the signal.
 */
export async function walkAgents({
  agents,
  market,
  horizonDays = usualGrid.horizonDays,
  signal = new AbortController().signal,
  onProgress = () => {},
}: HistoryOptions): Promise<AgentHistory> {
  const view = market.asOf(market.lastDate);
  const asker = new PastAsker(agents, market);
  const ask = async (name: string, question: Parameters<PastAsker["ask"]>[1]): Promise<AgentAnswer> =>
    asker.ask(name, question, signal);
  const names = agents.map(({ name }) => name);
  const request = { ...usualGrid, horizonDays, agents: names, subjects: view.symbols(), asOf: view.asOf };
  const lead = (until: number) =>
    asker.leadTo(isoOf(Math.min(until, Date.parse(view.asOf))), horizonDays, signal);
  await lead(Date.parse(view.asOf) - (usualGrid.maxDates + 1) * spacingMs);
  const days: PastDay[] = [];
  let walked = 0;
  for await (const day of walkPast(request, { ask, signal }, view)) {
    walked += 1;
    if (day.cases.length > 0) days.push(day);
    onProgress(Math.min(1, walked / usualGrid.maxDates));
    await lead(Date.parse(day.date) + spacingMs);
  }
  const asked = names.map((name) => asker.givenUp(name) === null);
  const { noticed, standing } = driftsOf(names, asked, days);
  return {
    agents: agents.map(({ name, version }) => ({
      name,
      version,
      givenUp: asker.givenUp(name),
      drifts: noticed.get(name) ?? [],
      drift: standing.get(name) ?? null,
    })),
    outcomes,
    horizonDays,
    days,
  };
}

const spacingMs = usualGrid.spacingDays * 86_400_000;

function isoOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function driftsOf(names: readonly string[], asked: readonly boolean[], days: readonly PastDay[]) {
  const drift = new RecordDrift(names);
  const noticed = new Map<string, AgentDrift[]>();
  for (const { cases } of days) {
    for (const { outcome, opinions } of cases) {
      opinions.forEach((said, place) => {
        const counts = said !== null && asked[place] === true;
        drift.add(place, counts ? scoreOf(said, outcome.index) : null);
      });
      drift.closeCase(outcome.to);
    }
    for (const { agent, drift: found } of drift.closeDay())
      noticed.set(agent, [...(noticed.get(agent) ?? []), found]);
  }
  return { noticed, standing: drift.drifting() };
}

/** The ranked probability score of an opinion over down, flat and up, 0 (best) to 1. */
export function scoreOf(probabilities: readonly number[], outcome: number): number {
  return rankedProbabilityScore(probabilities, certainOutcome(outcome, outcomes.length));
}
