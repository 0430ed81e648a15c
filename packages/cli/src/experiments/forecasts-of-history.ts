/**
 * What a project's agents would have said over history, as forecasts to evaluate: a day of the grid is a period. A period's
 * outcomes are learned from no earlier than on the first day on which all of them are known (P5).
 */
import type { AgentHistory } from "@mycroft/backtest";
import { certainOutcome } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import type { Evaluation, EvaluationData } from "@mycroft/evaluation";

export interface HistoryForecasts {
  readonly data: EvaluationData;
  /** The fewest further periods after which every period's outcomes are known. */
  readonly delayPeriods: number;
  /** Agents that were too slow to be asked about the past. */
  readonly leftOut: Evaluation["leftOut"];
}

/** @throws {MycroftError} ENSEMBLE_EMPTY when no agent has said anything whose outcome is known. */
export function forecastsOfHistory({ agents, days, outcomes }: AgentHistory): HistoryForecasts {
  const asked = agents.map((agent, place) => ({ ...agent, place })).filter(({ givenUp }) => givenUp === null);
  const periods = days.flatMap(({ date, cases }) => {
    const spoken = cases.flatMap(({ subject, asOf, outcome, opinions }) => {
      const forecasts = asked.map(({ place }) => opinions[place] ?? null);
      const observed = certainOutcome(outcome.index, outcomes.length);
      const isSilent = forecasts.every((one) => one === null);
      return isSilent ? [] : [{ subject, asOf, knownOn: outcome.to, forecasts, observed }];
    });
    return spoken.length === 0 ? [] : [{ period: date, cases: spoken }];
  });
  if (periods.length === 0) throw nothingSaid(agents);
  return {
    data: {
      kind: "distribution",
      outcomes,
      agents: asked.map(({ name }) => name),
      rounds: periods.map(({ period, cases }) => ({
        period,
        cases: cases.map(({ subject, forecasts, observed }) => ({ subject, forecasts, observed })),
      })),
    },
    delayPeriods: delayOf(periods),
    leftOut: agents.flatMap(({ name, givenUp }) =>
      givenUp === null ? [] : [{ policy: name, code: "ANSWER_TIMED_OUT", reason: givenUp }],
    ),
  };
}

/**
 * @param least as `forecastsOfHistory` gives it.
 * @throws {MycroftError} INPUT_INVALID for a delay with which outcomes would be learned before they were known (P5).
 */
export function checkDelay(given: number | undefined, least: number): void {
  if (given === undefined || given >= least) return;
  throw new MycroftError(
    "INPUT_INVALID",
    `delayPeriods is ${given}; what follows the agents' opinions on this market data is known ${least} further periods later at the earliest, so it must be at least that.`,
    { details: { field: "delayPeriods", value: given, min: least } },
  );
}

interface Period {
  readonly cases: readonly { readonly asOf: string; readonly knownOn: string }[];
}

function delayOf(periods: readonly Period[]): number {
  const begun = periods.map(({ cases }) => cases.map(({ asOf }) => asOf).reduce(earlier));
  const known = periods.map(({ cases }) => cases.map(({ knownOn }) => knownOn).reduce(later));
  let delay = 0;
  known.forEach((day, index) => {
    // What no later period could learn from delays nothing.
    while (index + 1 + delay < periods.length && (begun[index + 1 + delay] ?? "") < day) delay += 1;
  });
  return delay;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function nothingSaid(agents: AgentHistory["agents"]): MycroftError {
  const slow = agents.filter(({ givenUp }) => givenUp !== null).map(({ name }) => name);
  const because =
    slow.length === 0 ? "" : ` Too slow to be asked about the past: ${slow.slice(0, 10).join(", ")}.`;
  return new MycroftError(
    "ENSEMBLE_EMPTY",
    `There is nothing to evaluate: on no day of the market data has an agent of the project an opinion whose outcome is known by now.${because}`,
    { details: { agents: agents.length, slow: slow.length } },
  );
}
