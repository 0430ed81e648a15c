/**
 * What is remembered of the past from one question to the next: which bar stands for a day of the grid, what followed it,
 * and how each agent's opinion then was scored. All of it is settled for good once the outcome is known, so that a
 * remembered answer is the one that would be given again (P5, E1).
 */
import { certainOutcome, rankedProbabilityScore } from "@mycroft/ensemble";
import type { FunctionContext, MarketView } from "@mycroft/sdk";
import { isoOf } from "../calendar-day.ts";
import { findOutcome, type Outcome, outcomes } from "../outcome.ts";
import { findSeries } from "./price-facts.ts";

/** One subject on one day of the grid. */
export interface PastOpinions {
  /** The day of the bar that stands for the day of the grid. */
  readonly date: string;
  /** Null when it is not known by the view's day. */
  readonly outcome: Outcome | null;
  /** Undefined when the agent has not been asked; null when it had no opinion. */
  opinionOf(agent: string): PastOpinion | null | undefined;
  /** Keeps what the agent says now of that day. */
  keep(agent: string, probabilities: readonly number[] | null): PastOpinion | null;
}

export interface PastOpinion {
  readonly probabilities: readonly number[];
  /** Its ranked probability score; null while the outcome is not known to the memory. */
  score: number | null;
}

export interface PastOpinionsMemory {
  /** Null when the subject has no bar by that day, the day before of the grid has the same one, or nothing can follow. */
  find(view: MarketView, subject: string, day: number): PastOpinions | null;
}

interface Grid {
  readonly horizonDays: number;
  readonly spacingDays: number;
}

/** Memories of one host's agents; one more makes the oldest be forgotten (P8). */
const maxMemories = 8;
/** Subjects times days of the grid that a memory holds; one more begins it anew (P8). */
const maxCases = 1_000_000;

const memories = new WeakMap<FunctionContext["ask"], Map<string, Memory>>();

/**
 * The memory that belongs to whoever answers `ask`. A host that hands out the same function from call to call says with it
 * that the same agents answer: then nothing is asked twice. To a new function belongs an empty memory.
 */
export function pastOpinionsOf(
  ask: FunctionContext["ask"],
  dataHash: string,
  { horizonDays, spacingDays }: Grid,
): PastOpinionsMemory {
  const key = `${dataHash}/${horizonDays}/${spacingDays}`;
  const own = memories.get(ask) ?? new Map<string, Memory>();
  memories.set(ask, own);
  const memory = own.get(key) ?? new Memory({ horizonDays, spacingDays });
  own.delete(key);
  own.set(key, memory);
  const [oldest] = own.keys();
  if (own.size > maxMemories && oldest !== undefined) own.delete(oldest);
  return memory;
}

/** `never`: no bar of its own stands for the day. */
type Found = Case | "never";

class Memory implements PastOpinionsMemory {
  readonly #grid: Grid;
  readonly #subjects = new Map<string, Map<number, Found>>();
  #cases = 0;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  find(view: MarketView, subject: string, day: number): PastOpinions | null {
    const known = this.#subjects.get(subject)?.get(day) ?? this.#look(view, subject, day);
    if (known === null || known === "never") return null;
    if (known.outcome === null) {
      known.outcome = findOutcome(view, subject, known.date, this.#grid.horizonDays);
      return known;
    }
    // The memory may know more than the view.
    return known.outcome.to <= view.asOf ? known : known.before;
  }

  #look(view: MarketView, subject: string, day: number): Found | null {
    const series = findSeries(view, subject);
    if (series === null) return null;
    const index = series.indexAt(isoOf(day));
    const isRepeated = index < 0 || index === series.indexAt(isoOf(day - this.#grid.spacingDays));
    const found = isRepeated ? "never" : new Case(series.bar(index).date);
    this.#keep(subject, day, found);
    return found;
  }

  #keep(subject: string, day: number, found: Found): void {
    if (this.#cases >= maxCases) {
      this.#subjects.clear();
      this.#cases = 0;
    }
    const days = this.#subjects.get(subject) ?? new Map<number, Found>();
    this.#subjects.set(subject, days.set(day, found));
    this.#cases += 1;
  }
}

class Case implements PastOpinions {
  readonly date: string;
  outcome: Outcome | null = null;
  readonly #opinions = new Map<string, PastOpinion | null>();

  constructor(date: string) {
    this.date = date;
  }

  /** The same as it was before the outcome was known. */
  get before(): PastOpinions {
    return {
      date: this.date,
      outcome: null,
      opinionOf: (agent) => this.opinionOf(agent),
      keep: (agent, probabilities) => this.keep(agent, probabilities),
    };
  }

  opinionOf(agent: string): PastOpinion | null | undefined {
    const known = this.#opinions.get(agent);
    if (known != null && known.score === null) known.score = this.#scoreOf(known.probabilities);
    return known;
  }

  keep(agent: string, probabilities: readonly number[] | null): PastOpinion | null {
    const kept = probabilities === null ? null : { probabilities, score: this.#scoreOf(probabilities) };
    this.#opinions.set(agent, kept);
    return kept;
  }

  #scoreOf(probabilities: readonly number[]): number | null {
    if (this.outcome === null) return null;
    return rankedProbabilityScore(probabilities, certainOutcome(this.outcome.index, outcomes.length));
  }
}
