/** The data as the numeric core sees it: all cases in one list, forecasts as Float64Array. */
import type { EvaluationData, ForecastValue } from "../evaluation-data.ts";

export interface PanelCase {
  /** The place of its period. */
  readonly round: number;
  /** By agent; null where it abstains. */
  readonly forecasts: readonly (Float64Array | null)[];
  readonly observed: Float64Array;
}

export interface Panel {
  readonly agents: readonly string[];
  readonly periods: readonly string[];
  /** In order of period. */
  readonly cases: readonly PanelCase[];
}

export function panelOf(data: EvaluationData): Panel {
  const cases = data.rounds.flatMap(({ cases: ofRound }, round) =>
    ofRound.map(({ forecasts, observed }) => ({
      round,
      forecasts: forecasts.map((value) => (value === null ? null : numbersOf(value))),
      observed: numbersOf(observed),
    })),
  );
  return { agents: data.agents, periods: data.rounds.map(({ period }) => period), cases };
}

function numbersOf(value: ForecastValue): Float64Array {
  return typeof value === "number" ? Float64Array.of(value) : Float64Array.from(value);
}

/** The plain mean of those who speak; null when nobody does. */
export function equalPool(forecasts: readonly (Float64Array | null)[]): Float64Array | null {
  const awake = forecasts.filter((forecast) => forecast !== null);
  const [first] = awake;
  if (first === undefined) return null;
  const pool = new Float64Array(first.length);
  for (const forecast of awake) {
    for (let at = 0; at < pool.length; at += 1)
      pool[at] = (pool[at] ?? 0) + (forecast[at] ?? 0) / awake.length;
  }
  return pool;
}
