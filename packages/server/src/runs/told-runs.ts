/** Runs read from the record and folded, the last ones kept: a settled run never changes, another is taken on from where it was (P8). */
import { findRun, readRun, type Store } from "@mycroft/runtime";
import { ToldRun } from "./told-run.ts";

/** Events of all runs that are kept. */
const keptEvents = 100_000;

export class ToldRuns {
  readonly #store: Store;
  /** The least recently used first. */
  readonly #kept = new Map<string, ToldRun>();
  readonly #underWay = new Map<string, Promise<ToldRun>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param idOrPrefix also `latest`, or the beginning of an id. @throws {MycroftError} RUN_UNKNOWN; the store's codes. */
  async find(idOrPrefix: string): Promise<ToldRun> {
    const { runId } = await findRun(this.#store, idOrPrefix);
    return this.read(runId);
  }

  /** @param runId the whole id. */
  read(runId: string): Promise<ToldRun> {
    const underWay = this.#underWay.get(runId);
    if (underWay !== undefined) return underWay;
    const reading = this.#read(runId).finally(() => this.#underWay.delete(runId));
    this.#underWay.set(runId, reading);
    return reading;
  }

  async #read(runId: string): Promise<ToldRun> {
    const known = this.#kept.get(runId);
    if (known !== undefined) {
      if (!known.isSettled) known.take(await this.#store.readEvents(runId, known.events));
      this.#keep(runId, known);
      return known;
    }
    const { header, plan, events } = await readRun(this.#store, runId);
    const told = new ToldRun(header, plan);
    told.take(events);
    this.#keep(runId, told);
    return told;
  }

  #keep(runId: string, told: ToldRun): void {
    this.#kept.delete(runId);
    this.#kept.set(runId, told);
    let sum = 0;
    for (const one of this.#kept.values()) sum += one.events + 50;
    for (const [oldest, one] of this.#kept) {
      if (sum <= keptEvents || oldest === runId) break;
      this.#kept.delete(oldest);
      sum -= one.events + 50;
    }
  }
}
