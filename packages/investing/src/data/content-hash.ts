/** The identity of market data: equal bars and facts give equal hashes, from whatever files and in whatever order they came. */
import { createHash } from "node:crypto";
import { type BarColumns, type SeriesKind, valueColumns } from "./bar-columns.ts";
import type { FactColumns } from "./fact-columns.ts";

/** Part of what is hashed: raise it when the form below changes. */
const format = "mycroft-market-data/1";

/**
 * SHA-256, in hex, over the symbols in order, each with its kind, its number of bars and its columns as little-endian
 * numbers (every platform that Node runs on is little-endian). Facts follow in the same way, in order of kind and
 * symbol; data without facts has the hash that it had before there were any.
 */
export function contentHash(
  series: Iterable<{ readonly symbol: string; readonly kind: SeriesKind; readonly columns: BarColumns }>,
  index: string | null,
  facts: Iterable<{ readonly symbol: string; readonly kind: string; readonly columns: FactColumns }> = [],
): string {
  const hash = createHash("sha256").update(JSON.stringify([format, index]));
  for (const { symbol, kind, columns } of series) {
    hash.update(JSON.stringify([symbol, kind, columns.days.length]));
    hash.update(bytesOf(columns.days));
    for (const name of valueColumns) hash.update(bytesOf(columns[name]));
  }
  for (const { symbol, kind, columns } of facts) {
    hash.update(JSON.stringify(["facts", symbol, kind, columns.days.length, [...columns.values.keys()]]));
    hash.update(bytesOf(columns.days)).update(bytesOf(columns.periodEnds));
    for (const values of columns.values.values()) hash.update(bytesOf(values));
  }
  return hash.digest("hex");
}

function bytesOf(column: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
