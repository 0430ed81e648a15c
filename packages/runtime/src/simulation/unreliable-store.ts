/** A store as one process meets it: commits and reads take their time, and now and then there is no room. */
import { MycroftError } from "@mycroft/errors";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface StoreFaults {
  readonly slowestCommitMs: number;
  readonly slowestReadMs: number;
  readonly isFull: () => boolean;
}

export class UnreliableStore {
  readonly #inner: Store;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #faults: StoreFaults;
  /** Commits on their way to the disk. */
  readonly #underWay = new Set<() => void>();

  /** @param inner a plain object: its methods are taken one by one. */
  constructor(inner: Store, clock: Clock, random: SeededRandom, faults: StoreFaults) {
    this.#inner = inner;
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
  }

  get port(): Store {
    const inner = this.#inner;
    return {
      ...inner,
      getPlan: (hash) => this.#read(() => inner.getPlan(hash)),
      getRun: (runId) => this.#read(() => inner.getRun(runId)),
      findRunByStartKey: (startKey) => this.#read(() => inner.findRunByStartKey(startKey)),
      listRuns: (query) => this.#read(() => inner.listRuns(query)),
      readEvents: (...range) => this.#read(() => inner.readEvents(...range)),
      getDocument: (collection, id) => this.#read(() => inner.getDocument(collection, id)),
      append: (batch) => this.#commit(() => inner.append(batch)),
      putDocument: (write) => this.#commit(() => inner.putDocument(write)),
      putPlan: async (plan) => {
        this.#refuseWhenFull();
        await inner.putPlan(plan);
      },
    };
  }

  /** The process has died: a commit that was on its way has made it to the disk, or never will. */
  bury(): void {
    for (const commit of this.#underWay) if (this.#random.chance(0.5)) commit();
    this.#underWay.clear();
  }

  async #commit<T>(act: () => Promise<T>): Promise<T> {
    this.#refuseWhenFull();
    const slowestMs = this.#faults.slowestCommitMs;
    if (slowestMs === 0) return act();
    await this.#pause(slowestMs, () => void act());
    const outcome = await act();
    await this.#pause(slowestMs, () => {});
    return outcome;
  }

  /** What is read was so at some moment between the question and the answer. */
  async #read<T>(look: () => Promise<T>): Promise<T> {
    const slowestMs = this.#faults.slowestReadMs;
    if (slowestMs === 0 || this.#random.chance(0.5)) return look();
    await this.#sleep(slowestMs);
    const found = await look();
    await this.#sleep(slowestMs);
    return found;
  }

  #sleep(slowestMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setDelay(this.#random.below(slowestMs / 2 + 1), resolve);
    });
  }

  /** @param atDeath what may still have happened when the process dies meanwhile. */
  #pause(slowestMs: number, atDeath: () => void): Promise<void> {
    this.#underWay.add(atDeath);
    return new Promise((resolve) => {
      const dueAt = this.#clock.now() + this.#random.below(slowestMs / 2 + 1);
      this.#clock.setTimer(dueAt, () => {
        // Not there any more: the process is dead, and what has become of the commit is decided.
        if (this.#underWay.delete(atDeath)) resolve();
      });
    });
  }

  #refuseWhenFull(): void {
    if (this.#faults.isFull()) throw new MycroftError("STORE_FULL", "simulated: there is no room");
  }
}
