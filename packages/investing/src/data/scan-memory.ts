/**
 * The values of causal computations, kept so that each item (a bar, a day) is computed once. A computation sees items
 * only up to the point that somebody asked for, in order, so a value never depends on what comes after it (P5).
 */
import { MycroftError } from "@mycroft/errors";

/**
 * Computations kept for one series; one more makes the oldest be forgotten, and computed again when asked for (P8).
 * A key made of unbounded parts, such as dates, therefore costs time but not memory.
 */
const maxScans = 256;

class Scan<Item, Value> {
  readonly values: Value[] = [];
  readonly #step: (item: Item) => Value;
  #running = false;

  constructor(step: (item: Item) => Value) {
    this.#step = step;
  }

  extendTo(count: number, itemAt: (index: number) => Item, key: string): void {
    if (this.#running) {
      throw new MycroftError("INPUT_INVALID", `The scan ${JSON.stringify(key)} asks for its own values.`, {
        details: { key },
      });
    }
    this.#running = true;
    while (this.values.length < count) this.values.push(this.#step(itemAt(this.values.length)));
    this.#running = false;
  }
}

export class ScanMemory<Item, Value> {
  readonly #scans = new Map<string, Scan<Item, Value>>();

  /**
   * At least `count` values of the computation `key`, item by item. The list may hold more: the caller reads none
   * beyond `count`. A computation that throws is forgotten whole, since its state may be half changed.
   */
  read(
    key: string,
    count: number,
    itemAt: (index: number) => Item,
    start: () => (item: Item) => Value,
  ): readonly Value[] {
    let scan = this.#scans.get(key);
    if (scan === undefined) {
      scan = new Scan(start());
      this.#scans.set(key, scan);
      this.#forgetOldest();
    }
    if (scan.values.length < count) {
      try {
        scan.extendTo(count, itemAt, key);
      } catch (error) {
        this.#scans.delete(key);
        throw error;
      }
    }
    return scan.values;
  }

  #forgetOldest(): void {
    if (this.#scans.size <= maxScans) return;
    for (const oldest of this.#scans.keys()) {
      this.#scans.delete(oldest);
      return;
    }
  }
}
