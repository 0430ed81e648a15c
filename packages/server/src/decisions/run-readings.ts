/**
 * Readings of runs, each made once: a settled run never changes, and one that is under way is read again when it has more
 * events. A bounded number of them is kept, those that were asked for last (P8).
 */
import { setImmediate } from "node:timers/promises";
import type { Plan } from "@mycroft/engine";
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import { type RunHeader, readRunPlan, type Store } from "@mycroft/runtime";
import { Turns } from "../turns/turns.ts";
import { foldRun } from "./folded-run.ts";
import { type RunReading, readRunReading } from "./run-reading.ts";

export const readingLimits = {
  /** What is kept in all: views of agents, plus a little for each run. */
  weight: 100_000,
  /** Events that one request has read from the store, at most; the first run is read in any case. */
  events: 400_000,
  plans: 50,
} as const;

/** How many more events a request may have read. */
export interface ReadingBudget {
  events: number;
}

export function newBudget(): ReadingBudget {
  return { events: readingLimits.events };
}

export class RunReadings {
  readonly #store: Store;
  readonly #onError: (error: MycroftError) => void;
  /** The least recently used first. */
  readonly #kept = new Map<string, RunReading>();
  /** Checked plans: there are few, and checking one takes longer than reading a small run. */
  readonly #plans = new Map<string, Plan>();
  readonly #underWay = new Map<string, Promise<RunReading>>();
  #weight = 0;

  /** @param onError is told of records that cannot be read. */
  constructor(store: Store, onError: (error: MycroftError) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  /**
   * A run with its child runs: all of them, or null when that would exceed a budget of which something has been spent. A run
   * whose record cannot be read is told of, and has nothing to say.
   */
  async find(headers: readonly RunHeader[], budget: ReadingBudget): Promise<readonly RunReading[] | null> {
    const unread = headers.filter((header) => this.#keptOf(header) === null);
    const events = unread.reduce((sum, header) => sum + header.events, 0);
    if (events > 0 && events > budget.events && budget.events < readingLimits.events) return null;
    budget.events -= events;
    const readings: RunReading[] = [];
    for (const header of headers) {
      let reading = this.#keptOf(header);
      if (reading === null) {
        // Others get their turn between two runs, and within a long one.
        await setImmediate();
        reading = this.#keptOf(header) ?? (await this.#read(header));
      }
      readings.push(reading);
    }
    return readings;
  }

  #keptOf({ runId, events }: RunHeader): RunReading | null {
    const known = this.#kept.get(runId);
    if (known === undefined || known.events < events) return null;
    this.#kept.delete(runId);
    this.#kept.set(runId, known);
    return known;
  }

  #read(header: RunHeader): Promise<RunReading> {
    const underWay = this.#underWay.get(header.runId);
    if (underWay !== undefined) return underWay;
    const reading = this.#readAnew(header).finally(() => this.#underWay.delete(header.runId));
    this.#underWay.set(header.runId, reading);
    return reading;
  }

  async #readAnew(header: RunHeader): Promise<RunReading> {
    const reading = await this.#readOrTell(header);
    this.#forget(header.runId);
    this.#kept.set(header.runId, reading);
    this.#weight += weightOf(reading);
    for (const oldest of this.#kept.keys()) {
      if (this.#weight <= readingLimits.weight || oldest === header.runId) break;
      this.#forget(oldest);
    }
    return reading;
  }

  async #readOrTell(header: RunHeader): Promise<RunReading> {
    try {
      const turns = new Turns();
      const plan = await this.#planOf(header);
      return await readRunReading(await foldRun(header, { store: this.#store, turns, plan }), turns);
    } catch (thrown) {
      const error = asMycroftError(thrown);
      if (error.retryable || error.code === "STORE_CLOSED") throw error;
      // Forgotten meanwhile, as old runs are.
      if (error.code !== "RUN_UNKNOWN") this.#onError(error);
      const { runId, events } = header;
      return { runId, events, decisions: [], opinions: [], attempts: new Map() };
    }
  }

  async #planOf(header: RunHeader): Promise<Plan> {
    const known = this.#plans.get(header.planHash);
    if (known !== undefined) return known;
    const plan = await readRunPlan(this.#store, header);
    if (this.#plans.size >= readingLimits.plans) this.#plans.clear();
    this.#plans.set(header.planHash, plan);
    return plan;
  }

  #forget(runId: string): void {
    const known = this.#kept.get(runId);
    if (known === undefined) return;
    this.#weight -= weightOf(known);
    this.#kept.delete(runId);
  }
}

/** A run without decisions is not free either. */
function weightOf({ opinions, decisions }: RunReading): number {
  return 20 + opinions.length + decisions.length;
}
