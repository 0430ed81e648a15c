/** Runs read from the record and folded, the last ones kept: a settled run never changes, another is taken on from where it was (P8). */
import { type Plan, verifyPlan } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { findRun, type RunHeader, type Store } from "@mycroft/runtime";
import { nodesBySteps } from "./task-nodes.ts";
import { ToldRun } from "./told-run.ts";

export const toldLimits = {
  /** What is kept in memory, about; the run that was asked for last is kept in any case. */
  bytes: 64 * 1024 * 1024,
  /** Checked plans: there are few, and checking one takes longer than reading a small run. */
  plans: 50,
} as const;

/** Of a run beside its events. */
const bytesPerRun = 20_000;

interface KnownPlan {
  readonly plan: Plan;
  readonly nodes: ReadonlyMap<string, string>;
}

export class ToldRuns {
  readonly #store: Store;
  /** The least recently used first. */
  readonly #kept = new Map<string, ToldRun>();
  readonly #underWay = new Map<string, Promise<ToldRun>>();
  readonly #plans = new Map<string, KnownPlan>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param idOrPrefix also `latest`, or the beginning of an id. @throws {MycroftError} RUN_UNKNOWN; the store's codes. */
  async find(idOrPrefix: string): Promise<ToldRun> {
    return this.read(await findRun(this.#store, idOrPrefix));
  }

  /** What is given may change as events come: whoever reads it does so before it waits for anything else. */
  read(header: RunHeader): Promise<ToldRun> {
    const underWay = this.#underWay.get(header.runId);
    // What is being read may have begun before the header was.
    if (underWay !== undefined) return underWay.then(() => this.read(header));
    const known = this.#kept.get(header.runId);
    if (known !== undefined && (known.isSettled || known.events >= header.events)) {
      this.#keep(known);
      return Promise.resolve(known);
    }
    const reading = this.#read(header, known).finally(() => this.#underWay.delete(header.runId));
    this.#underWay.set(header.runId, reading);
    return reading;
  }

  async #read(header: RunHeader, known: ToldRun | undefined): Promise<ToldRun> {
    const told = known ?? (await this.#begin(header));
    told.take(await this.#store.readEvents(header.runId, told.events));
    this.#keep(told);
    return told;
  }

  async #begin(header: RunHeader): Promise<ToldRun> {
    const { plan, nodes } = await this.#plan(header);
    return new ToldRun(header, plan, nodes);
  }

  async #plan({ runId, planHash }: RunHeader): Promise<KnownPlan> {
    const known = this.#plans.get(planHash);
    if (known !== undefined) return known;
    const stored = await this.#store.getPlan(planHash);
    if (stored === undefined) {
      throw new MycroftError("NOT_FOUND", `The plan ${planHash} of run ${runId} is not in the store.`);
    }
    const plan = verifyPlan(stored);
    const found = { plan, nodes: nodesBySteps(plan) };
    if (this.#plans.size >= toldLimits.plans) this.#plans.clear();
    this.#plans.set(planHash, found);
    return found;
  }

  #keep(told: ToldRun): void {
    const { runId } = told.header;
    this.#kept.delete(runId);
    this.#kept.set(runId, told);
    let bytes = 0;
    for (const one of this.#kept.values()) bytes += one.bytes + bytesPerRun;
    for (const [oldest, one] of this.#kept) {
      if (bytes <= toldLimits.bytes || oldest === runId) break;
      this.#kept.delete(oldest);
      bytes -= one.bytes + bytesPerRun;
    }
  }
}
