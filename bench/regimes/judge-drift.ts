/**
 * Does a drift flag tell what comes? Each agent is watched as its scores become known; what it scores on the forecasts it gives
 * while it is flagged, which nobody knew then, is held against its own record until then.
 */
import { type AgentDrift, type DriftSettings, startDriftMonitor } from "@mycroft/ensemble";
import type { Row } from "../report.ts";
import { byDay, Outcomes, type Question, scoreOf } from "./walk-market.ts";

type Flag = AgentDrift["direction"] | "none";

/** By agent: its score less the agents' mean on the same questions, averaged over the questions. */
function relativeScores(questions: readonly Question[]): ReadonlyMap<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const question of questions) {
    const scores = Array.from(question.forecasts, ([agent, forecast]) => {
      return [agent, scoreOf(forecast, question)] as const;
    });
    const mean = scores.reduce((sum, [, score]) => sum + score, 0) / scores.length;
    for (const [agent, score] of scores) {
      const own = sums.get(agent) ?? { sum: 0, count: 0 };
      sums.set(agent, { sum: own.sum + score - mean, count: own.count + 1 });
    }
  }
  return new Map(Array.from(sums, ([agent, { sum, count }]) => [agent, sum / count]));
}

export function judgeDrift(
  data: string,
  questions: readonly Question[],
  settings: DriftSettings & { readonly name: string },
): Row[] {
  const { name, ...own } = settings;
  const monitor = startDriftMonitor(own);
  const known = new Map<string, { sum: number; count: number }>();
  const excess: Record<Flag, number[]> = { worse: [], better: [], none: [] };
  const alarms: Record<AgentDrift["direction"], number> = { worse: 0, better: 0 };
  const days = byDay(questions);
  const outcomes = new Outcomes(questions);
  const settled = new Map<string, number>();
  let next = 0;
  const rounds = [...days.keys()];
  for (const [day, asked] of days) {
    // A day of forecasts is one score, on the day on which the last of its outcomes is known.
    for (const list of outcomes.until(day).values()) {
      for (const { on } of list) settled.set(on, (settled.get(on) ?? 0) + 1);
    }
    for (; next < rounds.length; next += 1) {
      const round = days.get(rounds[next] ?? "") ?? [];
      if ((settled.get(rounds[next] ?? "") ?? 0) < round.length) break;
      for (const [agent, score] of relativeScores(round)) {
        const drift = monitor.add(agent, score, day);
        if (drift !== null) alarms[drift.direction] += 1;
        const sums = known.get(agent) ?? { sum: 0, count: 0 };
        known.set(agent, { sum: sums.sum + score, count: sums.count + 1 });
      }
    }
    const drifting = monitor.drifting();
    for (const [agent, score] of relativeScores(asked)) {
      const record = known.get(agent);
      if (record === undefined || record.count < 10) continue;
      excess[drifting.get(agent)?.direction ?? "none"].push(score - record.sum / record.count);
    }
  }
  return (["worse", "better", "none"] as const).map((flag) => {
    const values = excess[flag];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const share = values.filter((value) => value > 0).length / values.length;
    return {
      data,
      watched: name,
      flag,
      alarms: flag === "none" ? "" : alarms[flag],
      "later scores": values.length,
      "worse than own record by, x 1e4": values.length === 0 ? "" : (1e4 * mean).toFixed(1),
      "share worse": values.length === 0 ? "" : `${(100 * share).toFixed(0)}%`,
    };
  });
}
