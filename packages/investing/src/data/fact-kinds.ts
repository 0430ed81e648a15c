/**
 * The kinds of facts whose columns are known: how a kind is told by them, what each can hold, and which a row cannot do
 * without. A kind of one's own has no rules but that its values are numbers.
 */

export interface FactField {
  /** The value's name in a record. */
  readonly name: string;
  /** Accepted names of the column, compared without case, spaces, `_` and `-`; of several the first counts. */
  readonly columns: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** A row without a good value is not used; a value that is not required is left out by itself. */
  readonly isRequired?: boolean;
  /** Read as a length in months: Q1 to Q4, H1, H2, FY, or a number. */
  readonly isPeriod?: boolean;
}

export interface FactKind {
  readonly name: string;
  /** A row must say when the public could know it: the day that it is about is not that day. */
  readonly needsAvailability: boolean;
  readonly fields: readonly FactField[];
}

const share = { min: 0, max: 1 } as const;

/** One row for a symbol and a day: what was said of it that day. It counts from that day's end. */
const sentiment: FactKind = {
  name: "sentiment",
  needsAvailability: false,
  fields: [
    {
      name: "meanCompound",
      columns: ["meancompound", "compound", "meansentiment", "sentiment"],
      min: -1,
      max: 1,
      isRequired: true,
    },
    { name: "tweets", columns: ["ntweets", "tweets", "count", "n"], min: 0, isRequired: true },
    { name: "uniqueTweets", columns: ["nunique"], min: 0 },
    { name: "sharePositive", columns: ["sharepos", "sharepositive"], ...share },
    { name: "shareNegative", columns: ["shareneg", "sharenegative"], ...share },
  ],
};

/**
 * One row for a report. What flows in a report (revenues, income, earnings a share) is of its own period; cash flows are as
 * reported, which is mostly from the fiscal year's beginning on.
 */
const fundamentals: FactKind = {
  name: "fundamentals",
  needsAvailability: true,
  fields: [
    {
      name: "months",
      columns: ["months", "periodfocus", "fiscalperiod", "period"],
      isRequired: true,
      isPeriod: true,
    },
    { name: "revenues", columns: ["revenues", "revenue", "sales"] },
    { name: "operatingIncome", columns: ["opincome", "operatingincome"] },
    { name: "netIncome", columns: ["netincome"] },
    { name: "epsBasic", columns: ["epsbasic"], min: -1e6, max: 1e6 },
    { name: "epsDiluted", columns: ["epsdiluted", "eps"], min: -1e6, max: 1e6 },
    { name: "dividend", columns: ["dividend"], min: 0, max: 1e6 },
    { name: "assets", columns: ["assets", "totalassets"], min: 0 },
    { name: "currentAssets", columns: ["curassets", "currentassets"], min: 0 },
    { name: "currentLiabilities", columns: ["curliab", "currentliabilities"], min: 0 },
    { name: "cash", columns: ["cash"], min: 0 },
    { name: "equity", columns: ["equity"] },
    { name: "cashFlowOperating", columns: ["cashflowop", "cashflowoperating"] },
    { name: "cashFlowInvesting", columns: ["cashflowinv", "cashflowinvesting"] },
    { name: "cashFlowFinancing", columns: ["cashflowfin", "cashflowfinancing"] },
  ],
};

const knownKinds = [sentiment, fundamentals] as const;

export const knownFactKinds: readonly string[] = knownKinds.map((kind) => kind.name);

export function factKindNamed(name: string): FactKind | undefined {
  return knownKinds.find((kind) => kind.name === name);
}

/** The kind whose required columns are all there, and another one too; undefined when none is. */
export function guessFactKind(plainHeader: readonly string[]): FactKind | undefined {
  const has = (field: FactField) => field.columns.some((column) => plainHeader.includes(column));
  return knownKinds.find(
    (kind) =>
      kind.fields.filter(has).length > 1 && kind.fields.every((field) => !field.isRequired || has(field)),
  );
}

const periodMonths: Readonly<Record<string, number>> = { Q1: 3, Q2: 3, Q3: 3, Q4: 3, H1: 6, H2: 6, FY: 12 };

/** A period's length in months; null when the text is no period. */
export function parsePeriod(text: string): number | null {
  const named = periodMonths[text.toUpperCase()];
  if (named !== undefined) return named;
  return /^(?:[1-9]|1[0-2])$/.test(text) ? Number(text) : null;
}
