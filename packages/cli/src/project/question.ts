/** What a run is asked about, held against the data before anything starts: a day, and companies known by then (P5). */
import { MycroftError } from "@mycroft/errors";
import { existing, suggestion } from "@mycroft/record/text";
import type { MarketData } from "@mycroft/sdk";

/**
 * The day that a run may look up to: the one given, else the data's last, else today (UTC).
 * @throws {MycroftError} DATE_OUT_OF_RANGE for a day before the data's first or after its last.
 */
export function chooseAsOf(given: string | undefined, market: MarketData | null): string {
  if (market === null) return given ?? new Date().toISOString().slice(0, 10);
  const { firstDate, lastDate, source } = market;
  if (given === undefined) return lastDate;
  if (given >= firstDate && given <= lastDate) return given;
  const side = given < firstDate ? "before its first day" : "after its last day";
  throw new MycroftError(
    "DATE_OUT_OF_RANGE",
    `The data, ${source}, reaches from ${firstDate} to ${lastDate}; ${given} is ${side}.`,
    { details: { asOf: given, firstDate, lastDate } },
  );
}

/**
 * The companies to ask about, in the order given and each once: those given, else all that are known by then.
 * @throws {MycroftError} SYMBOL_UNKNOWN, with the symbols that exist; DATA_EMPTY when there is none.
 */
export function chooseUniverse(
  given: readonly string[] | undefined,
  market: MarketData,
  asOf: string,
): readonly string[] {
  const known = market.asOf(asOf).symbols();
  if (known.length === 0) {
    throw new MycroftError(
      "DATA_EMPTY",
      `The data, ${market.source}, holds no company by ${asOf}, only indices.`,
      {
        details: { asOf },
      },
    );
  }
  if (given === undefined) return known;
  const symbols = [...new Set(given.map((symbol) => symbol.toUpperCase()))];
  const unknown = symbols.find((symbol) => !known.includes(symbol));
  if (unknown === undefined) return symbols;
  const later = market.asOf(market.lastDate).symbols();
  const why = later.includes(unknown)
    ? `knows nothing of ${unknown} by ${asOf} yet`
    : `holds no company ${unknown} by ${asOf}`;
  throw new MycroftError(
    "SYMBOL_UNKNOWN",
    `The data, ${market.source}, ${why}; ${existing(known)}.${suggestion(unknown, known)}`,
    { details: { symbol: unknown, asOf, known } },
  );
}
