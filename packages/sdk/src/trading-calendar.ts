/** The days of a market: on which of them a schedule fires at all. */
export interface TradingCalendar {
  readonly name: string;
  /** @param date `YYYY-MM-DD`. */
  isTradingDay(date: string): boolean;
}
