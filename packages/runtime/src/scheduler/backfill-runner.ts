/**
 * One backfill at work. Its state in the store has a place in the order of its firings, and the runs under way; a step takes
 * in which runs have settled, starts as many as there is room for, and writes both down at once. A crash before that is no
 * matter: a run's start key names the backfill and the firing, so starting it again gives the run that there is.
 */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Clock } from "../ports/clock.ts";
import type { Provenance, Store } from "../ports/store.ts";
import {
  type BackfillRun,
  type BackfillState,
  backfillCollection,
  keptRefusals,
  type Refusal,
  readState,
  stateJson,
} from "./backfill-state.ts";
import { planBackfill } from "./plan-backfill.ts";
import {
  type Firing,
  momentText,
  type ScheduleDefinition,
  type ScheduledRuns,
} from "./schedule-definition.ts";
import { cancelRun, failureOf, findStarted, isHopeless, startOf, startOnce } from "./start-once.ts";
import { StepLoop } from "./step-loop.ts";

export interface BackfillPorts {
  readonly store: Pick<
    Store,
    "getDocument" | "putDocument" | "listDocuments" | "listRuns" | "findRunByStartKey"
  >;
  readonly runs: ScheduledRuns;
  readonly clock: Clock;
  readonly provenance: Provenance;
  readonly onError: (error: MycroftError) => void;
}

type RunStatus = "succeeded" | "failed" | "cancelled";
type Dealt = { readonly run: BackfillRun } | { readonly refusal: Refusal };

/** How long a backfill that has ended can still be looked up. */
const keptMs = 365 * 86_400_000;

export class BackfillRunner {
  readonly id: string;
  readonly #ports: BackfillPorts;
  readonly #definition: ScheduleDefinition | null;
  readonly #loop: StepLoop;
  readonly #end = Promise.withResolvers<BackfillState>();
  #state: BackfillState;
  #revision: number;
  /** What is left to be started, in order. */
  #left: readonly Firing[] | null = null;
  /** Runs whose end is waited for, by their firing. */
  readonly #awaited = new Set<number>();
  /** How runs ended that the state has under way. */
  readonly #ended = new Map<number, RunStatus>();
  /** Whether the state may lack runs that were started just before a crash. */
  #mayLack = true;

