/**
 * Facts as columns of numbers, one set for each symbol and kind. As with bars, nothing outside `data/` sees a column: views
 * copy single records out (P5).
 */
import type { FactRecord } from "@mycroft/sdk";

/** A record with its days as numbers. */
export interface NumericRecord {
  readonly day: number;
  readonly periodEnd: number;
  readonly values: ReadonlyMap<string, number>;
}

/** Columns of equal length in order of day, then of the period's end; no pair of them twice. */
export interface FactColumns {
  /** The days on which the records were known. */
  readonly days: Int32Array;
  readonly periodEnds: Int32Array;
  /** By name, in order of name; NaN stands for a value that a record does not have, and no column is all NaN. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** Names of values and kinds are plain words: they become keys and parts of texts. */
const factName = /^[A-Za-z][A-Za-z0-9]{0,39}$/;

/** Whether a value may be called so. What every object has by itself is no name. */
export function isFactName(name: string): boolean {
  return factName.test(name) && !(name in {});
}

/** Beyond this a number is taken for dirt, as sums and products of it may overflow. */
const largest = 1e18;

export function isFactValue(value: number): boolean {
  return Math.abs(value) <= largest;
}

/** Before or after by the day on which it was known, then by the period that it is about; 0 for one that says the same. */
export function compareRecords(a: NumericRecord, b: NumericRecord): number {
  return a.day - b.day || a.periodEnd - b.periodEnd;
}

/** @param records sorted by `compareRecords`, none equal to the one before it. */
export function factColumnsOf(records: readonly NumericRecord[]): FactColumns {
  const names = new Set(records.flatMap(({ values }) => [...values.keys()]));
  // Adding zero makes -0 the same as 0: equal facts have equal hashes.
  const column = (name: string) =>
    Float64Array.from(records, ({ values }) => (values.get(name) ?? Number.NaN) + 0);
  return {
    days: Int32Array.from(records, ({ day }) => day),
    periodEnds: Int32Array.from(records, ({ periodEnd }) => periodEnd),
    values: new Map([...names].sort().map((name) => [name, column(name)])),
  };
}

/** A copy of one record, for readers outside. `dateOf` gives the text of a day. */
export function recordAt(columns: FactColumns, index: number, dateOf: (day: number) => string): FactRecord {
  const values: Record<string, number> = {};
  for (const [name, column] of columns.values) {
    const value = column[index] ?? Number.NaN;
    if (!Number.isNaN(value)) values[name] = value;
  }
  return {
    date: dateOf(columns.days[index] ?? 0),
    periodEnd: dateOf(columns.periodEnds[index] ?? 0),
    values,
  };
}
