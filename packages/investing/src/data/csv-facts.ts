/**
 * Reads dated facts (the mood of tweets, reports of companies, anything in numbers) from CSV files. As with prices, every row
 * and every value is used or reported (P7), and what a row says counts from the day on which it was known (P5).
 */
import { basename } from "node:path";
import { checkFile, isMalformedText, readCsv } from "@mycroft/csv";
import { MycroftError } from "@mycroft/errors";
import { isoOf } from "../calendar-day.ts";
import { csvLimits } from "./csv-limits.ts";
import { csvNumber, normaliseSymbol, parseCsvDate } from "./csv-row.ts";
import { compareRecords, factColumnsOf, isFactValue, type NumericRecord } from "./fact-columns.ts";
import { type FactColumn, type FactHeader, readFactHeader } from "./fact-header.ts";
import { parsePeriod } from "./fact-kinds.ts";
import { type FileReport, FileReportBuilder, noUsableRow, type RowProblemKind } from "./load-report.ts";
import type { SymbolFacts } from "./market-store.ts";

/**
 * A CSV file with the columns `symbol` (or `ticker`), `available_date` (or `date`, where a row is known on the day that it is
 * about), optionally `end_date` (the last day that a row is about), and values. For the kind `sentiment` these are
 * `mean_compound`, `n_tweets`, `share_pos`, `share_neg`; for `fundamentals`, `period_focus` or `months`, `revenues`,
 * `net_income`, `eps_diluted`, `assets`, `equity` and others; for a kind of one's own, every other column.
 */
export interface FactCsvFile {
  readonly path: string;
  /** Found from the columns unless given: `sentiment`, `fundamentals`, or a plain word of one's own. */
  readonly kind?: string;
}

export interface ReadFacts {
  readonly facts: readonly SymbolFacts[];
  readonly reports: readonly FileReport[];
}

/**
 * The facts of all files. Of two rows of one kind about the same symbol, day and period, the first counts.
 * @param priced the symbols that have prices; the report notes facts about others.
 * @throws {MycroftError} the codes of `loadCsv`, each naming the file.
 */
export async function readFacts(
  files: readonly (string | FactCsvFile)[],
  priced: ReadonlySet<string>,
  maxFileBytes: number,
): Promise<ReadFacts> {
  const collected = new FactCollection();
  const builders: FileReportBuilder[] = [];
  for (const file of files) {
    const { path, kind = null } = typeof file === "string" ? { path: file } : file;
    await checkFile(path, maxFileBytes);
    const report = new FileReportBuilder(path);
    builders.push(report);
    await readFile(path, kind, report, collected, priced);
    if (report.rowsUsed === 0) throw noUsableRow(report.finish());
  }
  return { facts: collected.finish(), reports: builders.map((report) => report.finish()) };
}

async function readFile(
  path: string,
  kind: string | null,
  report: FileReportBuilder,
  collected: FactCollection,
  priced: ReadonlySet<string>,
): Promise<void> {
  let reader: FactRowReader | undefined;
  const symbols = new Set<string>();
  for await (const { fields, line } of readCsv(path, csvLimits.recordBytes)) {
    if (reader === undefined) {
      reader = new FactRowReader(readFactHeader(path, fields, kind), report);
      continue;
    }
    const row = reader.read(fields, line);
    if (row === null) continue;
    if (collected.add(reader.header.kind, row, path)) {
      symbols.add(row.symbol);
      report.rowsUsed += 1;
    } else {
      const { day, periodEnd } = row.record;
      const where = `${row.symbol} ${isoOf(day)}${periodEnd === day ? "" : ` (to ${isoOf(periodEnd)})`}`;
      report.reject(line, "row", where, "duplicate");
    }
  }
  if (reader === undefined) return;
  report.facts = { kind: reader.header.kind, symbols: symbols.size };
  for (const note of notesOn(reader.header, symbols, priced)) report.note(note);
}

function notesOn(
  { kind, unused }: FactHeader,
  symbols: ReadonlySet<string>,
  priced: ReadonlySet<string>,
): readonly string[] {
  const strangers = [...symbols].filter((symbol) => !priced.has(symbol)).sort();
  const shown = strangers.slice(0, 5).join(", ") + (strangers.length > 5 ? " and others" : "");
  return [
    `Facts (${kind}) of ${symbols.size} ${symbols.size === 1 ? "symbol" : "symbols"}${strangers.length === 0 ? "" : `, ${strangers.length} of them without prices (${shown})`}.`,
    ...(unused.length === 0 ? [] : [`Columns that are not used: ${unused.join(", ")}.`]),
  ];
}

interface FactRow {
  readonly symbol: string;
  readonly record: NumericRecord;
}

/** The rows of all files by kind and symbol. */
class FactCollection {
  readonly #kinds = new Map<string, { readonly files: Set<string>; readonly symbols: Map<string, Rows> }>();

