/**
 * Turns a raw score into probabilities over down, flat and up by what followed such scores in the past, never by a
 * made-up mapping. Scores fall into fixed bins; a bin's probabilities are the frequencies of the outcomes that were known
 * by the view's day, of all companies, drawn towards the base rate. Causal and incremental: the counts are a scan
 * over the market's days, so a later day costs only its new bars, and no count contains a later outcome (P5).
 */
import type { MarketView } from "@mycroft/sdk";
import { measureAt, readBar } from "./measures/measure.ts";
import { trailingVolatility } from "./measures/trailing-volatility.ts";
import { classifyReturn, isNear, type OutcomeIndex, outcomes } from "./outcome.ts";

/** How a score is computed and binned. */
export interface ScoreMethod {
  /** Names the agent, its version and what else the score depends on; the edges need not be part of it. */
  readonly key: string;
  /** The score of a company on the view's day, null when it has none. It must depend on the view alone. */
  readonly score: (view: MarketView, symbol: string) => number | null;
  /** The inner edges of the bins, increasing: n edges make n + 1 bins, and a score on an edge falls above it. */
  readonly edges: readonly number[];
}

export interface CalibratedView {
  /** Over down, flat, up. */
  readonly probabilities: readonly [number, number, number];
  /** How many past scores fell into the same bin and were followed by each outcome. */
  readonly alike: readonly [number, number, number];
  /** How many past scores with a known outcome there are in all. */
  readonly cases: number;
}

export const calibrationSettings = {
  /**
   * Outcomes of companies on one day share the market's move. With an intraclass correlation of r, n of them tell as
   * much as n / (1 + (n - 1) r) independent ones (Kish 1965, "Survey Sampling", section 5.4). 0.3 is the usual size of
   * correlations between large companies' returns.
   */
  intraclassCorrelation: 0.3,
  /**
   * The prior of a bin is worth this many independent outcomes at the base rate: the Dirichlet-multinomial posterior mean
   * (Good 1965, "The Estimation of Probabilities"; Fienberg and Holland 1973, JASA 68, "flattening" towards a
   * data-dependent prior). The base rate itself is drawn towards one third each with the same strength.
   */
  priorStrength: 30,
  /** With fewer outcomes than this there is nothing to calibrate with. */
  minCases: 30,
} as const;

/**
 * The probabilities that go with `score`; null with fewer than `minCases` known outcomes.
 *
 * Outcomes over a horizon longer than the time between bars overlap and are not independent: each counts for the share
 * of its horizon that is new (average uniqueness, Lopez de Prado 2018, "Advances in Financial Machine Learning",
 * chapter 4), and outcomes of one day are counted as stated at `intraclassCorrelation`.
 */
export function calibrate(
  view: MarketView,
  method: ScoreMethod,
  score: number,
  horizonDays: number,
): CalibratedView | null {
  // The edges lay out the counts, so that counts by other edges must never be read under this name.
  const counts = view.scan(`calibration/${method.key}/${method.edges.join()}/${horizonDays}d`, () => {
    const scan = new CalibrationScan(method, horizonDays);
    return (today) => scan.step(today);
  });
  const bins = method.edges.length + 1;
  if (counts === null || (counts[caseTotal] ?? 0) < calibrationSettings.minCases) return null;
  const bin = binOf(method.edges, score);
  return {
    probabilities: posterior(counts, bin, bins),
    alike: triple((outcome) => counts[at("cases", bin, outcome, bins)] ?? 0),
    cases: counts[caseTotal] ?? 0,
  };
}

/** The bin of a score, 0 the lowest. */
export function binOf(edges: readonly number[], score: number): number {
  let bin = 0;
  while (bin < edges.length && score >= (edges[bin] ?? 0)) bin += 1;
  return bin;
}

/** A list of counts: first the number of cases in all, then each bin's effective counts, then each bin's cases. */
const caseTotal = 0;
const kinds = outcomes.length;

function at(part: "effective" | "cases", bin: number, outcome: number, bins: number): number {
  return 1 + ((part === "effective" ? 0 : bins) + bin) * kinds + outcome;
}

