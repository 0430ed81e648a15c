/** One write at a time, in the order in which they were asked for: a write may take turns of the event loop. */
export class WriteLine {
  #isTaken = false;
  readonly #waiting: (() => void)[] = [];

  /** Does the work before it returns when nothing is under way, otherwise when all before it is done. */
  async run<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isTaken = true;
    try {
      const result = work();
      return result instanceof Promise ? await result : result;
    } finally {
      // Whoever is next has the line from now on, although it goes on in a moment only.
      const next = this.#waiting.shift();
      if (next === undefined) this.#isTaken = false;
      else next();
    }
  }
}
