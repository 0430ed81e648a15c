/** Ranks companies against each other by a number of the day, each day once (P5: by what was known on it). */
import type { MarketView } from "@mycroft/sdk";

/** A rank says little among fewer companies. */
export const minCompanies = 4;
/** A day's ranking keeps at most this many numbers, evenly spaced by rank: ranks are then exact to half a percent. */
const maxKept = 201;

export interface Ranking {
  /** The share of companies with a lower value, those with the same one counted half: from 0 (the lowest) to 1. */
  rankOf(value: number): number;
  /** A rank in words, 1 the first place: `place 3 of 88 companies`. */
  placeOf(rank: number): string;
}

/**
 * The ranking of the view's newest day with bars; null with fewer than `minCompanies`.
 * @param key names the value and its parameters, as that of `MarketView.scan`.
 * @param numberOf null for a company that has no value and is not ranked.
 */
export function rankCompanies(
  view: MarketView,
  key: string,
  numberOf: (today: MarketView, symbol: string) => number | null,
): Ranking | null {
  const kept = view.scan(key, () => (today) => {
    const values: number[] = [];
    for (const symbol of today.symbols()) {
      const value = numberOf(today, symbol);
      if (value !== null) values.push(value);
    }
    return [values.length, ...thinned(values.sort((a, b) => a - b))];
  });
  const companies = kept?.[0] ?? 0;
  return kept === null || companies < minCompanies ? null : new KeptRanking(kept, companies);
}

class KeptRanking implements Ranking {
  /** After a first number, the values from the lowest. */
  readonly #kept: readonly number[];
  readonly #companies: number;

  constructor(kept: readonly number[], companies: number) {
    this.#kept = kept;
    this.#companies = companies;
  }

  rankOf(value: number): number {
    // Half way between the companies below and those not above: halves of the ones with the same value.
    const below = this.#countBefore((other) => other < value);
    const notAbove = this.#countBefore((other) => other <= value);
    return (below + notAbove) / 2 / (this.#kept.length - 1);
  }

  placeOf(rank: number): string {
    const place = Math.min(this.#companies, Math.round(this.#companies * (1 - rank) + 0.5));
    return `${this.#companies > maxKept ? "about " : ""}place ${place} of ${this.#companies} companies`;
  }

  /** How many values, from the lowest, satisfy `holds`; the first that does not ends them. */
  #countBefore(holds: (value: number) => boolean): number {
    let low = 1;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.#kept[middle] ?? 0)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function thinned(sorted: readonly number[]): readonly number[] {
  if (sorted.length <= maxKept) return sorted;
  const step = (sorted.length - 1) / (maxKept - 1);
  return Array.from({ length: maxKept }, (_, index) => sorted[Math.round(index * step)] ?? 0);
}
