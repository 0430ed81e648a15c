/** The adjusted closes of all companies on all days of a backtest, as a table of numbers: what portfolios are valued by. */
import type { MarketData } from "@mycroft/sdk";

export interface PricePanel {
  readonly days: readonly string[];
  readonly symbols: readonly string[];
  readonly columnOf: ReadonlyMap<string, number>;
  /** Row by row, a row for each day; NaN where a company has no bar on that day. */
  readonly prices: Float64Array;
}

/** @param days in order; nothing after the last of them is read. */
export function pricePanel(data: MarketData, days: readonly string[]): PricePanel {
  const first = days[0] ?? "";
  const last = days.at(-1) ?? "";
  const view = data.asOf(last);
  const symbols = view.symbols();
  const prices = new Float64Array(days.length * symbols.length).fill(Number.NaN);
  const rowOf = new Map(days.map((day, row) => [day, row]));
  symbols.forEach((symbol, column) => {
    const series = view.series(symbol);
    for (let index = series.length - 1; index >= 0; index -= 1) {
      const { date, adjClose } = series.bar(index);
      if (date < first) break;
      const row = rowOf.get(date);
      if (row !== undefined) prices[row * symbols.length + column] = adjClose;
    }
  });
  return { days, symbols, columnOf: new Map(symbols.map((symbol, column) => [symbol, column])), prices };
}
