/**
 * The facts that agents name in evidence. A fact with one meaning has one name, whoever states it, so that agents that
 * cite different values for it are found out.
 */
import type { Bar, BarSeries, Fact, FactRecord, FactSeries, MarketView } from "@mycroft/sdk";
import { measureAt } from "../measures/measure.ts";
import { oneMonthReturn, twelveMonthReturn } from "../measures/trailing-return.ts";
import { trailingVolatility } from "../measures/trailing-volatility.ts";

/** Evidence is for reading: six digits say enough. */
const significantDigits = 6;

/** A fact about the newest bar of a series. */
export function factOf(view: MarketView, bar: Bar, name: string, value: number): Fact {
  return { name, value: Number(value.toPrecision(significantDigits)), date: bar.date, source: view.source };
}

/** A fact that a record states or follows from it; its date is the day on which the record was known. */
export function recordFact(from: FactSeries, record: FactRecord, name: string, value: number): Fact {
  return {
    name,
    value: Number(value.toPrecision(significantDigits)),
    date: record.date,
    source: from.source,
  };
}

export function newestBar(series: BarSeries): Bar {
  return series.bar(series.length - 1);
}

/** The subject's last close, not adjusted where the source has both. */
export function lastClose(view: MarketView, bar: Bar): Fact {
  return { name: "lastClose", value: bar.close, date: bar.date, source: view.source };
}

/** Simple returns of the adjusted close, and volatility a year: the subject's, at its newest bar. */
const subjectMeasures = {
  return1Month: (series: BarSeries) => simpleReturn(measureAt(series, oneMonthReturn)),
  return12Months: (series: BarSeries) => simpleReturn(measureAt(series, twelveMonthReturn)),
  annualVolatility: (series: BarSeries) => measureAt(series, trailingVolatility),
} as const;

/** The facts of these names that there is enough history for. */
export function subjectFacts(
  view: MarketView,
  series: BarSeries,
  names: readonly (keyof typeof subjectMeasures)[],
): readonly Fact[] {
  const bar = newestBar(series);
  const facts = [lastClose(view, bar)];
  for (const name of names) {
    const value = subjectMeasures[name](series);
    if (value !== null) facts.push(factOf(view, bar, name, value));
  }
  return facts;
}

function simpleReturn(logReturn: number | null): number | null {
  return logReturn === null ? null : Math.expm1(logReturn);
}
