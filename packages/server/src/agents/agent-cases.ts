/** The cases of history behind an agent's figures: each with what was said, what followed, and the scores. Pure. */
import { type AgentHistory, scoreOf } from "@mycroft/backtest";
import type { AgentCases } from "@mycroft/protocol";

/** Which cases, in which order, and how many of them from where. */
export interface AskedCases {
  readonly against?: string | undefined;
  readonly day?: string | undefined;
  readonly sort: "newest" | "best" | "worst";
  readonly limit: number;
  /** As many are passed over. */
  readonly cursor?: string | undefined;
}

type Case = AgentCases["cases"][number];

/** None of an agent that had no opinion, was asked no more, or is not in the history. */
export function casesOf(history: AgentHistory, name: string, asked: AskedCases): AgentCases {
  const { against = null, limit } = asked;
  const fitting = sorted(fittingCases(history, name, asked), asked.sort);
  const from = Number(asked.cursor ?? 0);
  const rest = fitting.length - from - limit;
  return {
    agent: name,
    against,
    outcomes: [...history.outcomes],
    horizonDays: history.horizonDays,
    total: fitting.length,
    cases: fitting.slice(from, from + limit),
    nextCursor: rest > 0 ? String(from + limit) : null,
  };
}

function fittingCases(history: AgentHistory, name: string, { against, day }: AskedCases): readonly Case[] {
  const placeOf = (one: string) =>
    history.agents.findIndex((agent) => agent.name === one && agent.givenUp === null);
  const place = placeOf(name);
  const otherPlace = against === undefined ? null : placeOf(against);
  const days = day === undefined ? history.days : history.days.filter(({ date }) => date === day);
  return days.flatMap(({ date, cases }) =>
    cases.flatMap(({ subject, asOf, outcome, usual, opinions }): readonly Case[] => {
      const said = opinions[place] ?? null;
      const otherSaid = otherPlace === null ? null : (opinions[otherPlace] ?? null);
      if (said === null || (otherPlace !== null && otherSaid === null)) return [];
      const { index } = outcome;
      return [
        {
          subject,
          day: date,
          asOf,
          probabilities: [...said],
          score: scoreOf(said, index),
          other:
            otherSaid === null ? null : { probabilities: [...otherSaid], score: scoreOf(otherSaid, index) },
          usual: [...usual],
          reference: scoreOf(usual, index),
          outcome: { date: outcome.to, index, return: Math.expm1(outcome.logReturn) },
        },
      ];
    }),
  );
}

/** Cases that score the same stay in the order of their days. */
function sorted(cases: readonly Case[], order: AskedCases["sort"]): readonly Case[] {
  if (order === "newest") return cases.toReversed();
  const direction = order === "best" ? 1 : -1;
  return cases.toSorted((a, b) => direction * (a.score - b.score));
}
