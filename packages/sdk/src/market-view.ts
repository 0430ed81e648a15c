/**
 * Market data as an agent sees it: bound to a day, and by construction without anything later (P5). A view offers
 * no way to a later bar: series end at the view's day, and a view can only be narrowed.
 */
export interface Bar {
  /** The day on which the bar was known, `YYYY-MM-DD`. */
  readonly date: string;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number;
  /** The close adjusted for splits and dividends; equal to `close` where the source has none. */
  readonly adjClose: number;
  readonly volume: number | null;
}

/** Bars of one symbol in order of date, the last of them at or before the view's day. */
export interface BarSeries {
  readonly symbol: string;
  readonly length: number;
  /** The bar at `index`, 0 the oldest. RangeError beyond the ends. */
  bar(index: number): Bar;
  /** The index of the last bar at or before `date`; -1 when there is none. */
  indexAt(date: string): number;
  /**
   * A causal series derived from the bars: `start` makes a function that is fed each bar once, in order, and returns
   * that bar's value (null while it has too little history). Values are kept under `key` and extended as later views
   * ask for more, so a scan costs one call a bar however often it is asked for. `key` must name the computation and
   * its parameters.
   */
  scan(key: string, start: () => (bar: Bar) => number | null): DerivedSeries;
}

export interface DerivedSeries {
  readonly length: number;
  /** The value at the bar of that index. RangeError beyond the ends. */
  at(index: number): number | null;
}

/** What became known of a symbol on a day, as named numbers: the mood of a day's tweets, a company's report. */
export interface FactRecord {
  /** The day at whose end it was known, `YYYY-MM-DD`; a report counts from its publication. */
  readonly date: string;
  /** The last day of the time that it is about, at or before `date`. */
  readonly periodEnd: string;
  /** A name is absent where the source has no value. */
  readonly values: Readonly<Record<string, number>>;
}

/**
 * Records of one kind about one symbol, in order of `date`, then of `periodEnd`; the last of them known at or before the
 * view's day.
 */
export interface FactSeries {
  readonly symbol: string;
  readonly kind: string;
  /** Where the records come from, for evidence; empty when there are none. */
  readonly source: string;
  readonly length: number;
  /** The record at `index`, 0 the oldest. RangeError beyond the ends. */
  record(index: number): FactRecord;
  /** The index of the last record known at or before `date`; -1 when there is none. */
  indexAt(date: string): number;
  /** As `BarSeries.scan`, fed each record once, in order. */
  scan(key: string, start: () => (record: FactRecord) => number | null): DerivedSeries;
}

export interface MarketView {
  /** The day at whose end this view stands. */
  readonly asOf: string;
  /** The content hash of the data behind the view. */
  readonly dataHash: string;
  /** Where the data comes from, for evidence. */
  readonly source: string;
  /** The companies that have at least one bar by now, sorted. Indices are not among them. */
  symbols(): readonly string[];
  /** SYMBOL_UNKNOWN when no bar of such a company or index is known by now. */
  series(symbol: string): BarSeries;
  /** What is known of a symbol by now, of a kind such as `sentiment` or `fundamentals`; empty when that is nothing. */
  facts(symbol: string, kind: string): FactSeries;
  /** The symbol of the market's index, such as the S&P 500, if the data has one by now. */
  readonly index: string | null;
  /**
   * A causal computation across the market: `start` makes a function that is fed a view of each day that has bars,
   * once, in order, and returns that day's numbers. Gives those of the newest day by now; null before the first. The
   * numbers are frozen and kept under `key` as `BarSeries.scan` keeps its own; a day on which nothing changes may
   * return the list of the day before.
   */
  scan(key: string, start: () => (today: MarketView) => readonly number[]): readonly number[] | null;
  /** The same data as it was known at an earlier day. LOOK_AHEAD for a later one. */
  at(date: string): MarketView;
}

/** All the data. Only hosts hold it; agents get views. */
export interface MarketData {
  readonly hash: string;
  readonly source: string;
  /** The first and the last day on which a company has a bar (an index, where the data has no company). */
  readonly firstDate: string;
  readonly lastDate: string;
  /** Any day is allowed; a day after the last gives all there is, a day before the first gives nothing. */
  asOf(date: string): MarketView;
}
