/** Run ids in order. New ids sort last as a rule (they begin with the time), so adding one is cheap. */
export class SortedIds {
  readonly #ids: string[] = [];

  get isEmpty(): boolean {
    return this.#ids.length === 0;
  }

  add(id: string): void {
    const last = this.#ids.at(-1);
    if (last === undefined || last < id) this.#ids.push(id);
    else this.#ids.splice(this.#countBelow(id), 0, id);
  }

  remove(id: string): void {
    const index = this.#countBelow(id);
    if (this.#ids[index] === id) this.#ids.splice(index, 1);
  }

  /** Ids that begin with `prefix` and come before `below`, last first. */
  *descending(prefix: string, below?: string): Generator<string> {
    // No id holds a character beyond ASCII, so this bound is above all ids with the prefix.
    const bound = `${prefix}\u{10ffff}`;
    const end = below !== undefined && below < bound ? below : bound;
    for (let index = this.#countBelow(end) - 1; index >= 0; index -= 1) {
      const id = this.#ids[index];
      if (id === undefined || !id.startsWith(prefix)) return;
      yield id;
    }
  }

  #countBelow(id: string): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ids[middle] ?? "") < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
