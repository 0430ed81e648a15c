/** The forecasts of m6_tuning as questions, with a regime made of earlier periods' outcomes alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Question } from "./walk-market.ts";

/**
 * Outcomes are quintiles of the assets' returns against each other, so their spread is the same in every period. What does
 * differ is how far assets change places: the mean distance of an asset's quintile from that of the period before. A period
 * is `shuffled` when this distance, for the last period that is over, is above the mean of those before it, and `steady` otherwise.
 */
export function readM6Questions(folder: string): readonly Question[] {
  const forecasts = new Map<string, Map<string, readonly number[]>>();
  for (const [period = "", asset = "", model = "", ...cells] of rowsOf(join(folder, "model_forecasts.csv"))) {
    const key = `${asset}@${period}`;
    const byModel = forecasts.get(key) ?? new Map<string, readonly number[]>();
    const raw = cells.map((cell) => Math.max(0, Number(cell)));
    const sum = raw.reduce((total, value) => total + value, 0);
    forecasts.set(
      key,
      byModel.set(
        model,
        raw.map((value) => value / sum),
      ),
    );
  }
  const rows = rowsOf(join(folder, "outcomes.csv"));
  const periods = [...new Set(rows.map(([period = ""]) => period))].toSorted();
  const quintiles = new Map(
    rows.map(([period, asset, ...cells]) => [`${asset}@${period}`, meanPlace(cells)]),
  );
  const assets = [...new Set(rows.map(([, asset = ""]) => asset))];
  const moved = periods.map((period, index) => {
    const before = periods[index - 1];
    if (before === undefined) return null;
    const distances = assets.map((asset) => {
      const now = quintiles.get(`${asset}@${period}`) ?? 3;
      return Math.abs(now - (quintiles.get(`${asset}@${before}`) ?? 3));
    });
    return distances.reduce((sum, value) => sum + value, 0) / distances.length;
  });
  return rows.map(([period = "", asset = "", ...cells]) => {
    const index = periods.indexOf(period);
    const id = `${asset}@${period}`;
    return {
      id,
      on: period,
      // Known when the next period begins.
      knownOn: periods[index + 1] ?? "9999-01-01",
      forecasts: forecasts.get(id) ?? new Map<string, readonly number[]>(),
      observed: cells.map(Number),
      regimes: new Map([[2, regimeOf(moved.slice(0, index))]]),
    };
  });
}

/** By what is over: at least two distances, the last against the mean of those before. */
function regimeOf(moved: readonly (number | null)[]): string | null {
  const known = moved.filter((one) => one !== null);
  const last = known.at(-1);
  const earlier = known.slice(0, -1);
  if (last === undefined || earlier.length === 0) return null;
  return last > earlier.reduce((sum, value) => sum + value, 0) / earlier.length ? "shuffled" : "steady";
}

function meanPlace(cells: readonly string[]): number {
  return cells.reduce((sum, cell, index) => sum + (index + 1) * Number(cell), 0);
}

function rowsOf(file: string): string[][] {
  const [, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => line.trim().split(","));
}
