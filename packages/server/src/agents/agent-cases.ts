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
type Day = AgentHistory["days"][number];

/** A case that fits, and what was said of it: what is not on the page is not worked out. */
interface Fitting {
  readonly day: string;
  readonly one: Day["cases"][number];
  readonly said: readonly number[];
  readonly otherSaid: readonly number[] | null;
}

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
    cases: fitting.slice(from, from + limit).map(caseOf),
    nextCursor: rest > 0 ? String(from + limit) : null,
  };
}

function fittingCases(
  history: AgentHistory,
  name: string,
  { against, day: onlyDay }: AskedCases,
): readonly Fitting[] {
  const placeOf = (one: string) =>
    history.agents.findIndex((agent) => agent.name === one && agent.givenUp === null);
  const place = placeOf(name);
  const otherPlace = against === undefined ? null : placeOf(against);
  const fitting: Fitting[] = [];
  for (const { date: day, cases } of history.days) {
    if (onlyDay !== undefined && day !== onlyDay) continue;
    for (const one of cases) {
      const said = one.opinions[place] ?? null;
      const otherSaid = otherPlace === null ? null : (one.opinions[otherPlace] ?? null);
      if (said === null || (otherPlace !== null && otherSaid === null)) continue;
      fitting.push({ day, one, said, otherSaid });
    }
  }
  return fitting;
}

/** Cases that score the same stay in the order of their days. */
function sorted(fitting: readonly Fitting[], order: AskedCases["sort"]): readonly Fitting[] {
  if (order === "newest") return fitting.toReversed();
  const direction = order === "best" ? 1 : -1;
  const scored = fitting.map((one) => ({ one, score: scoreOf(one.said, one.one.outcome.index) }));
  return scored.sort((a, b) => direction * (a.score - b.score)).map(({ one }) => one);
}

function caseOf({ day, one, said, otherSaid }: Fitting): Case {
  const { subject, asOf, outcome, usual } = one;
  const { index } = outcome;
  return {
    subject,
    day,
    asOf,
    probabilities: [...said],
    score: scoreOf(said, index),
    other: otherSaid === null ? null : { probabilities: [...otherSaid], score: scoreOf(otherSaid, index) },
    usual: [...usual],
    reference: scoreOf(usual, index),
    outcome: { date: outcome.to, index, return: Math.expm1(outcome.logReturn) },
  };
}
