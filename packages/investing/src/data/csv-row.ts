/** Reads one row of a price file: a bar, or what is wrong with it. What is doubtful is never silently used (P7). */
import { isMalformedText } from "@mycroft/csv";
import { symbol as symbolSchema } from "@mycroft/sdk";
import { dayOf, dayOfCivil, parseIsoDay } from "../calendar-day.ts";
import type { NumericBar } from "./bar-columns.ts";
import type { CsvColumns, CsvField } from "./csv-columns.ts";
import type { FileReportBuilder, RowProblemKind } from "./load-report.ts";
import { isPrice, isVolume } from "./market-data.ts";

export interface CsvBar {
  readonly symbol: string;
  readonly bar: NumericBar;
}

/** What is read as a number; the text is trimmed. */
export const csvNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const monthDayYear = /^([A-Z][a-z]{2}) (\d{1,2}) (\d{4})$/;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Highs and lows may miss the close by this share: sources round their prices one by one. */
const rounding = 1e-4;

/** What lies before or after is a slip of the pen; look-backs and horizons from a day in between stay days of the calendar. */
const firstDay = dayOf("1600-01-01");
const lastDay = dayOf("2999-12-31");

/** `2000-01-31` or `Jan 31 2000`, from 1600 to 2999; null for anything else. */
export function parseCsvDate(text: string): number | null {
  const day = parseIsoDay(text) ?? parseMonthDayYear(text);
  return day !== null && day >= firstDay && day <= lastDay ? day : null;
}

function parseMonthDayYear(text: string): number | null {
  const match = monthDayYear.exec(text);
  if (match === null) return null;
  return dayOfCivil(Number(match[3]), months.indexOf(match[1] ?? "") + 1, Number(match[2]));
}

/** Symbols are trimmed and written in upper case, otherwise kept as the file has them: `brk-b` is `BRK-B`, not `BRK.B`. */
export function normaliseSymbol(text: string): string | null {
  const upper = text.trim().toUpperCase();
  return symbolSchema.safeParse(upper).success ? upper : null;
}

const priceFields = ["open", "high", "low", "close", "adjClose"] as const;
type PriceField = (typeof priceFields)[number];

/** A number, or what is wrong with the text. */
type Reading = number | RowProblemKind;

export class CsvRowReader {
  readonly #columns: CsvColumns;
  readonly #report: FileReportBuilder;
  readonly #symbol: string | null;
  /** Dates and symbols repeat: each good text is read once. */
  readonly #days = new Map<string, number>();
  readonly #symbols = new Map<string, string>();

  /** `symbol` stands for all rows of a file without a symbol column. */
  constructor(columns: CsvColumns, report: FileReportBuilder, symbol: string | null) {
    this.#columns = columns;
    this.#report = report;
    this.#symbol = symbol;
  }

  /** The row's bar; null when it cannot be used, which is then in the report. */
  read(fields: readonly string[], line: number): CsvBar | null {
    this.#report.rowsRead += 1;
    if (fields.every((field) => field.trim() === "")) return this.#reject(line, "row", "", "empty");
    if (fields.length !== this.#columns.width) {
      return this.#reject(
        line,
        "row",
        `${fields.length} ${fields.length === 1 ? "field" : "fields"}`,
        "fieldCount",
      );
    }
    const symbol = this.#symbolOf(fields);
    if (symbol === null) return this.#rejectField(line, fields, "symbol", "badSymbol");
    const day = this.#dayOf(fields);
    if (day === null) return this.#rejectField(line, fields, "date", "unknownDate");
    const prices = this.#prices(fields, line);
    if (prices === null) return null;
    const volume = this.#number(fields, "volume", isVolume, "negativeVolume", Number.NaN);
    if (typeof volume === "string") return this.#rejectField(line, fields, "volume", volume);
    return { symbol, bar: { day, ...prices, volume: volume + 0 } };
  }

  #prices(fields: readonly string[], line: number): Record<PriceField, number> | null {
    const prices: Record<PriceField, number> = { open: 0, high: 0, low: 0, close: 0, adjClose: 0 };
    for (const field of priceFields) {
      // An adjusted close must not be mixed with unadjusted ones: where the file has the column, it has to be filled.
      const needed = field === "close" || (field === "adjClose" && this.#columns.at.adjClose >= 0);
      const absent = field === "adjClose" ? prices.close : Number.NaN;
      const value = this.#number(fields, field, isPrice, "priceOutOfRange", needed ? "empty" : absent);
      if (typeof value === "string") return this.#rejectField(line, fields, field, value);
      prices[field] = value;
    }
    const { open, high, low, close } = prices;
    if (high < low) return this.#rejectField(line, fields, "high", "highBelowLow");
    if (outside(close, low, high)) return this.#rejectField(line, fields, "close", "outsideRange");
    if (outside(open, low, high)) {
      this.#report.drop(line, this.#nameOf("open"), this.#text(fields, "open"), "outsideRange");
      prices.open = Number.NaN;
    }
    return prices;
  }

  #number(
    fields: readonly string[],
    field: CsvField,
    allowed: (value: number) => boolean,
    otherwise: RowProblemKind,
    ifEmpty: Reading,
  ): Reading {
    const text = this.#text(fields, field);
    if (text === "") return ifEmpty;
    if (!csvNumber.test(text)) return "notANumber";
    const value = Number(text);
    return allowed(value) ? value : otherwise;
  }

  #symbolOf(fields: readonly string[]): string | null {
    if (this.#symbol !== null) return this.#symbol;
    const text = this.#text(fields, "symbol");
    const known = this.#symbols.get(text);
    if (known !== undefined) return known;
    const symbol = normaliseSymbol(text);
    if (symbol !== null) this.#symbols.set(text, symbol);
    return symbol;
  }

  #dayOf(fields: readonly string[]): number | null {
    const text = this.#text(fields, "date");
    const known = this.#days.get(text);
    if (known !== undefined) return known;
    const day = parseCsvDate(text);
    if (day !== null) this.#days.set(text, day);
    return day;
  }

  #text(fields: readonly string[], field: CsvField): string {
    return fields[this.#columns.at[field]]?.trim() ?? "";
  }

  /** The column's name as the file writes it. */
  #nameOf(field: CsvField): string {
    return this.#columns.header[this.#columns.at[field]]?.trim() ?? field;
  }

  #rejectField(line: number, fields: readonly string[], field: CsvField, problem: RowProblemKind): null {
    const text = this.#text(fields, field);
    return this.#reject(line, this.#nameOf(field), text, text === "" ? "empty" : problem);
  }

  #reject(line: number, field: string, value: string, problem: RowProblemKind): null {
    const malformed = isMalformedText(value);
    this.#report.reject(line, field, value, malformed ? "malformedText" : problem);
    return null;
  }
}

/** False when a bound is absent (NaN). */
function outside(price: number, low: number, high: number): boolean {
  return price < low * (1 - rounding) || price > high * (1 + rounding);
}
