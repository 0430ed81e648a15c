/** Long work in turns beside the server's other work: whoever does it looks up often, and lets the others in when its turn is over. */
import { setImmediate } from "node:timers/promises";

/** Long enough that giving way costs next to nothing, short enough that nobody notices. */
const turnMs = 10;

export interface TurnsOptions {
  /** Milliseconds, as `performance.now`. */
  readonly now?: () => number;
  /** Resolves when the others have had their turn. */
  readonly others?: () => Promise<unknown>;
}

export class Turns {
  readonly #now: () => number;
  readonly #others: () => Promise<unknown>;
  #until: number;

  constructor({ now = () => performance.now(), others = () => setImmediate() }: TurnsOptions = {}) {
    this.#now = now;
    this.#others = others;
    this.#until = now() + turnMs;
  }

  /** Whether it is the others' turn: asked between two steps, each of which takes much less than a turn. */
  get isOver(): boolean {
    return this.#now() >= this.#until;
  }

  async giveWay(): Promise<void> {
    await this.#others();
    this.#until = this.#now() + turnMs;
  }

  /** All that the steps give, one after the other. */
  async take<Step>(steps: Iterable<Step>): Promise<Step[]> {
    const taken: Step[] = [];
    for (const step of steps) {
      taken.push(step);
      if (this.isOver) await this.giveWay();
    }
    return taken;
  }
}
