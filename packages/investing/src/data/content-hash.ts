/** The identity of market data: equal bars give equal hashes, from whatever files and in whatever order they came. */
import { createHash } from "node:crypto";
import { type BarColumns, type SeriesKind, valueColumns } from "./bar-columns.ts";

/** Part of what is hashed: raise it when the form below changes. */
const format = "mycroft-market-data/1";

/**
 * SHA-256, in hex, over the symbols in order, each with its kind, its number of bars and its columns as little-endian
 * numbers (every platform that Node runs on is little-endian).
 */
export function contentHash(
  series: Iterable<{ readonly symbol: string; readonly kind: SeriesKind; readonly columns: BarColumns }>,
  index: string | null,
): string {
  const hash = createHash("sha256").update(JSON.stringify([format, index]));
  for (const { symbol, kind, columns } of series) {
    hash.update(JSON.stringify([symbol, kind, columns.days.length]));
    hash.update(bytesOf(columns.days));
    for (const name of valueColumns) hash.update(bytesOf(columns[name]));
  }
  return hash.digest("hex");
}

function bytesOf(column: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
