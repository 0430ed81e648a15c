/**
 * Reads market data from a user's CSV files as a stream. Every row is used or reported (P7); files, symbols and
 * records have limits (P8).
 */
import { basename } from "node:path";
import { checkFile, readCsv } from "@mycroft/csv";
import { MycroftError } from "@mycroft/errors";
import type { MarketData } from "@mycroft/sdk";
import { isoOf } from "../calendar-day.ts";
import { type BarColumns, BarColumnsBuilder, numericBarAt } from "./bar-columns.ts";
import { findColumns } from "./csv-columns.ts";
import { type FactCsvFile, readFacts } from "./csv-facts.ts";
import { csvLimits } from "./csv-limits.ts";
import { CsvRowReader, normaliseSymbol } from "./csv-row.ts";
import {
  describeRowProblem,
  type FileReport,
  FileReportBuilder,
  type LoadReport,
  noUsableRow,
  reportOf,
} from "./load-report.ts";
import { marketDataOf } from "./market-data.ts";
import type { SymbolBars } from "./market-store.ts";
import { orderRows } from "./row-order.ts";

/** The symbol that is taken for the market's index when it is there and no option names one. */
const usualIndex = "^GSPC";

export interface CsvFile {
  readonly path: string;
  /** The symbol of a file without a symbol column. */
  readonly symbol?: string;
}

export interface CsvOptions {
  /** The symbol of every file that has no symbol column and names none itself. */
  readonly symbol?: string;
  /**
   * The symbol of the market's index; `^GSPC` when it is there and nothing else is said. It and every symbol that begins
   * with `^` are indices, not companies.
   */
  readonly index?: string;
  /** Files of dated facts beside the prices; see `FactCsvFile`. */
  readonly facts?: readonly (string | FactCsvFile)[];
  /** Makes a rejected row an error, DATA_ROW_INVALID. */
  readonly strict?: boolean;
  /** The name of the data in evidence, at most 200 characters; the files' names unless given. */
  readonly source?: string;
  /** The largest file that is read, in bytes; 1 GiB unless given. */
  readonly maxFileBytes?: number;
}

export interface LoadedMarketData {
  readonly data: MarketData;
  readonly report: LoadReport;
}

/**
 * Market data from CSV files in long format: a header with `date`, `symbol` or `ticker`, `open`, `high`, `low`, `close`,
 * `adj_close` and `volume`, of which only the date, the close and a symbol (by column or by option) are required.
 * One symbol's rows may be spread over files; for a day that two files have, the first file counts. A symbol's rows
 * may be oldest first or newest first; rows that break that order are rejected (see `orderRows`).
 * @throws {MycroftError} DATA_FILE_UNREADABLE, LIMIT_EXCEEDED, DATA_COLUMN_MISSING, DATA_EMPTY (a file without a usable
 * row), DATA_ROW_INVALID (with `strict`), INPUT_INVALID (an option); each names the file.
 */
export async function loadCsv(
  files: string | readonly (string | CsvFile)[],
  options: CsvOptions = {},
): Promise<LoadedMarketData> {
  const list = (typeof files === "string" ? [files] : files).map((file) =>
    typeof file === "string" ? { path: file } : file,
  );
  if (list.length === 0) throw new MycroftError("DATA_EMPTY", "No data file was named.");
  const source = sourceName(options.source, list);
  const { series, index, reports } = await readSeries(list, options);
  const priced = new Set(series.map((one) => one.symbol));
  const facts = await readFacts(options.facts ?? [], priced, options.maxFileBytes ?? csvLimits.fileBytes);
  const report = reportOf([...reports, ...facts.reports]);
  if (options.strict === true) rejectDirt(report);
  return { data: marketDataOf(source, series, index, facts.facts), report };
}

export interface ReadSeries {
  readonly series: readonly SymbolBars[];
  readonly index: string | null;
  readonly reports: readonly FileReport[];
}

/** A file whose column of closes may have another name. */
export interface NamedCsvFile extends CsvFile {
  readonly closeName?: "close" | "price";
}

/** The bars of files, before they become market data: for `loadCsv` and for sources that date them anew. */
export async function readSeries(files: readonly NamedCsvFile[], options: CsvOptions): Promise<ReadSeries> {
  const asked = givenSymbol("index", options.index);
  const loader = new Loader(options, asked);
  for (const file of files) await loader.read(file);
  const series = loader.finish();
  return { series, index: indexOf(series, asked), reports: loader.reports() };
}

/** One symbol's rows of one file, in order of day. */
interface SymbolRows {
  readonly columns: BarColumns;
  readonly lines: readonly number[];
  readonly report: FileReportBuilder;
}

class Loader {
  readonly #options: CsvOptions;
  readonly #index: string | null;
  readonly #reports: FileReportBuilder[] = [];
  readonly #rows = new Map<string, SymbolRows[]>();

  constructor(options: CsvOptions, index: string | null) {
    this.#options = options;
    this.#index = index;
  }

  async read(file: NamedCsvFile): Promise<void> {
    await checkFile(file.path, this.#options.maxFileBytes ?? csvLimits.fileBytes);
    const symbol = givenSymbol("symbol", file.symbol ?? this.#options.symbol);
    const report = new FileReportBuilder(file.path);
    this.#reports.push(report);
    const collected = await collectRows(file, symbol, report);
    for (const [name, { builder, lines }] of collected) {
      const rows = orderedRows(name, builder, lines, report);
      const earlier = this.#rows.get(name);
      if (earlier === undefined) this.#rows.set(name, [rows]);
      else earlier.push(rows);
    }
    if (report.rowsUsed === 0) throw noUsableRow(report.finish());
  }

  finish(): SymbolBars[] {
    return [...this.#rows].map(([symbol, parts]) => ({
      symbol,
      kind: symbol.startsWith("^") || symbol === this.#index ? "index" : "company",
      columns: merge(symbol, parts),
    }));
  }

