/** What waits, by priority and then by age. Costs the same for the first item as for the millionth. */
interface Lane<Item> {
  readonly priority: number;
  readonly items: Item[];
  /** Where the oldest item stands; the places before it are spent. */
  head: number;
}

/** Spent places are given back once there are this many, and more of them than items that wait. */
const spentPlaces = 1_024;

export class PriorityLanes<Item> {
  /** Highest priority first; no lane is empty. */
  readonly #lanes: Lane<Item>[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(priority: number, item: Item): void {
    this.#laneOf(priority).items.push(item);
    this.#length += 1;
  }

  /** Takes the oldest item of the highest priority. */
  shift(): Item | undefined {
    const lane = this.#lanes[0];
    if (lane === undefined) return undefined;
    const item = lane.items[lane.head];
    lane.head += 1;
    this.#length -= 1;
    if (lane.head === lane.items.length) this.#lanes.shift();
    else if (lane.head >= spentPlaces && lane.head * 2 > lane.items.length) {
      lane.items.splice(0, lane.head);
      lane.head = 0;
    }
    return item;
  }

  clear(): void {
    this.#lanes.length = 0;
    this.#length = 0;
  }

  #laneOf(priority: number): Lane<Item> {
    let low = 0;
    let high = this.#lanes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const lane = this.#lanes[middle];
      if (lane !== undefined && lane.priority > priority) low = middle + 1;
      else high = middle;
    }
    const found = this.#lanes[low];
    if (found !== undefined && found.priority === priority) return found;
    const lane: Lane<Item> = { priority, items: [], head: 0 };
    this.#lanes.splice(low, 0, lane);
    return lane;
  }
}
