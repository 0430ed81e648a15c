/** The door for files: forecasts (CSV, wide or long, or agents' findings as JSON) and what came true, as data to evaluate. */
import { basename, extname } from "node:path";
import { MycroftError } from "@mycroft/errors";
import { checkEvaluationData, type EvaluationData } from "../evaluation-data.ts";
import { assemble } from "./assemble.ts";
import { CaseTable } from "./case-table.ts";
import {
  type ColumnOptions,
  type ForecastLayout,
  findForecastLayout,
  findOutcomeLayout,
  type OutcomeLayout,
} from "./column-roles.ts";
import { type DataReport, DataReportBuilder, rejectDirt } from "./data-report.ts";
import { usualTolerance } from "./forecast-cells.ts";
import { findingOutcomes, readFindings } from "./read-findings.ts";
import { type ObservedRow, readForecasts } from "./read-forecasts.ts";
import { putObserved, readOutcomes } from "./read-outcomes.ts";
import { readRows } from "./usable-rows.ts";

export interface LoadOptions {
  /** The CSV file of what came true; null when it stands in the file of forecasts. */
  readonly outcomes?: string | undefined;
  readonly columns?: ColumnOptions | undefined;
  /** A single value is the probability of the upper one of two outcomes, `down` and `up`. */
  readonly binary?: boolean | undefined;
  /** How far a probability may be below zero, and a sum off one, and still be repaired: 0 to 0.2; 0.02 unless given. */
  readonly tolerance?: number | undefined;
  /** From a subject's name in the files to the name that it is to go by. */
  readonly renames?: ReadonlyMap<string, string> | undefined;
  /** Makes anything that would be repaired, dropped or missing an error. */
  readonly strict?: boolean | undefined;
}

export interface LoadedEvaluationData {
  readonly data: EvaluationData;
  readonly report: DataReport;
}

interface Loaded {
  readonly outcomes: readonly string[];
  readonly observed: readonly ObservedRow[];
  readonly observedNames: readonly string[];
  /** The names of the forecasts' columns, to be looked for in the file of outcomes. */
  readonly period: string | undefined;
  readonly subject: string | undefined;
}

/**
 * @param forecasts a `.csv` file, or `.json` / `.jsonl` of findings.
 * @throws {MycroftError} DATA_FILE_UNREADABLE, DATA_EMPTY, DATA_COLUMN_MISSING, OPINION_DIMENSION, LIMIT_EXCEEDED,
 *   DATA_ROW_INVALID (with `strict`) or INPUT_INVALID (an option), naming the file, the column and the line.
 */
export async function loadEvaluationData(
  forecasts: string,
  options: LoadOptions = {},
): Promise<LoadedEvaluationData> {
  const tolerance = checkTolerance(options.tolerance ?? usualTolerance);
  const report = new DataReportBuilder();
  const table = new CaseTable(report, options.renames ?? new Map());
  const isJson = [".json", ".jsonl", ".ndjson"].includes(extname(forecasts).toLowerCase());
  const loaded = isJson
    ? await loadFindings(forecasts, table, options)
    : await loadForecastCsv(forecasts, table, options, tolerance);
  for (const row of loaded.observed) {
    putObserved(row, loaded.observedNames, table, loaded.outcomes, tolerance);
  }
  if (options.outcomes !== undefined) {
    await loadOutcomeCsv(options.outcomes, table, options, loaded, tolerance);
  }
  const data = assemble(table, loaded.outcomes);
  checkEvaluationData(data);
  const finished = report.finish();
  if (options.strict === true) rejectDirt(finished);
  return { data, report: finished };
}

async function loadFindings(file: string, table: CaseTable, options: LoadOptions): Promise<Loaded> {
  if (options.outcomes === undefined) throw noOutcomes(file);
  await readFindings(file, table, options.columns ?? {});
  table.report.note(
    "Findings: edge_score is read as the probability of up over down and up; null is an abstention.",
  );
  const { period, subject } = options.columns ?? {};
  return { outcomes: findingOutcomes, observed: [], observedNames: [], period, subject };
}