  /** @param definition null when the project no longer has it: then the backfill can only be cancelled. */
  constructor(
    {
      id,
      state,
      revision,
    }: { readonly id: string; readonly state: BackfillState; readonly revision: number },
    definition: ScheduleDefinition | null,
    ports: BackfillPorts,
  ) {
    this.id = id;
    this.#state = state;
    this.#revision = revision;
    this.#definition = definition;
    this.#ports = ports;
    // Nobody may be waiting.
    this.#end.promise.catch(() => {});
    this.#loop = new StepLoop({
      clock: ports.clock,
      step: () => this.#step(),
      onIdle: () => {},
      onError: (error) => ports.onError(failureOf(`Backfill ${id}`, { backfill: id }, error)),
    });
  }

  get state(): BackfillState {
    return this.#state;
  }

  start(): void {
    this.#loop.wake();
  }

  /** Takes over what another process has changed. */
  async refresh(revision: number): Promise<void> {
    await this.#loop.inTurn(async () => {
      if (revision > this.#revision) await this.#reload();
    });
    this.#loop.wake();
  }

  /** Resolves when it has ended; rejects with STORE_CLOSED when this process ends before. */
  get end(): Promise<BackfillState> {
    return this.#end.promise;
  }

  /** Resolves when it is durable that nothing more will be started. */
  async cancel(): Promise<void> {
    await this.#loop.inTurn(async () => {
      while (this.#state.status === "running") await this.#write({ ...this.#state, status: "cancelling" });
    });
    this.#loop.wake();
  }

  async close(): Promise<void> {
    await this.#loop.close();
    this.#end.reject(
      new MycroftError("STORE_CLOSED", `The process shut down before backfill ${this.id} ended.`),
    );
  }

  async #step(): Promise<boolean> {
    for (const run of this.#state.underWay) this.#awaitEnd(run);
    switch (this.#state.status) {
      case "running":
        return this.#advance();
      case "cancelling":
        return this.#giveUp();
      case "cancelled":
      case "finished":
        this.#end.resolve(this.#state);
        return false;
    }
  }

  /** Starts what there is room for. */
  async #advance(): Promise<boolean> {
    const definition = this.#definition;
    if (definition === null) return false;
    const settled = this.#settled();
    const left = this.#left ?? this.#findLeft(definition);
    const batch = left.slice(0, this.#state.concurrency - settled.underWay.length);
    const dealt = await allOf(batch.map((firing) => this.#start(definition, firing)));
    const isOver = batch.length === left.length && settled.underWay.length === 0 && !dealt.some(isStarted);
    const hasNews = batch.length > 0 || this.#ended.size > 0 || isOver;
    if (!hasNews) return false;
    const changed = withDealt(settled, dealt, batch.at(-1)?.at ?? settled.place);
    if (!(await this.#write(isOver ? this.#over(changed, "finished") : changed))) return true;
    this.#left = left.slice(batch.length);
    return true;
  }

  async #giveUp(): Promise<boolean> {
    if (this.#mayLack) {
      const lacking = await this.#findLacking();
      const underWay = [...this.#state.underWay, ...lacking];
      if (lacking.length > 0 && !(await this.#write({ ...this.#state, underWay }))) return true;
      this.#mayLack = false;
      for (const run of lacking) this.#awaitEnd(run);
    }
    const settled = this.#settled();
    for (const { runId } of settled.underWay) {
      await cancelRun(this.#ports.runs, runId, `Backfill ${this.id} was cancelled.`);
    }
    if (settled.underWay.length > 0 && this.#ended.size === 0) return false;
    await this.#write(settled.underWay.length === 0 ? this.#over(settled, "cancelled") : settled);
    return true;
  }

  #findLeft(definition: ScheduleDefinition): readonly Firing[] {
    const { cron, timeZone, place, newestFirst } = this.#state;
    const { calendar } = definition;
    const all = planBackfill({ cron, timeZone, calendar }, this.#state, this.#state.createdAt);
    const left = place === null ? all : all.filter(({ at }) => (newestFirst ? at < place : at > place));
    this.#left = left;
    return left;
  }

  /** Runs beyond the place: a crash came between their start and the writing down of it. */
  async #findLacking(): Promise<readonly BackfillRun[]> {
    const { place, newestFirst } = this.#state;
    const lacking: BackfillRun[] = [];
    // They are the newest, and no more than may be under way at once.
    const page = await this.#ports.store.listRuns({ tag: this.#tag, limit: 1_000 });
    for (const { runId, startKey } of page.runs) {
      if (startKey?.startsWith(this.#keyPrefix) !== true) continue;
      const at = Date.parse(startKey.slice(this.#keyPrefix.length));
      if (place === null || (newestFirst ? at < place : at > place)) lacking.push({ at, runId });
    }
    return lacking;
  }

  get #tag(): string {
    return `backfill:${this.id}`;
  }

  get #keyPrefix(): string {
    return `backfill/${this.id}/`;
  }

  async #start(definition: ScheduleDefinition, { at, date }: Firing): Promise<Dealt> {
    const { store, runs, provenance } = this.#ports;
    const startKey = `${this.#keyPrefix}${momentText(at)}`;
    const known = await findStarted(store, startKey);
    if (known !== null) return { run: { at, runId: known } };
    try {
      const { input, asOf } = startOf(definition, { scheduledAt: momentText(at), date });
      const { plan, plans: childPlans } = definition.workflow;
      const tags = [...definition.tags, this.#tag];
      const runId = await startOnce(store, runs, {
        plan,
        childPlans,
        input,
        asOf,
        provenance,
        startKey,
        tags,
      });
      return { run: { at, runId } };
    } catch (thrown) {
      if (!isHopeless(thrown)) throw thrown;
      const { code, message } = thrown;
      return { refusal: { at, error: { code, message } } };
    }
  }

  /** The state with what has ended taken in. */
  #settled(): BackfillState {
    const counts = { succeeded: 0, failed: 0, cancelled: 0 };
    for (const status of this.#ended.values()) counts[status] += 1;
    const { underWay, succeeded, failed, cancelled } = this.#state;
    return {
      ...this.#state,
      underWay: underWay.filter(({ at }) => !this.#ended.has(at)),
      succeeded: succeeded + counts.succeeded,
      failed: failed + counts.failed,
      cancelled: cancelled + counts.cancelled,
    };
  }

  #over(state: BackfillState, status: "finished" | "cancelled"): BackfillState {
    return { ...state, status, endedAt: this.#ports.clock.now() };
  }

  #awaitEnd({ at, runId }: BackfillRun): void {
    if (this.#awaited.has(at)) return;
    this.#awaited.add(at);
    this.#ports.runs.waitFor(runId).then(
      ({ status }) => this.#noteEnd(at, status),
      (thrown: unknown) => {
        const error = asMycroftError(thrown);
        // It settled so long ago that it was forgotten, and nobody knows how.
        if (error.code === "RUN_UNKNOWN") return this.#noteEnd(at, "failed");
        this.#awaited.delete(at);
        this.#loop.wakeLater();
      },
    );
  }

  #noteEnd(at: number, status: RunStatus): void {
    this.#ended.set(at, status);
    this.#loop.wake();
  }

  /** Whether it was written; otherwise another process was first, and its state has been taken over. */
  async #write(state: BackfillState): Promise<boolean> {
    const { store } = this.#ports;
    const id = this.id;
    const expiry = state.endedAt === null ? {} : { expiresAt: state.endedAt + keptMs };
    const write = {
      collection: backfillCollection,
      id,
      replaces: this.#revision,
      value: stateJson(state),
      ...expiry,
    };
    if ((await store.putDocument(write)) === "conflict") {
      await this.#reload();
      return false;
    }
    this.#revision += 1;
    this.#take(state);
    return true;
  }

  async #reload(): Promise<void> {
    const document = await this.#ports.store.getDocument(backfillCollection, this.id);
    if (document === undefined) throw new MycroftError("BACKFILL_UNKNOWN", `Backfill ${this.id} is gone.`);
    this.#revision = document.revision;
    this.#left = null;
    this.#mayLack = true;
    this.#take(readState(this.id, document.value));
  }

  #take(state: BackfillState): void {
    this.#state = state;
    const underWay = new Set(state.underWay.map(({ at }) => at));
    for (const at of this.#ended.keys()) if (!underWay.has(at)) this.#ended.delete(at);
    for (const at of this.#awaited) if (!underWay.has(at)) this.#awaited.delete(at);
  }
}

/** Waits for all of them, also when one fails: none goes on behind the next step's back. */
async function allOf<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

function isStarted(dealt: Dealt): boolean {
  return "run" in dealt;
}

function withDealt(state: BackfillState, dealt: readonly Dealt[], place: number | null): BackfillState {
  const runs = dealt.flatMap((one) => ("run" in one ? [one.run] : []));
  const refusals = dealt.flatMap((one) => ("refusal" in one ? [one.refusal] : []));
  return {
    ...state,
    place,
    underWay: [...state.underWay, ...runs],
    failed: state.failed + refusals.length,
    refusals: [...state.refusals, ...refusals].slice(0, keptRefusals),
  };
}
