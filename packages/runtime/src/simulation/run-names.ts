/**
 * How runs are named in a simulation, so that a name says what to expect: a fork behaves as its original does, task by
 * task, and ends as that one would have on the same input.
 */
import { AsyncLocalStorage } from "node:async_hooks";

const forkMark = /\+f\d+/g;

/** For whom something is begun, wherever that is done; its name until it is taken. */
const beginning = new AsyncLocalStorage<{ readonly by: RunNames; name: string | null }>();

/** The run that a fork behaves like, and children of it like that one's children. */
export function originalOf(runId: string): string {
  return runId.includes("+") ? runId.replace(forkMark, "") : runId;
}

/** The id of the n-th fork of a run. */
export function forkName(runId: string, number: number): string {
  return `${runId}+f${number}`;
}

/** A retry is to have more luck than its original: its name is not taken for that one's. */
export function retryName(runId: string, number: number): string {
  return `${runId}+r${number}`;
}

/**
 * Gives new runs the names that those who start them want. An orchestrator asks for an id in its own time, so a start waits
 * until the one before it has got its id, or has come to an end without one.
 */
export class RunNames {
  #wanted: string | null = null;
  #onTaken: () => void = () => {};
  #turn: Promise<void> = Promise.resolve();
  #strays = 0;

  /** The name that a start waits for; null when none does. */
  get wanted(): string | null {
    return this.#wanted;
  }

  /** The id of the next new run. */
  take(): string {
    const name = this.#wanted;
    if (name === null) {
      this.#strays += 1;
      return `stray-${this.#strays}`;
    }
    this.#onTaken();
    return name;
  }

  /** As `take`, but also of one that is gone and has other names: null when what is begun has taken its name already. */
  takeOnce(): string | null {
    const begun = beginning.getStore();
    if (begun === undefined || begun.by === this) return this.#wanted === null ? null : this.take();
    const { name } = begun;
    begun.name = null;
    return name;
  }

  /** Whatever `start` starts gets this name. */
  async give<T>(name: string, start: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    const taken = Promise.withResolvers<void>();
    this.#turn = taken.promise;
    await before;
    const end = () => {
      if (this.#onTaken === end) {
        this.#wanted = null;
        this.#onTaken = () => {};
      }
      taken.resolve();
    };
    this.#wanted = name;
    this.#onTaken = end;
    const started = beginning.run({ by: this, name }, start);
    started.then(end, end);
    return started;
  }
}
