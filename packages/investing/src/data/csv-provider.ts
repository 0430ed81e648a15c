/**
 * Reads market data from a user's CSV files as a stream. Every row is used or reported (P7); files, symbols and
 * records have limits (P8).
 */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { MarketData } from "@mycroft/sdk";
import { CsvError, parse } from "csv-parse";
import { type BarColumns, BarColumnsBuilder } from "./bar-columns.ts";
import { type CsvColumns, findColumns } from "./csv-columns.ts";
import { CsvRowReader, normaliseSymbol } from "./csv-row.ts";
import {
  describeRowProblem,
  type FileReport,
  FileReportBuilder,
  type LoadReport,
  reportOf,
} from "./load-report.ts";
import { marketDataOf } from "./market-data.ts";
import type { SymbolBars } from "./market-store.ts";
import { orderRows } from "./row-order.ts";

export const csvLimits = {
  /** Bytes of one file, unless an option says otherwise. */
  fileBytes: 1024 ** 3,
  symbols: 50_000,
  /** Characters of one record: an opening quote that is never closed ends here. */
  recordLength: 64 * 1024,
  sourceLength: 200,
} as const;

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
  const loader = new Loader(options);
  for (const file of list) await loader.read(file);
  const series = loader.finish();
  const report = reportOf(loader.reports());
  if (options.strict === true) rejectDirt(report);
  return { data: marketDataOf(source, series, indexOf(series, options.index)), report };
}

/** One symbol's rows of one file, in order of day. */
interface SymbolRows {
  readonly columns: BarColumns;
  readonly lines: readonly number[];
  readonly report: FileReportBuilder;
}

class Loader {
  readonly #options: CsvOptions;
  readonly #reports: FileReportBuilder[] = [];
  readonly #rows = new Map<string, SymbolRows[]>();

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  async read(file: CsvFile): Promise<void> {
    await checkFile(file.path, this.#options.maxFileBytes ?? csvLimits.fileBytes);
    const symbol = givenSymbol(file.path, file.symbol ?? this.#options.symbol);
    const report = new FileReportBuilder(file.path);
    this.#reports.push(report);
    const collected = await collectRows(file.path, symbol, report);
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
      kind: symbol.startsWith("^") || symbol === this.#options.index ? "index" : "company",
      columns: merge(symbol, parts),
    }));
  }

  reports(): readonly FileReport[] {
    return this.#reports.map((report) => report.finish());
  }
}

async function checkFile(path: string, maxBytes: number): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const status = await handle.stat();
    if (!status.isFile()) throw unreadable(path, "it is not a regular file");
    if (status.size === 0) throw new MycroftError("DATA_EMPTY", `${path} is empty.`, { details: { file: path } });
    if (status.size <= maxBytes) return;
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `${path} has ${status.size} bytes; the limit maxFileBytes is ${maxBytes}.`,
      { details: { file: path, limit: "maxFileBytes", value: status.size, max: maxBytes } },
    );
  } catch (error) {
    throw error instanceof MycroftError ? error : unreadable(path, messageOf(error), error);
  } finally {
    await handle?.close();
  }
}

interface Collected {
  readonly builder: BarColumnsBuilder;
  readonly lines: number[];
}

async function collectRows(
  path: string,
  symbol: string | null,
  report: FileReportBuilder,
): Promise<ReadonlyMap<string, Collected>> {
  const bySymbol = new Map<string, Collected>();
  let reader: CsvRowReader | undefined;
  /** Blank lines are only dirt when a row follows them. */
  const blankLines: number[] = [];
  for await (const { fields, line } of records(path)) {
    if (fields.length === 1 && fields[0]?.trim() === "") {
      blankLines.push(line);
      continue;
    }
    if (reader === undefined) {
      const columns: CsvColumns = findColumns(path, fields, symbol === null);
      reader = new CsvRowReader(columns, report, columns.at.symbol < 0 ? symbol : null);
      blankLines.length = 0;
      continue;
    }
    for (const blank of blankLines.splice(0)) reader.read([], blank);
    const row = reader.read(fields, line);
    if (row !== null) addRow(bySymbol, row.symbol, path).lines.push(line);
    if (row !== null) bySymbol.get(row.symbol)?.builder.push(row.bar);
  }
  return bySymbol;
}
