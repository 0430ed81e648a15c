/** All backfills of a store, and what a person can ask of them. How one works: `backfill-runner.ts`. */
import { canonicalJson, type JsonValue } from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { newRunId } from "../run-id.ts";
import { type BackfillPorts, BackfillRunner } from "./backfill-runner.ts";
import {
  type BackfillState,
  type BackfillStatus,
  backfillCollection,
  readState,
  stateJson,
} from "./backfill-state.ts";
import {
  type BackfillRequest,
  type BackfillTarget,
  backfillLimits,
  checkRequest,
  planBackfill,
} from "./plan-backfill.ts";
import { momentText, type ScheduleDefinition } from "./schedule-definition.ts";
import { startOf } from "./start-once.ts";

export interface BackfillsOptions extends Omit<BackfillPorts, "onError"> {
  /**
   * The schedule that a target stands for: one of the project, or one that fires at midnight UTC on each of the calendar's
   * days and runs the workflow.
   * @throws {MycroftError} SCHEDULE_UNKNOWN, WORKFLOW_UNKNOWN, INPUT_INVALID.
   */
  readonly resolve: (target: BackfillTarget) => ScheduleDefinition;
  /** Told of failures that are tried again, and of backfills that cannot go on. */
  readonly onError?: (error: MycroftError) => void;
}

/** Moments are ISO 8601 in UTC. */
export interface BackfillProgress {
  readonly id: string;
  readonly target: BackfillTarget;
  readonly from: string;
  readonly to: string;
  readonly newestFirst: boolean;
  readonly concurrency: number;
  readonly status: BackfillStatus;
  readonly createdAt: string;
  readonly endedAt: string | null;
  /** How many runs it has in all. */
  readonly planned: number;
  /** How many of them were started so far, or could not be. */
  readonly started: number;
  readonly underWay: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Why runs could not be started: the first ten. */
  readonly refusals: readonly {
    readonly scheduledAt: string;
    readonly code: string;
    readonly message: string;
  }[];
}

export interface BackfillPreview {
  readonly planned: number;
  /** The first and the last day, in the order of the backfill. */
  readonly firstDate: string;
  readonly lastDate: string;
}

export class Backfills {
  readonly #options: BackfillsOptions;
  readonly #ports: BackfillPorts;
  readonly #runners = new Map<string, BackfillRunner>();
  #isStarted = false;

  private constructor(options: BackfillsOptions) {
    const { store, runs, clock, provenance, onError = () => {} } = options;
    this.#options = options;
    this.#ports = { store, runs, clock, provenance, onError };
  }

  /** Takes over the backfills that are under way. Nothing is started before `start`. */
  static async open(options: BackfillsOptions): Promise<Backfills> {
    const backfills = new Backfills(options);
    for await (const { id, state, revision } of backfills.#all()) {
      if (state.endedAt === null) backfills.#add(id, state, revision);
    }
    return backfills;
  }

