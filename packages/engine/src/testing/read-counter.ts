/**
 * Counts how often something reads a run's state, its tasks or its plan: a measure of work that is the same on every
 * machine. Data that agents and inputs bring along are not counted.
 */
const data: ReadonlySet<PropertyKey> = new Set(["input", "item", "output", "error", "result", "commands"]);

export class ReadCounter {
  reads = 0;
  readonly #watched = new WeakMap<object, object>();

  /** The same object, but whatever is read of it, at any depth, is counted. */
  watch<T extends object>(target: T): T {
    const known = this.#watched.get(target);
    if (known !== undefined) return known as T;
    const watched = this.#watchAnew(target);
    this.#watched.set(target, watched);
    // A watched object may be stored where it is read again.
    this.#watched.set(watched, watched);
    return watched as T;
  }

  #watchAnew(target: object): object {
    if (target instanceof Map) return this.#watchMap(target);
    return target instanceof Set ? this.#watchSet(target) : this.#watchObject(target);
  }

  #watchObject(target: object): object {
    return new Proxy(target, {
      get: (object, key, receiver) => {
        this.reads += 1;
        const value: unknown = Reflect.get(object, key, receiver);
        return data.has(key) ? value : this.#watchValue(value);
      },
    });
  }

  #watchMap(target: Map<unknown, unknown>): object {
    const counter = this;
    return {
      get size() {
        return target.size;
      },
      get: (key: unknown) => {
        this.reads += 1;
        return this.#watchValue(target.get(key));
      },
      set: (key: unknown, value: unknown) => {
        this.reads += 1;
        target.set(key, value);
      },
      delete: (key: unknown) => {
        this.reads += 1;
        return target.delete(key);
      },
      *values() {
        for (const value of target.values()) {
          counter.reads += 1;
          yield counter.#watchValue(value);
        }
      },
    };
  }

  #watchSet(target: Set<unknown>): object {
    const counter = this;
    return {
      get size() {
        return target.size;
      },
      has: (value: unknown) => {
        this.reads += 1;
        return target.has(value);
      },
      add: (value: unknown) => {
        this.reads += 1;
        target.add(value);
      },
      delete: (value: unknown) => {
        this.reads += 1;
        return target.delete(value);
      },
      *[Symbol.iterator]() {
        for (const value of target) {
          counter.reads += 1;
          yield counter.#watchValue(value);
        }
      },
    };
  }

  #watchValue(value: unknown): unknown {
    return typeof value === "object" && value !== null ? this.watch(value) : value;
  }
}