  reports(): readonly FileReport[] {
    return this.#reports.map((report) => report.finish());
  }
}

interface Collected {
  readonly builder: BarColumnsBuilder;
  readonly lines: number[];
}

async function collectRows(
  { path, closeName = "close" }: NamedCsvFile,
  symbol: string | null,
  report: FileReportBuilder,
): Promise<ReadonlyMap<string, Collected>> {
  const bySymbol = new Map<string, Collected>();
  let reader: CsvRowReader | undefined;
  for await (const { fields, line } of readCsv(path, csvLimits.recordBytes)) {
    if (reader === undefined) {
      const columns = findColumns(path, fields, { needsSymbol: symbol === null, closeName });
      reader = new CsvRowReader(columns, report, columns.at.symbol < 0 ? symbol : null);
      continue;
    }
    const row = reader.read(fields, line);
    if (row === null) continue;
    const rows = rowsOf(bySymbol, row.symbol, path);
    rows.builder.push(row.bar);
    rows.lines.push(line);
  }
  return bySymbol;
}

function rowsOf(bySymbol: Map<string, Collected>, symbol: string, path: string): Collected {
  const known = bySymbol.get(symbol);
  if (known !== undefined) return known;
  if (bySymbol.size >= csvLimits.symbols) {
    throw new MycroftError("LIMIT_EXCEEDED", `${path} has more than ${csvLimits.symbols} symbols.`, {
      details: { file: path, limit: "symbols", max: csvLimits.symbols },
    });
  }
  const rows = { builder: new BarColumnsBuilder(), lines: [] };
  bySymbol.set(symbol, rows);
  return rows;
}

function orderedRows(
  symbol: string,
  builder: BarColumnsBuilder,
  lines: readonly number[],
  report: FileReportBuilder,
): SymbolRows {
  const days = Array.from({ length: builder.length }, (_, row) => builder.dayAt(row));
  const order = orderRows(days);
  const where = (row: number) => `${symbol} ${isoOf(days[row] ?? 0)}`;
  for (const row of order.duplicates) report.reject(lines[row] ?? 0, "row", where(row), "duplicate");
  for (const row of order.misplaced) report.reject(lines[row] ?? 0, "row", where(row), "outOfOrder");
  report.rowsUsed += order.kept.length;
  return { columns: builder.select(order.kept), lines: order.kept.map((row) => lines[row] ?? 0), report };
}

/** Joins the rows that several files have of one symbol. */
function merge(symbol: string, parts: readonly SymbolRows[]): BarColumns {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only.columns;
  const builder = new BarColumnsBuilder();
  const seen = new Set<number>();
  for (const { columns, lines, report } of parts) {
    for (const [row, day] of columns.days.entries()) {
      if (seen.has(day)) {
        report.rowsUsed -= 1;
        report.reject(lines[row] ?? 0, "row", `${symbol} ${isoOf(day)}`, "duplicate");
        continue;
      }
      seen.add(day);
      builder.push(numericBarAt(columns, row));
    }
  }
  const rows = Array.from({ length: builder.length }, (_, row) => row);
  return builder.select(rows.sort((a, b) => builder.dayAt(a) - builder.dayAt(b)));
}

function givenSymbol(option: "symbol" | "index", text: string | undefined): string | null {
  if (text === undefined) return null;
  const symbol = normaliseSymbol(text);
  if (symbol !== null) return symbol;
  throw new MycroftError(
    "INPUT_INVALID",
    `The option ${option} is ${JSON.stringify(text)}, which is no symbol.`,
    {
      details: { option, value: text },
    },
  );
}

function indexOf(series: readonly SymbolBars[], asked: string | null): string | null {
  if (asked === null) return series.some((one) => one.symbol === usualIndex) ? usualIndex : null;
  if (series.some((one) => one.symbol === asked)) return asked;
  throw new MycroftError("INPUT_INVALID", `The index ${JSON.stringify(asked)} is in none of the files.`, {
    details: { option: "index", value: asked },
  });
}

function sourceName(given: string | undefined, files: readonly CsvFile[]): string {
  if (given !== undefined && given !== "" && given.length <= csvLimits.sourceLength) return given;
  if (given !== undefined) {
    throw new MycroftError(
      "INPUT_INVALID",
      `The option source has ${given.length} characters; it needs 1 to ${csvLimits.sourceLength}.`,
      { details: { option: "source", limit: "sourceLength", max: csvLimits.sourceLength } },
    );
  }
  const names = files.map((file) => basename(file.path)).join(", ");
  if (names.length <= csvLimits.sourceLength) return names;
  const first = basename(files[0]?.path ?? "").slice(0, csvLimits.sourceLength / 2);
  return `${first} and ${files.length - 1} more files`;
}

function rejectDirt(report: LoadReport): void {
  if (report.rowsRejected === 0) return;
  const first = report.files
    .flatMap((file) => file.examples)
    .find((problem) => problem.effect === "rowRejected");
  const where = first === undefined ? "" : ` The first: ${describeRowProblem(first)}`;
  throw new MycroftError(
    "DATA_ROW_INVALID",
    `${report.rowsRejected} of ${report.rowsRead} rows cannot be used, and strict loading was asked for.${where}`,
    { details: { rowsRejected: report.rowsRejected, rowsRead: report.rowsRead, first } },
  );
}
