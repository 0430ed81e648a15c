/** The mean and the highest of the prices in a window of calendar days up to each bar, each bar costing O(1) on average. */
import { dayOf } from "../calendar-day.ts";
import type { Measure } from "./measure.ts";

/** How much of the window's beginning may be without bars, in days. */
const toleranceDays = 10;

interface Priced {
  readonly day: number;
  readonly price: number;
}

/** The mean adjusted close of the bars of the last `days` days; null until the data reaches that far back. */
export function trailingMean(days: number): Measure {
  return {
    key: `mean/${days}d`,
    start: () => {
      const window = new Queue();
      let first: number | null = null;
      let sum = 0;
      return (bar) => {
        const now = { day: dayOf(bar.date), price: bar.adjClose };
        first ??= now.day;
        window.push(now);
        sum += now.price;
        for (let oldest = window.first(); oldest.day <= now.day - days; oldest = window.first()) {
          window.shift();
          sum -= oldest.price;
        }
        return now.day - first < days - toleranceDays ? null : sum / window.length;
      };
    },
  };
}

/** The highest adjusted close of the last `days` days; null until the data reaches that far back. */
export function trailingHigh(days: number): Measure {
  return {
    key: `high/${days}d`,
    start: () => {
      // Holds only bars that no later bar tops; the oldest of them is the highest of the window.
      const window = new Queue();
      let first: number | null = null;
      return (bar) => {
        const now = { day: dayOf(bar.date), price: bar.adjClose };
        first ??= now.day;
        while (window.length > 0 && window.last().price <= now.price) window.pop();
        window.push(now);
        while (window.first().day <= now.day - days) window.shift();
        return now.day - first < days - toleranceDays ? null : window.first().price;
      };
    },
  };
}

/** A list that also gives up its first items in O(1). Never read when empty. */
class Queue {
  #items: Priced[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  first(): Priced {
    return this.#items[this.#head] ?? never();
  }

  last(): Priced {
    return this.#items.at(-1) ?? never();
  }

  push(item: Priced): void {
    this.#items.push(item);
  }

  pop(): void {
    this.#items.length -= 1;
  }

  shift(): void {
    this.#head += 1;
    if (this.#head < 1_024) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}

function never(): Priced {
  return { day: Number.POSITIVE_INFINITY, price: Number.NaN };
}
