/** Finds the columns of a price file by their names, in any order and any case. */
import { separatorHint } from "@mycroft/csv";
import { MycroftError } from "@mycroft/errors";

/** Accepted names, compared without case, spaces, `_` and `-`; of several that are there the first counts. */
const names = {
  date: ["date"],
  symbol: ["symbol", "ticker"],
  open: ["open"],
  high: ["high"],
  low: ["low"],
  close: ["close"],
  adjClose: ["adjclose"],
  volume: ["volume"],
} as const;
export type CsvField = keyof typeof names;

export interface CsvColumns {
  /** The number of fields in the header. */
  readonly width: number;
  /** Where each field stands; -1 when the file has no such column. */
  readonly at: Readonly<Record<CsvField, number>>;
  /** The name of each column as the file writes it. */
  readonly header: readonly string[];
}

export interface ColumnRules {
  /** The file must have a symbol column, because no option names its symbol. */
  readonly needsSymbol: boolean;
  /** A user's `price` is not taken for a close: it is seldom clear when such a price was known. */
  readonly closeName: "close" | "price";
}

/**
 * @throws {MycroftError} DATA_COLUMN_MISSING naming file, column and what was found.
 */
export function findColumns(file: string, header: readonly string[], rules: ColumnRules): CsvColumns {
  const plain = header.map((name) => name.toLowerCase().replace(/[\s_-]/g, ""));
  const find = (field: CsvField): number => {
    const accepted = field === "close" ? [rules.closeName] : names[field];
    const name = accepted.find((one) => plain.includes(one));
    if (name !== undefined && plain.indexOf(name) !== plain.lastIndexOf(name)) {
      throw columnError(file, header, field, `has more than one column named ${name}`);
    }
    return name === undefined ? -1 : plain.indexOf(name);
  };
  const at = {
    date: find("date"),
    symbol: find("symbol"),
    open: find("open"),
    high: find("high"),
    low: find("low"),
    close: find("close"),
    adjClose: find("adjClose"),
    volume: find("volume"),
  };
  if (at.date < 0) throw columnError(file, header, "date", "has no column named date");
  if (at.close < 0) throw columnError(file, header, "close", `has no column named ${rules.closeName}`);
  if (at.symbol < 0 && rules.needsSymbol) {
    throw columnError(
      file,
      header,
      "symbol",
      "has no column named symbol or ticker (a file about one symbol can have it named by the symbol option)",
    );
  }
  return { width: header.length, at, header };
}

function columnError(file: string, header: readonly string[], column: CsvField, what: string): MycroftError {
  const found = header.map((name) => name.slice(0, 40));
  const shown = found.slice(0, 20).map((name) => JSON.stringify(name));
  const more = found.length > shown.length ? `, and ${found.length - shown.length} more` : "";
  return new MycroftError(
    "DATA_COLUMN_MISSING",
    `${file} ${what}. Its first line has: ${shown.join(", ")}${more}.${separatorHint(header)}`,
    { details: { file, column, found: found.slice(0, 20) } },
  );
}
