/** Reads what came true: as a distribution, as the name or number of an outcome, or as a point. */

import type { CsvRow } from "@mycroft/csv";
import type { ForecastValue } from "../evaluation-data.ts";
import { type CaseDraft, type CaseTable, onlySubject, type Source } from "./case-table.ts";
import type { OutcomeLayout } from "./column-roles.ts";
import { readPoint, readProbabilities } from "./forecast-cells.ts";
import { LongCells } from "./long-cells.ts";

export interface OutcomeReading {
  readonly file: string;
  readonly header: readonly string[];
  readonly layout: OutcomeLayout;
  /** The names of the outcomes; none for points. */
  readonly outcomes: readonly string[];
  readonly tolerance: number;
}

/** Outcomes go to cases that have forecasts; those of others are kept apart, as cases without a forecast. */
export async function readOutcomes(
  rows: AsyncIterable<CsvRow>,
  table: CaseTable,
  reading: OutcomeReading,
): Promise<void> {
  const { file, header, layout, outcomes, tolerance } = reading;
  const long = new LongCells(table);
  for await (const { fields, line } of rows) {
    const source = { file, line };
    const period = table.name(fields[layout.period], header[layout.period] ?? "", source);
    const subject =
      layout.subject < 0
        ? onlySubject
        : table.name(fields[layout.subject], header[layout.subject] ?? "", source);
    if (period === null || subject === null) continue;
    const draft = table.open(period, subject, source);
    if (layout.type === "wide") {
      const texts = layout.columns.map((column) => fields[column] ?? "");
      const names = layout.columns.map((column) => header[column] ?? "");
      putObserved({ draft, texts, source }, names, table, outcomes, tolerance);
      continue;
    }
    const outcome = fields[layout.outcome]?.trim() ?? "";
    if (!outcomes.includes(outcome)) {
      table.problem(source, header[layout.outcome] ?? "", outcome, "unknownOutcome");
      continue;
    }
    long.put({ draft, agent: "", outcome, text: fields[layout.value] ?? "", source });
  }
  for (const { draft, texts, source } of long.forecasts(outcomes)) {
    putDistribution({ draft, texts, source }, outcomes, table, tolerance);
  }
}

interface Observed {
  readonly draft: CaseDraft;
  readonly texts: readonly (string | undefined)[];
  readonly source: Source;
}

export function putObserved(
  observed: Observed,
  names: readonly string[],
  table: CaseTable,
  outcomes: readonly string[],
  tolerance: number,
): void {
  const { draft, texts, source } = observed;
  if (texts.length > 1) {
    putDistribution(observed, names, table, tolerance);
    return;
  }
  const text = texts[0] ?? "";
  const read = outcomes.length === 0 ? readPoint(text) : readLabel(text, outcomes);
  for (const { problem } of read.problems) {
    // An outcome that is not there yet leaves the case without one, which is told later.
    if (problem !== "abstention") table.problem(source, names[0] ?? "", text, problem);
  }
  if (read.value !== null && read.value !== undefined) table.putOutcome(draft, read.value, source);
}

function putDistribution(
  { draft, texts, source }: Observed,
  names: readonly string[],
  table: CaseTable,
  tolerance: number,
): void {
  const { value, problems } = readProbabilities(texts, tolerance);
  for (const { cell, value: text, problem } of problems) {
    if (problem === "abstention") continue;
    table.problem(source, cell >= 0 ? (names[cell] ?? "") : "the outcome", text, problem);
  }
  if (value !== null && value !== undefined) table.putOutcome(draft, value, source);
}

const yesWords = ["down up", "0 1", "false true", "no yes"].map((words) => words.split(" "));

/** An outcome by its name, else by its number from 1; of two outcomes, `0` and `1`, `false` and `true` too. */
function readLabel(text: string, outcomes: readonly string[]) {
  const label = text.trim();
  const lower = label.toLowerCase();
  const { value: number, problems } = readPoint(label);
  if (number === null) return { value: null, problems };
  const numbers = outcomes.map((_, index) => String(index + 1));
  const lists = [outcomes, ...(outcomes.length === 2 ? yesWords : [numbers])];
  const index = lists
    .map((list) => list.findIndex((name) => name.toLowerCase() === lower))
    .find((at) => at >= 0);
  if (index === undefined) {
    return { value: undefined, problems: [{ cell: 0, value: label, problem: "unknownOutcome" as const }] };
  }
  const value: ForecastValue = outcomes.map((_, at) => (at === index ? 1 : 0));
  return { value, problems: [] };
}
