/** What was wrong with data files: every problem is counted, a few of each kind are kept as examples (P8). */
import { MycroftError } from "@mycroft/errors";

/** Why a row, or one field of it, was not used. */
export const rowProblems = {
  empty: "is empty",
  notANumber: "is not a number",
  priceOutOfRange: "is not a possible price (above zero, at most 1e15)",
  negativeVolume: "is below zero",
  highBelowLow: "is below the low of the same day",
  outsideRange: "lies outside the day's low to high",
  duplicate: "is a second row for the same symbol and day",
  outOfOrder: "breaks the file's order of dates",
  unknownDate: "is not a day from 1600 to 2999 in a known format (2000-01-31 or Jan 31 2000)",
  badSymbol: "is not a symbol",
  malformedText: "is not valid UTF-8",
  outOfBounds: "lies outside what its column can hold",
  beforePeriodEnd: "is before the end of the period that the row is about",
  unknownPeriod: "is not a period (Q1 to Q4, H1, H2, FY, or 1 to 12 months)",
  fieldCount: "does not match the header's number of fields",
} as const;
export type RowProblemKind = keyof typeof rowProblems;

export interface RowProblem {
  readonly file: string;
  /** 1 is the file's first line. */
  readonly line: number;
  readonly field: string;
  /** What stood there, cut to 60 characters. */
  readonly value: string;
  readonly problem: RowProblemKind;
  /** `fieldDropped`: the row is used, without that field. */
  readonly effect: "rowRejected" | "fieldDropped";
}

export interface FileReport {
  readonly file: string;
  readonly rowsRead: number;
  readonly rowsUsed: number;
  readonly rowsRejected: number;
  readonly fieldsDropped: number;
  /** How often each kind of problem came. */
  readonly problems: Readonly<Partial<Record<RowProblemKind, number>>>;
  /** In order of line; at most five of each kind. */
  readonly examples: readonly RowProblem[];
  /** For a file of facts: their kind, and how many symbols they are about. */
  readonly facts?: { readonly kind: string; readonly symbols: number };
  /** What else a reader of the data should know, such as rows that were left out by a rule. */
  readonly notes: readonly string[];
}

export interface LoadReport {
  readonly files: readonly FileReport[];
  readonly rowsRead: number;
  readonly rowsUsed: number;
  readonly rowsRejected: number;
  readonly fieldsDropped: number;
}

const examplesPerKind = 5;
const valueLength = 60;

/** `prices.csv, line 12: close "n/a" is not a number; the row was not used.` */
export function describeRowProblem(problem: RowProblem): string {
  const effect = problem.effect === "rowRejected" ? "the row was not used" : "the row was used without it";
  const what = `${problem.field} ${JSON.stringify(problem.value)} ${rowProblems[problem.problem]}`;
  return `${problem.file}, line ${problem.line}: ${what}; ${effect}.`;
}

/** Collects the report of one file while it is read. */
export class FileReportBuilder {
  readonly file: string;
  rowsRead = 0;
  rowsUsed = 0;
  facts: FileReport["facts"];
  #rowsRejected = 0;
  #fieldsDropped = 0;
  readonly #problems: Partial<Record<RowProblemKind, number>> = {};
  readonly #examples: RowProblem[] = [];
  readonly #notes: string[] = [];

  constructor(file: string) {
    this.file = file;
  }

  reject(line: number, field: string, value: string, problem: RowProblemKind): void {
    this.#rowsRejected += 1;
    this.#add({ line, field, value, problem, effect: "rowRejected" });
  }

  drop(line: number, field: string, value: string, problem: RowProblemKind): void {
    this.#fieldsDropped += 1;
    this.#add({ line, field, value, problem, effect: "fieldDropped" });
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  finish(): FileReport {
    return {
      file: this.file,
      rowsRead: this.rowsRead,
      rowsUsed: this.rowsUsed,
      rowsRejected: this.#rowsRejected,
      fieldsDropped: this.#fieldsDropped,
      problems: { ...this.#problems },
      examples: this.#examples.toSorted((a, b) => a.line - b.line),
      ...(this.facts === undefined ? {} : { facts: this.facts }),
      notes: [...this.#notes],
    };
  }

  #add(problem: Omit<RowProblem, "file">): void {
    const count = (this.#problems[problem.problem] ?? 0) + 1;
    this.#problems[problem.problem] = count;
    if (count > examplesPerKind) return;
    this.#examples.push({ ...problem, file: this.file, value: problem.value.slice(0, valueLength) });
  }
}

export function reportOf(files: readonly FileReport[]): LoadReport {
  const total = (field: "rowsRead" | "rowsUsed" | "rowsRejected" | "fieldsDropped") =>
    files.reduce((sum, file) => sum + file[field], 0);
  return {
    files,
    rowsRead: total("rowsRead"),
    rowsUsed: total("rowsUsed"),
    rowsRejected: total("rowsRejected"),
    fieldsDropped: total("fieldsDropped"),
  };
}

export function noUsableRow(report: FileReport): MycroftError {
  const [first] = report.examples;
  const why = first === undefined ? "" : ` The first problem: ${describeRowProblem(first)}`;
  return new MycroftError(
    "DATA_EMPTY",
    `${report.file} holds no usable row (rows read: ${report.rowsRead}).${why}`,
    { details: { file: report.file, rowsRead: report.rowsRead, problems: report.problems } },
  );
}
