/** From the texts of a forecast to probabilities or a point: what is a little off is repaired, the rest dropped, both by rule. */
import { evaluationLimits } from "../evaluation-limits.ts";
import type { DataProblemKind } from "./data-report.ts";

/** How far a probability may be below zero, and a sum off one, and still be repaired; unless an option says otherwise. */
export const usualTolerance = 0.02;

/** Sums of probabilities that were rounded to six digits. */
const roundingTolerance = 1e-5;
const roundingNoise = 1e-12;

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const emptyWords = new Set(["", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-"]);

export interface CellProblem {
  /** The index of the cell, -1 for the forecast as a whole. */
  readonly cell: number;
  readonly value: string;
  readonly problem: DataProblemKind;
}

/** `value` is null for an abstention, undefined for a forecast that cannot be used. */
export interface ReadForecast<Value> {
  readonly value: Value | null | undefined;
  readonly problems: readonly CellProblem[];
}

/** A number, "empty" or "bad". */
function readCell(text: string): number | "empty" | "bad" {
  const trimmed = text.trim();
  if (emptyWords.has(trimmed.toLowerCase())) return "empty";
  const value = number.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Math.abs(value) <= evaluationLimits.pointSize ? value + 0 : "bad";
}

export function readPoint(text: string): ReadForecast<number> {
  const value = readCell(text);
  if (value === "empty") return { value: null, problems: [{ cell: 0, value: text, problem: "abstention" }] };
  if (value === "bad") return dropped(0, text, "notANumber");
  return { value, problems: [] };
}

/** A probability of the upper one of two outcomes. */
export function readBinary(text: string): ReadForecast<readonly number[]> {
  const { value, problems } = readPoint(text);
  if (typeof value !== "number") return { value, problems };
  if (value >= 0 && value <= 1) return { value: [1 - value, value], problems };
  return dropped(0, text, "scoreOutOfRange");
}

/** One probability for each outcome; null and undefined stand for a row that a long file does not have. */
export function readProbabilities(
  texts: readonly (string | undefined)[],
  tolerance: number,
): ReadForecast<readonly number[]> {
  const cells = texts.map((text) => (text === undefined ? null : readCell(text)));
  const bad = cells.indexOf("bad");
  if (bad >= 0) return dropped(bad, texts[bad] ?? "", "notANumber");
  const empty = cells.indexOf("empty");
  if (empty >= 0) {
    const isAbstention = cells.every((cell) => typeof cell !== "number");
    if (!isAbstention) return dropped(empty, texts[empty] ?? "", "partlyEmpty");
    return { value: null, problems: [{ cell: -1, value: "", problem: "abstention" }] };
  }
  return repaired(
    cells.map((cell) => (typeof cell === "number" ? cell : null)),
    tolerance,
  );
}

function repaired(cells: readonly (number | null)[], tolerance: number): ReadForecast<readonly number[]> {
  const problems: CellProblem[] = [];
  const values = cells.map((cell) => cell ?? 0);
  for (const [cell, value] of values.entries()) {
    if (value >= 0) continue;
    if (value < -tolerance) return dropped(cell, String(value), "tooNegative");
    problems.push({ cell, value: String(value), problem: "negative" });
    values[cell] = 0;
  }
  const stated = cells.reduce<number>((sum, cell) => sum + (cell ?? 0), 0);
  const off = Math.abs(stated - 1);
  const lacksBins = cells.includes(null);
  if (lacksBins && off > roundingTolerance) return dropped(-1, showSum(stated), "binsMissing");
  if (lacksBins) problems.push({ cell: -1, value: "", problem: "binsLeftOut" });
  const sum = values.reduce((total, value) => total + value, 0);
  if (off > tolerance || !(sum > 0)) return dropped(-1, showSum(stated), "sumTooFarOff");
  // Digits that a decimal fraction loses in binary are no dirt.
  if (off > roundingNoise) {
    const problem = off > roundingTolerance ? "sumOff" : "rounding";
    problems.push({ cell: -1, value: showSum(stated), problem });
  }
  return { value: Math.abs(sum - 1) > roundingNoise ? values.map((value) => value / sum) : values, problems };
}

function showSum(sum: number): string {
  return String(Number(sum.toPrecision(12)));
}

function dropped(cell: number, value: string, problem: DataProblemKind): ReadForecast<never> {
  return { value: undefined, problems: [{ cell, value, problem }] };
}