async function loadForecastCsv(
  file: string,
  table: CaseTable,
  options: LoadOptions,
  tolerance: number,
): Promise<Loaded> {
  const { header, rows } = await readRows(file, table.report);
  const layout = findForecastLayout(file, header, options.columns ?? {}, options.outcomes !== undefined);
  if (layout.observed.length === 0 && options.outcomes === undefined) throw noOutcomes(file);
  table.report.note(describeLayout(file, header, layout));
  const reading = {
    file,
    header,
    layout,
    isBinary: options.binary === true,
    tolerance,
    onlyAgent: basename(file, extname(file)).slice(0, 100),
  };
  const { outcomes, observed } = await readForecasts(rows, table, reading);
  if (outcomes.length === 1) {
    throw new MycroftError(
      "OPINION_DIMENSION",
      `${file} has forecasts of one outcome only, ${outcomes[0]}.`,
      {
        details: { file, outcomes },
      },
    );
  }
  return {
    outcomes,
    observed,
    observedNames: layout.observed.map((at) => header[at] ?? ""),
    period: header[layout.period],
    subject: header[layout.subject],
  };
}

async function loadOutcomeCsv(
  file: string,
  table: CaseTable,
  options: LoadOptions,
  { outcomes, period, subject }: Loaded,
  tolerance: number,
): Promise<void> {
  const { header, rows } = await readRows(file, table.report);
  const expected = { outcomes: outcomes.length, period, subject };
  const layout = inOrderOf(
    outcomes,
    header,
    findOutcomeLayout(file, header, options.columns ?? {}, expected),
  );
  await readOutcomes(rows, table, { file, header, layout, outcomes, tolerance });
}

/** Columns that have the outcomes' own names count by name, wherever they stand. */
function inOrderOf(
  outcomes: readonly string[],
  header: readonly string[],
  layout: OutcomeLayout,
): OutcomeLayout {
  if (layout.type !== "wide") return layout;
  const byName = outcomes.map((name) => layout.columns.find((at) => header[at] === name));
  const columns = byName.filter((at) => at !== undefined);
  return columns.length === layout.columns.length ? { ...layout, columns } : layout;
}

function describeLayout(file: string, header: readonly string[], layout: ForecastLayout): string {
  const name = (at: number) => JSON.stringify(header[at] ?? "");
  const names = (list: readonly number[]) =>
    list.length > 6
      ? `${list.slice(0, 6).map(name).join(", ")} and ${list.length - 6} more`
      : list.map(name).join(", ");
  const parts = [`period ${name(layout.period)}`];
  if (layout.subject >= 0) parts.push(`subject ${name(layout.subject)}`);
  if (layout.type === "agentColumns") parts.push(`an agent in each of the columns ${names(layout.agents)}`);
  else if (layout.agent >= 0) parts.push(`agent ${name(layout.agent)}`);
  if (layout.type === "wide") parts.push(`probabilities ${names(layout.probabilities)}`);
  if (layout.type === "long")
    parts.push(`outcome ${name(layout.outcome)}`, `probability ${name(layout.value)}`);
  if (layout.type === "values") parts.push(`value ${name(layout.value)}`);
  if (layout.observed.length > 0) parts.push(`what came true ${names(layout.observed)}`);
  return `Columns of ${file}: ${parts.join("; ")}.`;
}

function noOutcomes(file: string): MycroftError {
  return new MycroftError(
    "DATA_COLUMN_MISSING",
    `${file} does not say what came true: it has no column named observed, actual or target, and no file of outcomes was given with it.`,
    { details: { file, column: "observed" } },
  );
}

function checkTolerance(tolerance: number): number {
  if (tolerance >= 0 && tolerance <= 0.2) return tolerance;
  throw new MycroftError("INPUT_INVALID", `The tolerance is ${tolerance}; it must be from 0 to 0.2.`, {
    details: { field: "tolerance", value: tolerance, limit: "0 to 0.2" },
  });
}