  /** False for a row that says the same as one before it. */
  add(kind: string, { symbol, record }: FactRow, path: string): boolean {
    const known = this.#kinds.get(kind) ?? { files: new Set<string>(), symbols: new Map<string, Rows>() };
    this.#kinds.set(kind, known);
    const rows = known.symbols.get(symbol) ?? { records: [], keys: new Set<string>() };
    if (!known.symbols.has(symbol) && known.symbols.size >= csvLimits.symbols) {
      throw new MycroftError("LIMIT_EXCEEDED", `${path} has more than ${csvLimits.symbols} symbols.`, {
        details: { file: path, limit: "symbols", max: csvLimits.symbols },
      });
    }
    const key = `${record.day}/${record.periodEnd}`;
    if (rows.keys.has(key)) return false;
    known.files.add(basename(path));
    known.symbols.set(symbol, rows);
    rows.keys.add(key);
    rows.records.push(record);
    return true;
  }

  finish(): readonly SymbolFacts[] {
    return [...this.#kinds].flatMap(([kind, { files, symbols }]) => {
      const source = [...files].join(", ").slice(0, csvLimits.sourceLength);
      return [...symbols].map(([symbol, { records }]) => {
        return { symbol, kind, source, columns: factColumnsOf(records.sort(compareRecords)) };
      });
    });
  }
}

interface Rows {
  readonly records: NumericRecord[];
  readonly keys: Set<string>;
}

/** Reads one row: a record, or what is wrong with it. */
class FactRowReader {
  readonly header: FactHeader;
  readonly #report: FileReportBuilder;

  constructor(header: FactHeader, report: FileReportBuilder) {
    this.header = header;
    this.#report = report;
  }

  read(fields: readonly string[], line: number): FactRow | null {
    this.#report.rowsRead += 1;
    if (fields.every((field) => field.trim() === "")) return this.#reject(line, "row", "", "empty");
    const { width, symbolAt, knownAt, periodEndAt } = this.header;
    if (fields.length !== width)
      return this.#reject(
        line,
        "row",
        `${fields.length} ${fields.length === 1 ? "field" : "fields"}`,
        "fieldCount",
      );
    const symbol = normaliseSymbol(fields[symbolAt] ?? "");
    if (symbol === null) return this.#rejectAt(line, fields, symbolAt, "badSymbol");
    const day = parseCsvDate(fields[knownAt]?.trim() ?? "");
    if (day === null) return this.#rejectAt(line, fields, knownAt, "unknownDate");
    const periodEnd = periodEndAt < 0 ? day : parseCsvDate(fields[periodEndAt]?.trim() ?? "");
    if (periodEnd === null) return this.#rejectAt(line, fields, periodEndAt, "unknownDate");
    if (periodEnd > day) return this.#rejectAt(line, fields, knownAt, "beforePeriodEnd");
    const values = this.#values(fields, line);
    return values === null ? null : { symbol, record: { day, periodEnd, values } };
  }

  #values(fields: readonly string[], line: number): ReadonlyMap<string, number> | null {
    const values = new Map<string, number>();
    const dropped: (() => void)[] = [];
    for (const column of this.header.columns) {
      const text = fields[column.at]?.trim() ?? "";
      const value = readValue(column, text);
      if (typeof value === "number") values.set(column.field.name, value);
      else if (column.field.isRequired === true) return this.#rejectAt(line, fields, column.at, value);
      else if (text !== "")
        dropped.push(() => this.#report.drop(line, column.title, text, cause(text, value)));
    }
    // A row that says nothing is no record; otherwise what it does not say well is left out.
    if (values.size === 0 && dropped.length === 0) return this.#reject(line, "row", "", "empty");
    if (values.size === 0) return this.#reject(line, "row", "no value of it is a number", "notANumber");
    for (const drop of dropped) drop();
    return values;
  }

  #rejectAt(line: number, fields: readonly string[], at: number, problem: RowProblemKind): null {
    const text = fields[at]?.trim() ?? "";
    return this.#reject(line, this.header.titles[at]?.trim() ?? "", text, text === "" ? "empty" : problem);
  }

  #reject(line: number, field: string, value: string, problem: RowProblemKind): null {
    this.#report.reject(line, field, value, cause(value, problem));
    return null;
  }
}

function readValue({ field }: FactColumn, text: string): number | RowProblemKind {
  if (field.isPeriod === true) return parsePeriod(text) ?? "unknownPeriod";
  if (!csvNumber.test(text)) return "notANumber";
  const value = Number(text);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = field;
  return isFactValue(value) && value >= min && value <= max ? value : "outOfBounds";
}

function cause(text: string, problem: RowProblemKind): RowProblemKind {
  return isMalformedText(text) ? "malformedText" : problem;
}
