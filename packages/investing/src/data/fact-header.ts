/** Finds the columns of a file of facts: its symbol, the day on which a row was known, and the values of its kind. */
import { MycroftError } from "@mycroft/errors";
import { isFactName } from "./fact-columns.ts";
import { type FactField, factKindNamed, guessFactKind, knownFactKinds } from "./fact-kinds.ts";

const symbolNames = ["symbol", "ticker"];
const availableNames = [
  "availabledate",
  "available",
  "filed",
  "fileddate",
  "filingdate",
  "knowndate",
  "knownon",
];
const dateNames = ["date"];
const periodEndNames = ["enddate", "periodend", "periodenddate"];
const maxColumns = 200;

export interface FactColumn {
  readonly at: number;
  /** As the file writes it. */
  readonly title: string;
  readonly field: FactField;
}

export interface FactHeader {
  readonly kind: string;
  readonly width: number;
  readonly titles: readonly string[];
  readonly symbolAt: number;
  /** The day on which a row was known. */
  readonly knownAt: number;
  /** The last day that a row is about; -1 when that is the day on which it was known. */
  readonly periodEndAt: number;
  readonly columns: readonly FactColumn[];
  /** Columns that nothing reads. */
  readonly unused: readonly string[];
}

/**
 * @param stated the file's kind; found from its columns when null.
 * @throws {MycroftError} DATA_COLUMN_MISSING naming file, column and what was found; LIMIT_EXCEEDED; INPUT_INVALID for a kind
 *   that is not well formed.
 */
export function readFactHeader(file: string, titles: readonly string[], stated: string | null): FactHeader {
  const header = new HeaderNames(file, titles);
  const known = stated === null ? header.guessKind() : factKindNamed(stated);
  const kind = known?.name ?? stated ?? "";
  if (!isFactName(kind)) {
    throw new MycroftError(
      "INPUT_INVALID",
      `${file}: ${JSON.stringify(kind)} is no name of a kind of facts.`,
      {
        details: { file, value: kind },
      },
    );
  }
  const symbolAt = header.find(symbolNames);
  if (symbolAt < 0) throw header.missing("symbol", "has no column named symbol or ticker");
  const days = header.days(known?.needsAvailability ?? false);
  const taken = [symbolAt, days.knownAt, days.periodEndAt];
  const columns = known === undefined ? header.ownColumns(taken) : header.columnsOf(known.fields);
  const used = [...taken, ...columns.map(({ at }) => at)];
  const unused = titles.filter((_, at) => !used.includes(at));
  return { kind, width: titles.length, titles, symbolAt, ...days, columns, unused };
}

class HeaderNames {
  readonly #file: string;
  readonly #titles: readonly string[];
  readonly #plain: readonly string[];

  constructor(file: string, titles: readonly string[]) {
    this.#file = file;
    this.#titles = titles;
    this.#plain = titles.map((name) => name.toLowerCase().replace(/[\s_-]/g, ""));
    if (titles.length <= maxColumns) return;
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `${file} has ${titles.length} columns; the limit is ${maxColumns}.`,
      {
        details: { file, limit: "columns", value: titles.length, max: maxColumns },
      },
    );
  }

  guessKind() {
    const kind = guessFactKind(this.#plain);
    if (kind !== undefined) return kind;
    throw this.missing(
      "kind",
      `has not the columns of ${knownFactKinds.join(" or ")}, and no kind was stated for it`,
    );
  }

  find(accepted: readonly string[]): number {
    const name = accepted.find((one) => this.#plain.includes(one));
    if (name === undefined) return -1;
    if (this.#plain.indexOf(name) !== this.#plain.lastIndexOf(name))
      throw this.missing(name, `has more than one column named ${name}`);
    return this.#plain.indexOf(name);
  }

  /** A day that is not said to be the one of publication counts as such only where a row is about no period (P5). */
  days(needsAvailability: boolean): Pick<FactHeader, "knownAt" | "periodEndAt"> {
    const available = this.find(availableNames);
    const date = this.find(dateNames);
    const end = this.find(periodEndNames);
    if (available >= 0) return { knownAt: available, periodEndAt: end >= 0 ? end : date };
    if (date < 0 && end < 0) throw this.missing("date", "has no column named date or available_date");
    if (!needsAvailability && end < 0) return { knownAt: date, periodEndAt: -1 };
    throw this.missing(
      "available_date",
      "has no column named available_date: it must say on which day each row could be known, which is not the day that it is about",
    );
  }

  columnsOf(fields: readonly FactField[]): readonly FactColumn[] {
    return fields.flatMap((field) => {
      const at = this.find(field.columns);
      if (at >= 0) return [{ at, title: this.#titles[at]?.trim() ?? "", field }];
      if (field.isRequired !== true) return [];
      throw this.missing(field.name, `has no column for ${field.name} (${field.columns.join(", ")})`);
    });
  }

  /** Of a kind of one's own: every column that is left. */
  ownColumns(taken: readonly number[]): readonly FactColumn[] {
    const columns = this.#titles.flatMap((title, at) => {
      const name = camelCase(title);
      if (taken.includes(at)) return [];
      if (!isFactName(name))
        throw this.missing(title, `has a column ${JSON.stringify(title)}, which is no name`);
      return [{ at, title: title.trim(), field: { name, columns: [] } }];
    });
    const names = columns.map(({ field }) => field.name);
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) throw this.missing(repeated, `has more than one column named ${repeated}`);
    if (columns.length === 0) throw this.missing("values", "has no column with values");
    return columns;
  }

  missing(column: string, what: string): MycroftError {
    const found = this.#titles.slice(0, 20).map((name) => name.slice(0, 40));
    const shown = found.map((name) => JSON.stringify(name)).join(", ");
    return new MycroftError("DATA_COLUMN_MISSING", `${this.#file} ${what}. Its first line has: ${shown}.`, {
      details: { file: this.#file, column, found },
    });
  }
}

/** `mean_compound` as `meanCompound`. */
function camelCase(title: string): string {
  const [first = "", ...more] = title.trim().split(/[\s_-]+/);
  const isShouted = first === first.toUpperCase();
  const head = isShouted ? first.toLowerCase() : first.charAt(0).toLowerCase() + first.slice(1);
  return [head, ...more.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())].join("");
}
