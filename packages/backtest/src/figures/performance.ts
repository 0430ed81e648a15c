/** Figures of a path of equity. Everything is per period first; a year has as many periods as the days of the data show. */
import type { SharpeSample } from "./deflated-sharpe.ts";

export interface Performance {
  readonly totalReturn: number;
  readonly annualReturn: number;
  readonly annualVolatility: number;
  /** A year, against cash that earns nothing; null when nothing ever moved. */
  readonly sharpe: number | null;
  readonly sortino: number | null;
  /** The deepest fall from a high, as a share of it: 0 to 1. */
  readonly maxDrawdown: number;
}

/** Simple returns from one day to the next; none is given after the capital is gone. */
export function returnsOf(equity: ArrayLike<number>): Float64Array {
  const returns = new Float64Array(Math.max(0, equity.length - 1));
  for (let index = 1; index < equity.length; index += 1) {
    const before = equity[index - 1] ?? 0;
    returns[index - 1] = before > 0 ? (equity[index] ?? 0) / before - 1 : 0;
  }
  return returns;
}

/** Fall from the highest so far, as a share of it, on each day. */
export function drawdownsOf(equity: ArrayLike<number>): Float64Array {
  const drawdowns = new Float64Array(equity.length);
  let high = 0;
  for (let index = 0; index < equity.length; index += 1) {
    const now = equity[index] ?? 0;
    if (now > high) high = now;
    drawdowns[index] = high > 0 ? 1 - now / high : 0;
  }
  return drawdowns;
}

const msPerYear = 365.25 * 86_400_000;

/** How many of the days there are in a year, by the calendar. */
export function periodsPerYear(days: readonly string[]): number {
  const first = Date.parse(days[0] ?? "");
  const last = Date.parse(days.at(-1) ?? "");
  return last > first ? ((days.length - 1) * msPerYear) / (last - first) : 1;
}

/**
 * Sharpe 1994, "The Sharpe ratio", Journal of Portfolio Management 21(1), with the sample standard deviation; Sortino and
 * Price 1994, "Performance measurement in a downside risk framework", Journal of Investing 3(3), with a target of 0.
 * @param returns of one period each.
 */
export function performanceOf(
  equity: ArrayLike<number>,
  returns: Float64Array,
  perYear: number,
): Performance {
  const total = (equity[equity.length - 1] ?? 1) / (equity[0] ?? 1);
  const { sharpe } = sharpeSample(returns);
  const root = Math.sqrt(perYear);
  const downside = Math.sqrt(meanOf(returns, (one) => Math.min(0, one) ** 2));
  const years = returns.length / perYear;
  return {
    totalReturn: total - 1,
    annualReturn: years > 0 ? total ** (1 / years) - 1 : 0,
    annualVolatility: deviationOf(returns) * root,
    sharpe: Number.isFinite(sharpe) ? sharpe * root : null,
    sortino: downside > 0 ? (meanOf(returns, same) / downside) * root : null,
    maxDrawdown: drawdownsOf(equity).reduce((deepest, one) => Math.max(deepest, one), 0),
  };
}

/** The Sharpe ratio per period with the moments that say how well it is known; NaN for returns that never move. */
export function sharpeSample(returns: Float64Array): SharpeSample {
  const mean = meanOf(returns, same);
  const deviation = deviationOf(returns);
  const second = meanOf(returns, (one) => (one - mean) ** 2);
  const sharpe = deviation > 1e-15 ? mean / deviation : Number.NaN;
  return {
    sharpe,
    skewness: second > 0 ? meanOf(returns, (one) => (one - mean) ** 3) / second ** 1.5 : 0,
    kurtosis: second > 0 ? meanOf(returns, (one) => (one - mean) ** 4) / second ** 2 : 3,
    periods: returns.length,
  };
}

/** The Sharpe ratio per period of the returns of these periods. */
export function sharpeOn(returns: Float64Array, periods: Uint32Array): number {
  let sum = 0;
  let squares = 0;
  for (const period of periods) {
    const one = returns[period] ?? 0;
    sum += one;
    squares += one * one;
  }
  const mean = sum / periods.length;
  const variance = (squares - periods.length * mean * mean) / (periods.length - 1);
  return variance > 1e-30 ? mean / Math.sqrt(variance) : Number.NaN;
}

function same(value: number): number {
  return value;
}

function meanOf(values: Float64Array, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return values.length === 0 ? 0 : sum / values.length;
}

function deviationOf(values: Float64Array): number {
  const mean = meanOf(values, same);
  return values.length < 2
    ? 0
    : Math.sqrt((meanOf(values, (one) => (one - mean) ** 2) * values.length) / (values.length - 1));
}
