/**
 * The days on which the New York Stock Exchange trades: its holidays by the rules of the package nyse-holidays, and the
 * closings that no rule foresees. Days of early closing are trading days. A date is a text; no clock and no time zone of the
 * machine matters.
 */
import { MycroftError } from "@mycroft/errors";
import type { TradingCalendar } from "@mycroft/sdk";
import { getHolidays } from "nyse-holidays";
import { dayOf } from "../calendar-day.ts";
import { nyseClosings } from "./nyse-closings.ts";

/** The package has the Washington's Birthday of 1971 on another day than the exchange had. */
const firstYear = 1972;

const holidaysByYear = new Map<number, ReadonlySet<string>>();

/**
 * `isTradingDay` answers for 1972 and later, for the future by the rules of today.
 * @throws {MycroftError} INPUT_INVALID when a text is no day `YYYY-MM-DD`; DATE_OUT_OF_RANGE for one before 1972.
 */
export const nyse: TradingCalendar = {
  name: "nyse",
  isTradingDay(date: string): boolean {
    // 1970-01-01, day 0, was a Thursday.
    const weekday = (dayOf(date) + 4) % 7;
    const year = Number(date.slice(0, 4));
    if (year < firstYear) throw tooEarly(date);
    return weekday % 6 !== 0 && !holidaysOf(year).has(date) && !nyseClosings.has(date);
  },
};

function holidaysOf(year: number): ReadonlySet<string> {
  const known = holidaysByYear.get(year);
  if (known !== undefined) return known;
  // The package's `Date`s are midnights of the machine's zone; its texts are the same everywhere.
  const holidays = new Set(getHolidays(year).map((holiday) => holiday.dateString));
  holidaysByYear.set(year, holidays);
  return holidays;
}

function tooEarly(date: string): MycroftError {
  return new MycroftError(
    "DATE_OUT_OF_RANGE",
    `The calendar nyse begins in ${firstYear}; ${date} lies before.`,
    {
      details: { value: date, limit: `${firstYear}-01-01` },
    },
  );
}
