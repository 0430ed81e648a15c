/**
 * The data that comes with Mycroft: the npm package vega-datasets holds real monthly prices of five companies and the
 * real daily S&P 500. This file knows on which day each monthly price could be known (P5).
 *
 * The trap: `stocks.csv` dates each month by its first day, but its price is the close at the month's end (adjusted for
 * splits and dividends). `sp500.csv`, drawn together with it, shows this: its "Jan 1 2000" is the S&P 500's close
 * of 2000-01-31, as `sp500-2000.csv` has it day by day. Read as written, every price would be known a month early. So
 * each monthly price is dated on the last trading day of its month by the calendar of `sp500-2000.csv`.
 *
 * A month counts only if `sp500.csv` agrees with the daily close of that last day. One month does not: the files end
 * with "Mar 1 2010", a month that was still in progress when they were drawn (the S&P value is the close of
 * 2010-03-09). The day of its prices cannot be established from the data, so it is left out, and the report says so.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MycroftError } from "@mycroft/errors";
import { isoOf } from "../calendar-day.ts";
import { type BarColumns, BarColumnsBuilder, numericBarAt } from "./bar-columns.ts";
import { type LoadedMarketData, readSeries } from "./csv-provider.ts";
import { reportOf } from "./load-report.ts";
import { marketDataOf } from "./market-data.ts";
import type { SymbolBars } from "./market-store.ts";

/** The S&P 500's usual symbol; the files do not name it. */
const indexSymbol = "^GSPC";
const companiesFile = "stocks.csv";
const dailyIndexFile = "sp500-2000.csv";
const monthlyIndexFile = "sp500.csv";
/** `sp500.csv` has two decimals. */
const monthlyRounding = 0.005 + 1e-6;

/** The folder of vega-datasets' files. */
export function bundledDataFolder(): string {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve("vega-datasets"))), "..", "data");
  } catch (cause) {
    throw new MycroftError(
      "DATA_FILE_UNREADABLE",
      "The bundled data is not there: the npm package vega-datasets is not installed. Run npm install.",
      { details: { package: "vega-datasets" }, cause },
    );
  }
}

/**
 * AAPL, AMZN, GOOG, IBM and MSFT by month from 2000-01-31 to 2010-02-26, and the S&P 500 (`^GSPC`) by day.
 * @throws {MycroftError} DATA_FILE_UNREADABLE when the package is not installed.
 */
export async function loadBundledData(): Promise<LoadedMarketData> {
  const folder = bundledDataFolder();
  const at = (file: string) => join(folder, file);
  const companies = await readSeries([{ path: at(companiesFile), closeName: "price" }], {});
  const daily = await readSeries([{ path: at(dailyIndexFile) }], { symbol: indexSymbol });
  const monthly = await readSeries([{ path: at(monthlyIndexFile), closeName: "price" }], {
    symbol: indexSymbol,
  });
  const monthEnds = completeMonths(onlySeries(monthly.series).columns, onlySeries(daily.series).columns);
  const redated = companies.series.map((one) => ({ ...one, columns: redate(one.columns, monthEnds) }));
  const notes = notesOn(companies.series, monthEnds);
  const reports = companies.reports.map((report) => ({
    ...report,
    rowsUsed: redated.reduce((sum, one) => sum + one.columns.days.length, 0),
    notes,
  }));
  return {
    data: marketDataOf(
      `vega-datasets (${companiesFile}, ${dailyIndexFile})`,
      [...redated, ...daily.series],
      indexSymbol,
    ),
    report: reportOf([...reports, ...daily.reports]),
  };
}

/** From the first day of each complete month to its last trading day. */
function completeMonths(monthly: BarColumns, daily: BarColumns): ReadonlyMap<number, number> {
  const lastBars = new Map<string, number>();
  for (const [row, day] of daily.days.entries()) lastBars.set(monthOf(day), row);
  const ends = new Map<number, number>();
  for (const [row, firstDay] of monthly.days.entries()) {
    const last = lastBars.get(monthOf(firstDay));
    if (last === undefined) continue;
    const gap = Math.abs((daily.close[last] ?? Number.NaN) - (monthly.close[row] ?? Number.NaN));
    if (gap <= monthlyRounding) ends.set(firstDay, daily.days[last] ?? 0);
  }
  return ends;
}

function monthOf(day: number): string {
  return isoOf(day).slice(0, 7);
}

function redate(columns: BarColumns, monthEnds: ReadonlyMap<number, number>): BarColumns {
  const builder = new BarColumnsBuilder();
  for (const [row, firstDay] of columns.days.entries()) {
    const day = monthEnds.get(firstDay);
    if (day !== undefined) builder.push({ ...numericBarAt(columns, row), day });
  }
  return builder.select(Array.from({ length: builder.length }, (_, row) => row));
}

function notesOn(series: readonly SymbolBars[], monthEnds: ReadonlyMap<number, number>): readonly string[] {
  const leftOut = series.flatMap(({ columns }) => [...columns.days].filter((day) => !monthEnds.has(day)));
  const months = [...new Set(leftOut.map(monthOf))].toSorted();
  const dated =
    "Each month's price is the close of its last trading day and is dated on that day, not on the month's first as in the file.";
  if (leftOut.length === 0) return [dated];
  return [
    dated,
    `${leftOut.length} rows of ${months.join(", ")} are left out: the month was in progress, and the day of its prices is not known.`,
  ];
}

function onlySeries(series: readonly SymbolBars[]): SymbolBars {
  const [only] = series;
  if (only !== undefined && series.length === 1) return only;
  throw new MycroftError(
    "INTERNAL",
    `One series was expected in a file of vega-datasets, not ${series.length}.`,
  );
}