  start(): void {
    this.#isStarted = true;
    for (const runner of this.#runners.values()) runner.start();
  }

  /** Takes over what another process has changed meanwhile: backfills that were begun or cancelled there. */
  async refresh(): Promise<void> {
    for await (const { id, state, revision } of this.#all()) {
      const known = this.#runners.get(id);
      if (known !== undefined) await known.refresh(revision);
      else if (state.endedAt === null) {
        const runner = this.#add(id, state, revision);
        if (this.#isStarted) runner.start();
      }
    }
  }

  /**
   * What a request would run.
   * @throws {MycroftError} as `begin` does.
   */
  preview(request: BackfillRequest): BackfillPreview {
    return this.#plan(request).preview;
  }

  /**
   * Begins a backfill; resolves when it is durable. A request that is repeated under its id changes nothing.
   * @throws {MycroftError} INPUT_INVALID for days that are none or to come, a reversed range, a range without a firing,
   *   and settings out of range; LIMIT_EXCEEDED for more than 100,000 runs, and for more than 100 backfills at once;
   *   SCHEDULE_UNKNOWN, WORKFLOW_UNKNOWN.
   */
  async begin(request: BackfillRequest): Promise<BackfillProgress> {
    const { state, definition } = this.#plan(request);
    const id = request.id ?? newRunId(this.#ports.clock.now());
    const known = await this.#find(id);
    if (known !== null) return sameOrTaken(id, known.state, state);
    if (this.#runners.size >= backfillLimits.underWay) throw tooManyUnderWay();
    const write = { collection: backfillCollection, id, replaces: 0, value: stateJson(state) };
    if ((await this.#ports.store.putDocument(write)) === "conflict") return this.begin(request);
    const runner = this.#add(id, state, 1, definition);
    if (this.#isStarted) runner.start();
    return progressOf(id, state);
  }

  /** @throws {MycroftError} BACKFILL_UNKNOWN. */
  async progress(id: string): Promise<BackfillProgress> {
    const runner = this.#runners.get(id);
    if (runner !== undefined) return progressOf(id, runner.state);
    const known = await this.#find(id);
    if (known === null) throw unknown(id);
    return progressOf(id, known.state);
  }

  /** All that are kept, newest first. */
  async list(): Promise<readonly BackfillProgress[]> {
    const all: BackfillProgress[] = [];
    for await (const { id, state } of this.#all())
      all.push(progressOf(id, this.#runners.get(id)?.state ?? state));
    return all.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  }

  /**
   * Starts no more of its runs and cancels those under way. Resolves with whether it was under way, when that is durable.
   * @throws {MycroftError} BACKFILL_UNKNOWN.
   */
  async cancel(id: string): Promise<boolean> {
    const runner = this.#runners.get(id);
    if (runner !== undefined) {
      await runner.cancel();
      return true;
    }
    if ((await this.#find(id)) === null) throw unknown(id);
    return false;
  }

  /**
   * Resolves when it has ended.
   * @throws {MycroftError} BACKFILL_UNKNOWN; STORE_CLOSED when this is closed before.
   */
  async waitFor(id: string): Promise<BackfillProgress> {
    const runner = this.#runners.get(id);
    return runner === undefined ? this.progress(id) : progressOf(id, await runner.end);
  }

  /** Resolves when what is under way has ended. Backfills go on from there when they are next started. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#runners.values(), (runner) => runner.close()));
  }

  #plan(request: BackfillRequest) {
    const { concurrency } = checkRequest(request);
    const { target, from, to, newestFirst = false } = request;
    const now = this.#ports.clock.now();
    const definition = this.#options.resolve(target);
    const firings = planBackfill(definition, { from, to, newestFirst }, now);
    const [first] = firings;
    const last = firings.at(-1);
    if (first === undefined || last === undefined)
      throw new MycroftError("INTERNAL", "A plan has no firing.");
    // What is wrong with the input is wrong with the first one already, as a rule.
    startOf(definition, { scheduledAt: momentText(first.at), date: first.date });
    const { cron, timeZone } = definition;
    const state: BackfillState = {
      ...{ target, cron, timeZone, from, to, newestFirst, concurrency },
      ...{ createdAt: now, endedAt: null, status: "running", planned: firings.length, place: null },
      ...{ underWay: [], succeeded: 0, failed: 0, cancelled: 0, refusals: [] },
    };
    const preview = { planned: firings.length, firstDate: first.date, lastDate: last.date };
    return { state, definition, preview };
  }

  #add(id: string, state: BackfillState, revision: number, known?: ScheduleDefinition): BackfillRunner {
    const definition = known ?? this.#definitionOf(id, state.target);
    const runner = new BackfillRunner({ id, state, revision }, definition, this.#ports);
    this.#runners.set(id, runner);
    runner.end.then(
      () => this.#runners.delete(id),
      () => {},
    );
    return runner;
  }

  /** Null when the project no longer has what is backfilled. */
  #definitionOf(id: string, target: BackfillTarget): ScheduleDefinition | null {
    try {
      return this.#options.resolve(target);
    } catch (thrown) {
      const { code, message, details } = asMycroftError(thrown);
      const told = `Backfill ${id} cannot go on until this is put right or it is cancelled. ${message}`;
      this.#ports.onError(
        new MycroftError(code, told, { cause: thrown, ...(details === undefined ? {} : { details }) }),
      );
      return null;
    }
  }

  async #find(id: string): Promise<{ readonly state: BackfillState } | null> {
    const document = await this.#ports.store.getDocument(backfillCollection, id);
    return document === undefined ? null : { state: readState(id, document.value) };
  }

  /** Null when it cannot be read, which is told: one that is damaged is no reason to stop the others. */
  #readable(id: string, value: JsonValue): BackfillState | null {
    try {
      return readState(id, value);
    } catch (thrown) {
      this.#ports.onError(asMycroftError(thrown));
      return null;
    }
  }

  async *#all() {
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) };
      const { documents, nextCursor } = await this.#ports.store.listDocuments(backfillCollection, page);
      for (const { id, value, revision } of documents) {
        const state = this.#readable(id, value);
        if (state !== null) yield { id, state, revision };
      }
      cursor = nextCursor;
    }
  }
}

function sameOrTaken(id: string, known: BackfillState, asked: BackfillState): BackfillProgress {
  if (requestText(known) === requestText(asked)) return progressOf(id, known);
  throw new MycroftError("INPUT_INVALID", `Another backfill has the id ${id}; take another id.`, {
    details: { field: "id", value: id },
  });
}

function requestText({ target, from, to, newestFirst, concurrency }: BackfillState): string {
  return canonicalJson({ target, from, to, newestFirst, concurrency });
}

function progressOf(id: string, state: BackfillState): BackfillProgress {
  const { target, from, to, newestFirst, concurrency, status, createdAt, endedAt } = state;
  const { planned, underWay, succeeded, failed, cancelled, refusals } = state;
  return {
    ...{ id, target, from, to, newestFirst, concurrency, status, planned },
    createdAt: momentText(createdAt),
    endedAt: endedAt === null ? null : momentText(endedAt),
    started: underWay.length + succeeded + failed + cancelled,
    underWay: underWay.length,
    ...{ succeeded, failed, cancelled },
    refusals: refusals.map(({ at, error }) => ({ scheduledAt: momentText(at), ...error })),
  };
}

function unknown(id: string): MycroftError {
  const message = `There is no backfill ${JSON.stringify(id.slice(0, 80))}. \`mycroft backfill list\` lists them.`;
  return new MycroftError("BACKFILL_UNKNOWN", message, { details: { id: id.slice(0, 80) } });
}

function tooManyUnderWay(): MycroftError {
  const limit = backfillLimits.underWay;
  return new MycroftError(
    "LIMIT_EXCEEDED",
    `${limit} backfills are under way, and no more may be. Cancel one or wait.`,
    {
      details: { field: "backfills", limit },
    },
  );
}
