/** Checks facts that were given in memory and puts them into columns; what is wrong is told with symbol, kind and date. */
import { MycroftError } from "@mycroft/errors";
import { type FactRecord, symbol as symbolSchema } from "@mycroft/sdk";
import { parseIsoDay } from "../calendar-day.ts";
import {
  compareRecords,
  type FactColumns,
  factColumnsOf,
  isFactName,
  isFactValue,
  type NumericRecord,
} from "./fact-columns.ts";
import type { SymbolFacts } from "./market-store.ts";

/** What was known of a symbol, of one kind. */
export interface GivenFacts {
  readonly symbol: string;
  /** A plain word such as `sentiment` or `fundamentals`. */
  readonly kind: string;
  /** Where these come from; the data's source unless given. */
  readonly source?: string;
  /** In any order; no two with the same `date` and `periodEnd`. A record's date is the day on which it was known. */
  readonly records: Iterable<FactRecord>;
}

/**
 * @param source where they come from unless they say so themselves.
 * @throws {MycroftError} INPUT_INVALID.
 */
export function factsOf(facts: readonly GivenFacts[], source: string): readonly SymbolFacts[] {
  const seen = new Set<string>();
  return facts.map(({ symbol, kind, source: own = source, records }) => {
    const key = `${symbol}/${kind}`;
    if (!symbolSchema.safeParse(symbol).success || !isFactName(kind) || seen.has(key)) {
      throw invalid(symbol, kind, "the symbol or the kind is not well formed, or both come twice");
    }
    seen.add(key);
    return { symbol, kind, source: own, columns: columnsOf(symbol, kind, records) };
  });
}

function columnsOf(symbol: string, kind: string, given: Iterable<FactRecord>): FactColumns {
  const records = Array.from(given, (record) => numericRecord(symbol, kind, record)).sort(compareRecords);
  for (const [index, record] of records.entries()) {
    const before = records[index - 1];
    if (before !== undefined && compareRecords(before, record) === 0)
      throw invalid(symbol, kind, "two records have the same date and period's end");
  }
  return factColumnsOf(records);
}

function numericRecord(symbol: string, kind: string, { date, periodEnd, values }: FactRecord): NumericRecord {
  const day = parseIsoDay(date);
  const end = parseIsoDay(periodEnd);
  if (day === null || end === null || end > day) {
    const days = `date ${JSON.stringify(date)} and periodEnd ${JSON.stringify(periodEnd)}`;
    throw invalid(symbol, kind, `${days} must be days YYYY-MM-DD, the second not after the first`);
  }
  for (const [name, value] of Object.entries(values)) {
    if (isFactName(name) && isFactValue(value)) continue;
    throw invalid(symbol, kind, `the record of ${date} has ${JSON.stringify(name)} as ${value}`);
  }
  return { day, periodEnd: end, values: new Map(Object.entries(values)) };
}

function invalid(symbol: string, kind: string, what: string): MycroftError {
  return new MycroftError("INPUT_INVALID", `Facts (${kind}) of ${symbol}: ${what}.`, {
    details: { symbol, kind },
  });
}
