/** The market data at hand as the API tells it: what there is, and a company's prices. */
import { MycroftError } from "@mycroft/errors";
import type { MarketSummary, Prices } from "@mycroft/protocol";
import { suggestion } from "@mycroft/record/text";
import type { BarSeries, MarketData, MarketView } from "@mycroft/sdk";

/** The newest are given of more. */
const mostBars = 10_000;

export function marketSummary(market: MarketData): MarketSummary {
  const view = market.asOf(market.lastDate);
  const { source, hash, firstDate, lastDate } = market;
  return { source, hash, firstDate, lastDate, symbols: [...view.symbols()], index: view.index };
}

/** @throws {MycroftError} DATA_EMPTY. */
export function requireMarket(market: MarketData | null): MarketData {
  if (market !== null) return market;
  throw new MycroftError(
    "DATA_EMPTY",
    "This server has no market data: its project states none, and none was named when it was started.",
  );
}

/**
 * Bars from `from` to `to`, both included, in order; all by default.
 * @throws {MycroftError} SYMBOL_UNKNOWN, with the nearest that there is.
 */
export function pricesOf(
  market: MarketData,
  symbol: string,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
): Prices {
  const view = market.asOf(market.lastDate);
  const series = seriesOf(view, symbol);
  const end = to === undefined ? series.length : series.indexAt(to) + 1;
  const begin = from === undefined ? 0 : firstFrom(series, from);
  const bars: Prices["bars"] = [];
  for (let index = Math.max(begin, end - mostBars); index < end; index += 1)
    bars.push({ ...series.bar(index) });
  return { symbol: series.symbol, source: view.source, bars };
}

/** The series of a company or an index. @throws {MycroftError} SYMBOL_UNKNOWN, with the nearest that there is. */
export function seriesOf(view: MarketView, symbol: string): BarSeries {
  const known = view.index === null ? view.symbols() : [...view.symbols(), view.index];
  if (known.includes(symbol)) return view.series(symbol);
  const shown = JSON.stringify(symbol.slice(0, 100));
  throw new MycroftError(
    "SYMBOL_UNKNOWN",
    `The data (${view.source}) holds no ${shown}.${suggestion(symbol, known)}`,
    {
      details: { symbol: symbol.slice(0, 100) },
    },
  );
}

/** The index of the first bar at or after `date`. */
function firstFrom(series: BarSeries, date: string): number {
  const last = series.indexAt(date);
  return last >= 0 && series.bar(last).date === date ? last : last + 1;
}
