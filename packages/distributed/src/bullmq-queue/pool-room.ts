/**
 * How many more messages a pool takes (P8), without asking the server each time: what is left of the room that was there when
 * it was last asked.
 *
 * Exact for one publishing process. With several, each may pass the limit by what the others publish within a second: BullMQ
 * has no way to add jobs on a condition.
 */
import { MycroftError } from "@mycroft/errors";

/** For how long what others publish may go unseen. */
const knownForMs = 1_000;

export class PoolRoom {
  readonly #pool: string;
  readonly #limit: number;
  readonly #depth: () => Promise<number>;
  #left = 0;
  /** Taken, and not yet known to wait on the server. */
  #underWay = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  /** @param depth how many messages wait in the pool now. */
  constructor(pool: string, limit: number, depth: () => Promise<number>) {
    this.#pool = pool;
    this.#limit = limit;
    this.#depth = depth;
  }

  /** Takes room for `count` messages, which are then under way. @throws {MycroftError} QUEUE_FULL. */
  async take(count: number): Promise<void> {
    if (this.#left < count || performance.now() - this.#askedAt > knownForMs) await this.#ask();
    if (this.#left < count) throw this.#isFull(count);
    this.#left -= count;
    this.#underWay += count;
  }

  /** The messages wait on the server now, or never will. */
  arrived(count: number): void {
    this.#underWay -= count;
  }

  /** Those that come while it is asked wait for the same answer. */
  #ask(): Promise<void> {
    this.#asking ??= this.#depth()
      .then((waiting) => {
        this.#left = this.#limit - waiting - this.#underWay;
        this.#askedAt = performance.now();
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  #isFull(added: number): MycroftError {
    const waiting = this.#limit - this.#left;
    return new MycroftError(
      "QUEUE_FULL",
      `${waiting} messages wait in pool ${this.#pool}; ${added} more would pass the limit of ${this.#limit} (maxLength). ` +
        "Publish them when workers have caught up.",
      { details: { pool: this.#pool, waiting, added, limit: this.#limit } },
    );
  }
}
