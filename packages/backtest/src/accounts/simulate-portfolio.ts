/**
 * What following a strategy's weights would have come to. Weights that were decided at the end of a day are traded at the
 * adjusted close of the next bar, never at the price that was decided on (P5); from there on the portfolio drifts with its
 * prices until the next trade.
 */
import { maxPriceAgeDays } from "@mycroft/investing";
import type { PricePanel } from "./price-panel.ts";

/** Weights by company; null trades nothing. A company that is not named has weight 0. */
export type Weights = Readonly<Record<string, number>>;

export interface TradingCosts {
  /** Fees, and the price moving against the trade, of what is traded, in hundredths of a percent. */
  readonly costBps: number;
  readonly slippageBps: number;
}

export interface EquityPath {
  /** The capital at the end of each day of the panel, 1 at the beginning. */
  readonly equity: Float64Array;
  /** The sum of all trades' sizes, as shares of the capital then. */
  readonly traded: number;
  /** What was paid for them, as shares of the capital then. */
  readonly paid: number;
  /** Days on which something was traded. */
  readonly trades: number;
  /** Holdings whose prices ended, turned into cash at the last price. */
  readonly closedAtLastPrice: number;
}

const msPerDay = 86_400_000;
/** Trades smaller than this share of the capital are rounding noise. */
const leastTrade = 1e-12;

/**
 * Cash earns nothing; short positions pay no borrowing. A company without a bar on the day of a trade is not traded then.
 * @param decided weights by the row of the day at whose end they were decided.
 */
export function simulatePortfolio(
  panel: PricePanel,
  decided: ReadonlyMap<number, Weights>,
  { costBps, slippageBps }: TradingCosts,
): EquityPath {
  const count = panel.symbols.length;
  const calendar = Int32Array.from(panel.days, (day) => Date.parse(day) / msPerDay);
  const rate = (costBps + slippageBps) / 10_000;
  const holdings = new Float64Array(count);
  const lastPrices = new Float64Array(count).fill(Number.NaN);
  const seenOn = new Int32Array(count).fill(-1);
  const targets = new Float64Array(count);
  const equity = new Float64Array(panel.days.length);
  let cash = 1;
  let traded = 0;
  let paid = 0;
  let trades = 0;
  let closedAtLastPrice = 0;
  let pending: Weights | null = null;
  for (let row = 0; row < panel.days.length; row += 1) {
    let invested = 0;
    for (let column = 0; column < count; column += 1) {
      const price = panel.prices[row * count + column] ?? Number.NaN;
      let held = holdings[column] ?? 0;
      if (price > 0) {
        if (held !== 0) held *= price / (lastPrices[column] ?? price);
        lastPrices[column] = price;
        seenOn[column] = row;
      } else if (held !== 0 && isOver(calendar, seenOn[column] ?? row, row)) {
        cash += held;
        held = 0;
        closedAtLastPrice += 1;
      }
      holdings[column] = held;
      invested += held;
    }
    let total = cash + invested;
    if (pending !== null && total > 0) {
      targets.fill(0);
      for (const [symbol, weight] of Object.entries(pending)) {
        const column = panel.columnOf.get(symbol);
        if (column !== undefined) targets[column] = weight;
      }
      const turned = trade({ holdings, targets, isOpen: (column) => seenOn[column] === row, total, rate });
      cash -= turned.bought + turned.cost;
      if (turned.size > leastTrade * total) trades += 1;
      traded += turned.size / total;
      paid += turned.cost / total;
      total -= turned.cost;
    }
    pending = decided.get(row) ?? null;
    equity[row] = Math.max(0, total);
    if (total <= 0) break;
  }
  return { equity, traded, paid, trades, closedAtLastPrice };
}

/** Whether a company that had its last bar in row `from` is taken to have ended by row `to`. */
function isOver(calendar: Int32Array, from: number, to: number): boolean {
  return (calendar[to] ?? 0) - (calendar[from] ?? 0) > maxPriceAgeDays;
}

interface Trade {
  /** Changed. */
  readonly holdings: Float64Array;
  /** Shares of the capital that is left after costs. */
  readonly targets: Float64Array;
  readonly isOpen: (column: number) => boolean;
  readonly total: number;
  readonly rate: number;
}

/** Costs lessen what the weights are shares of, which lessens the costs: rounds settle that to the last digits. */
function trade({ holdings, targets, isOpen, total, rate }: Trade): {
  bought: number;
  cost: number;
  size: number;
} {
  let size = 0;
  let cost = 0;
  for (let round = 0; round < 16; round += 1) {
    size = 0;
    for (let column = 0; column < holdings.length; column += 1) {
      if (isOpen(column)) size += Math.abs((targets[column] ?? 0) * (total - cost) - (holdings[column] ?? 0));
    }
    const before = cost;
    cost = size * rate;
    if (Math.abs(cost - before) <= 1e-15 * total) break;
  }
  let bought = 0;
  for (let column = 0; column < holdings.length; column += 1) {
    if (!isOpen(column)) continue;
    const target = (targets[column] ?? 0) * (total - cost);
    bought += target - (holdings[column] ?? 0);
    holdings[column] = target;
  }
  return { bought, cost, size };
}
