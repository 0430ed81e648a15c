/** A measure is a causal number about one series, bar by bar: its name, its parameters and how it is computed. */
import type { Bar, BarSeries } from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";

export interface Measure {
  /** Names the computation and its parameters. */
  readonly key: string;
  /** A function that is fed each bar once, in order. */
  readonly start: () => (bar: Bar) => number | null;
}

/** The measure at bar `index`, the newest unless given; null while there is too little history. */
export function measureAt(
  series: BarSeries,
  measure: Measure,
  index: number = series.length - 1,
): number | null {
  return series.scan(measure.key, measure.start).at(index);
}

/** What measures compute with: the day and the logarithm of the adjusted close, in which returns add up. */
export function readBar(bar: Bar): { readonly day: number; readonly log: number } {
  return { day: dayOf(bar.date), log: Math.log(bar.adjClose) };
}