function posterior(counts: readonly number[], bin: number, bins: number): [number, number, number] {
  const { priorStrength } = calibrationSettings;
  const perOutcome = triple((outcome) => {
    let sum = 0;
    for (let each = 0; each < bins; each += 1) sum += counts[at("effective", each, outcome, bins)] ?? 0;
    return sum;
  });
  const base = drawn(perOutcome, [1 / kinds, 1 / kinds, 1 / kinds], priorStrength);
  return drawn(
    triple((outcome) => counts[at("effective", bin, outcome, bins)] ?? 0),
    base,
    priorStrength,
  );
}

type Triple = [number, number, number];

function triple(value: (outcome: OutcomeIndex) => number): Triple {
  return [value(0), value(1), value(2)];
}

function drawn(counts: Triple, prior: Triple, strength: number): Triple {
  const total = counts[0] + counts[1] + counts[2] + strength;
  return triple((outcome) => (counts[outcome] + strength * prior[outcome]) / total);
}

/** A score whose outcome is still open. */
interface OpenCase {
  readonly day: number;
  readonly log: number;
  readonly volatility: number;
  readonly bin: number;
  readonly weight: number;
}

interface Followed {
  bars: number;
  lastDay: number;
  open: OpenCase[];
  head: number;
}

interface Settled {
  readonly bin: number;
  readonly outcome: OutcomeIndex;
  readonly weight: number;
}

class CalibrationScan {
  readonly #method: ScoreMethod;
  readonly #horizonDays: number;
  readonly #companies = new Map<string, Followed>();
  #counts: readonly number[];

  constructor(method: ScoreMethod, horizonDays: number) {
    this.#method = method;
    this.#horizonDays = horizonDays;
    this.#counts = new Array<number>(1 + 2 * (method.edges.length + 1) * kinds).fill(0);
  }

  step(today: MarketView): readonly number[] {
    const settled: Settled[] = [];
    let companies = 0;
    for (const symbol of today.symbols()) {
      const before = settled.length;
      this.#follow(today, symbol, settled);
      if (settled.length > before) companies += 1;
    }
    if (settled.length > 0) this.#counts = this.#add(settled, companies);
    return this.#counts;
  }

  /** Settles what a company's bar of today decides, and opens the case of today's score. */
  #follow(today: MarketView, symbol: string, settled: Settled[]): void {
    const series = today.series(symbol);
    const followed = this.#followed(symbol);
    if (series.length === followed.bars) return;
    followed.bars = series.length;
    const { day, log } = readBar(series.bar(series.length - 1));
    this.#settle(followed, day, log, settled);
    const elapsed = day - followed.lastDay;
    followed.lastDay = day;
    const volatility = measureAt(series, trailingVolatility);
    const score = volatility === null ? null : this.#method.score(today, symbol);
    if (volatility === null || score === null) return;
    const weight = Math.min(1, elapsed / this.#horizonDays);
    followed.open.push({ day, log, volatility, bin: binOf(this.#method.edges, score), weight });
  }

  #settle(followed: Followed, day: number, log: number, settled: Settled[]): void {
    for (let one = followed.open[followed.head]; one !== undefined; one = followed.open[followed.head]) {
      const due = one.day + this.#horizonDays;
      if (day < due) break;
      followed.head += 1;
      if (!isNear(day, due)) continue;
      const outcome = classifyReturn(log - one.log, one.volatility, day - one.day);
      settled.push({ bin: one.bin, outcome, weight: one.weight });
    }
    if (followed.head < 256) return;
    followed.open.splice(0, followed.head);
    followed.head = 0;
  }

  #add(settled: readonly Settled[], companies: number): readonly number[] {
    const counts = [...this.#counts];
    const bins = this.#method.edges.length + 1;
    const share = 1 / (1 + (companies - 1) * calibrationSettings.intraclassCorrelation);
    const add = (index: number, amount: number) => {
      counts[index] = (counts[index] ?? 0) + amount;
    };
    for (const { bin, outcome, weight } of settled) {
      add(at("effective", bin, outcome, bins), weight * share);
      add(at("cases", bin, outcome, bins), 1);
    }
    add(caseTotal, settled.length);
    return counts;
  }

  #followed(symbol: string): Followed {
    let followed = this.#companies.get(symbol);
    if (followed === undefined) {
      followed = { bars: 0, lastDay: Number.NEGATIVE_INFINITY, open: [], head: 0 };
      this.#companies.set(symbol, followed);
    }
    return followed;
  }
}
