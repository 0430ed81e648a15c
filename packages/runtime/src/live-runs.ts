/**
 * The runs that an orchestrator has in memory: every unsettled run of the store, and those that are being told of
 * something. Each is there once, however many ask for it at the same time.
 */
import { type Plan, type RunEvent, verifyPlan } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { LiveRun } from "./live-run.ts";
import type { RunHeader, Store } from "./ports/store.ts";

/** Plans that are kept ready for the next run; the one used longest ago is forgotten first (P8). */
const keptPlans = 1_000;
const pageSize = 1_000;

export interface LiveRunsOptions {
  /** Whether runs that are loaded stay in memory: true unless given. Whoever does not advance them would have what is old. */
  readonly keepsLoaded?: boolean;
}

export class LiveRuns {
  readonly #store: Store;
  readonly #keepsLoaded: boolean;
  readonly #runs = new Map<string, LiveRun>();
  readonly #loading = new Map<string, Promise<LiveRun | null>>();
  /** Runs that have come into memory while they were being loaded: what is read of them may be old by then. */
  readonly #overtaken = new Set<string>();
  readonly #plans = new Map<string, Plan>();

  constructor(store: Store, { keepsLoaded = true }: LiveRunsOptions = {}) {
    this.#store = store;
    this.#keepsLoaded = keepsLoaded;
  }

  /** The run, if it is in memory. */
  get(runId: string): LiveRun | undefined {
    return this.#runs.get(runId);
  }

  values(): Iterable<LiveRun> {
    return this.#runs.values();
  }

  keep(run: LiveRun): void {
    const { runId } = run.header;
    this.#runs.set(runId, run);
    if (this.#loading.has(runId)) this.#overtaken.add(runId);
  }

  forget(run: LiveRun): void {
    run.clearTimers();
    this.#runs.delete(run.header.runId);
  }

  clear(): void {
    for (const run of this.#runs.values()) run.clearTimers();
    this.#runs.clear();
  }

  /** @throws {MycroftError} RUN_UNKNOWN. */
  async load(runId: string): Promise<LiveRun> {
    const run = await this.find(runId);
    if (run !== null) return run;
    throw new MycroftError("RUN_UNKNOWN", `There is no run ${runId}. \`mycroft runs\` lists them.`, {
      details: { runId },
    });
  }

  /** Null when there is no such run, or its plan is lost. */
  async find(runId: string): Promise<LiveRun | null> {
    const live = this.#runs.get(runId);
    if (live !== undefined) return live;
    // What somebody else asked for a moment ago may be older than what this caller has seen.
    if (!this.#keepsLoaded) return this.#read(runId);
    const isBegun = this.#loading.has(runId);
    const found = await this.#loadOnce(runId);
    // The run may have come into the store after others had begun to look for it.
    return found === null && isBegun ? this.#loadOnce(runId) : found;
  }

  async #loadOnce(runId: string): Promise<LiveRun | null> {
    const loading = this.#loading.get(runId) ?? this.#read(runId);
    this.#loading.set(runId, loading);
    try {
      const loaded = await loading;
      return this.#runs.get(runId) ?? loaded;
    } finally {
      if (this.#loading.get(runId) === loading) {
        this.#loading.delete(runId);
        this.#overtaken.delete(runId);
      }
    }
  }

  /** What the store has of a run. */
  readEvents(runId: string): Promise<readonly RunEvent[]> {
    return this.#store.readEvents(runId);
  }

  /** Loads every unsettled run of the store, a page at a time. */
  async *loadUnsettled(): AsyncIterable<LiveRun> {
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const query = { status: "running", limit: pageSize } as const;
      const page = await this.#store.listRuns(cursor === undefined ? query : { ...query, cursor });
      for (const header of page.runs) {
        const run = this.#runs.get(header.runId) ?? (await this.#restore(header));
        if (run === null) continue;
        if (!run.isSettled) this.#runs.set(header.runId, run);
        yield run;
      }
      cursor = page.nextCursor;
    }
  }

  /** The plan of that hash; undefined when the store does not have it. */
  async findPlan(hash: string): Promise<Plan | undefined> {
    const known = this.#plans.get(hash);
    if (known !== undefined) return known;
    const stored = await this.#store.getPlan(hash);
    return stored === undefined ? undefined : this.#keepPlan(verifyPlan(stored));
  }

  /** Whether the store is known to have the plan. */
  hasPlan({ hash }: Plan): boolean {
    return this.#plans.has(hash);
  }

  async putPlan(plan: Plan): Promise<void> {
    await this.#store.putPlan(plan);
    this.#keepPlan(plan);
  }

  #keepPlan(plan: Plan): Plan {
    this.#plans.set(plan.hash, plan);
    if (this.#plans.size > keptPlans) {
      const [oldest = ""] = this.#plans.keys();
      this.#plans.delete(oldest);
    }
    return plan;
  }

  async #read(runId: string): Promise<LiveRun | null> {
    for (;;) {
      const header = await this.#store.getRun(runId);
      const run = header === undefined ? null : await this.#restore(header);
      const live = this.#runs.get(runId);
      if (live !== undefined) return live;
      if (this.#overtaken.delete(runId)) continue;
      // A settled run is not kept: nothing more can happen to it but stale results.
      if (run !== null && !run.isSettled && this.#keepsLoaded) this.#runs.set(runId, run);
      return run;
    }
  }

  /** Null when the plan is lost. */
  async #restore(header: RunHeader): Promise<LiveRun | null> {
    const plan = await this.findPlan(header.planHash);
    return plan === undefined ? null : new LiveRun(header, plan, await this.#store.readEvents(header.runId));
  }
}
