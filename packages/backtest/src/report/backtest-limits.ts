/** What a backtest cannot know, in plain words: printed with every result, not in small print. */
import type { BacktestSettings } from "../settings/backtest-settings.ts";

export function backtestLimits({
  strategies,
  settings,
}: {
  readonly strategies: number;
  readonly settings: BacktestSettings;
}): readonly string[] {
  const { costBps, slippageBps } = settings;
  return [
    "Survivorship: only companies that the data holds can be picked, and such data mostly holds those that did well enough to be remembered. What failed and is not in the data would have lost money here.",
    "Look-ahead: agents see a day's prices up to its end, and trades happen at the close of the next bar. But the data itself was made later: closes are adjusted with splits and dividends of later years, and errors in it may have been corrected since.",
    `Data snooping: ${strategies} strategies were compared on one stretch of history. The best of them looks better than it is; the deflated Sharpe ratio allows for these ${strategies}, not for all that was tried before, by you or by those whose methods these are.`,
    `Costs: ${costBps} basis ${costBps === 1 ? "point" : "points"} of fees and ${slippageBps} of slippage on whatever is traded, at any size; no taxes, no interest on cash, no price for borrowing shares. Real orders move prices.`,
    "Chance: the intervals hold 95 % of resampled histories. Where an interval of a difference holds 0, this history does not tell the two apart. What was true of it need not be true of the years to come.",
  ];
}
