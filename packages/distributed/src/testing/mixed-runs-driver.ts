/**
 * The world outside of the mixed runs: starts them, decides, sends signals and cancels, from a process that has none of them. It
 * sends again whatever nobody knows has arrived, and waits for each run's end.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import {
  type Approval,
  type Clock,
  RunClient,
  type RunRecord,
  readRun,
  type SharedStore,
  type Signal,
} from "@mycroft/runtime";
import type { MixedRun } from "./mixed-runs.ts";

/** How long to wait before it is looked again whether something can be told to a run. */
const patienceMs = 100;
/** Runs under way at a time. */
const underWay = 200;

const signals: readonly (Signal & { readonly id: string })[] = [
  { id: "vote", signal: "vote", key: "a", payload: "aye" },
  { id: "news", signal: "news", payload: { from: "afar" } },
];

const verdicts: readonly (Approval & { readonly task: string })[] = [
  { task: "yes", verdict: "approve", by: "Ann" },
  { task: "no", verdict: "reject", by: "Bob", comment: "not yet" },
];

/** The id that a run gets which is started within it. */
const naming = new AsyncLocalStorage<string>();

export interface MixedRunsDriverOptions {
  readonly store: SharedStore;
  readonly clock: Clock;
  /** In the order in which they are started. */
  readonly runs: readonly MixedRun[];
}

export class MixedRunsDriver {
  readonly #store: SharedStore;
  readonly #client: RunClient;
  readonly #runs: readonly MixedRun[];
  readonly #watchers = new Set<{ readonly count: number; readonly resolve: () => void }>();
  #next = 0;
  #mayStart = Number.POSITIVE_INFINITY;
  #settled = 0;
  /** How often something was refused for a reason that passes. */
  refusals = 0;
  readonly #firstRefusal = Promise.withResolvers<void>();

  constructor({ store, clock, runs }: MixedRunsDriverOptions) {
    this.#store = store;
    this.#runs = runs;
    this.#client = new RunClient({ store, clock, newRunId: () => naming.getStore() ?? "unnamed" });
  }

  get settled(): number {
    return this.#settled;
  }

  /** Resolves when something has been refused for a reason that passes. */
  untilRefused(): Promise<void> {
    return this.#firstRefusal.promise;
  }

  /** Starts no run from that place on, until it is told another one. */
  holdFrom(place: number): void {
    this.#mayStart = place;
  }

  /** Resolves when all runs have settled; rejects when one is refused for good. */
  async drive(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: underWay }, () => this.#driveNext()));
    } finally {
      this.#client.close();
    }
  }

  /** Resolves when that many runs have settled. */
  untilSettled(count: number): Promise<void> {
    if (this.#settled >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#watchers.add({ count, resolve });
    });
  }

  async #driveNext(): Promise<void> {
    for (;;) {
      const place = this.#next;
      const run = this.#runs[place];
      if (run === undefined) return;
      if (place >= this.#mayStart) {
        await pause(patienceMs);
        continue;
      }
      this.#next += 1;
      await this.#drive(run);
      this.#settled += 1;
      for (const watcher of this.#watchers) {
        if (watcher.count > this.#settled) continue;
        this.#watchers.delete(watcher);
        watcher.resolve();
      }
    }
  }

  async #drive({ workflow, ...start }: MixedRun): Promise<void> {
    const runId = await this.#untilAccepted(() =>
      naming.run(start.startKey, () => this.#client.startRun(start)),
    );
    if (workflow === "told") await this.#send(runId);
    if (workflow === "asked") for (const verdict of verdicts) await this.#decide(runId, verdict);
    if (workflow === "stopped") await this.#cancel(runId);
    await this.#untilAccepted(() => this.#client.waitFor(runId));
  }

  /** Each twice, as whoever cannot know whether it has arrived: it counts once. */
  async #send(runId: string): Promise<void> {
    for (const signal of [...signals, ...signals]) {
      await this.#untilAccepted(() => this.#client.signal(runId, signal), ["RUN_SETTLED"]);
    }
  }

  async #decide(runId: string, verdict: Approval & { readonly task: string }): Promise<void> {
    await this.#untilRecorded(runId, ({ state }) => {
      return state.tasks.get(verdict.task)?.status === "waitingForApproval";
    });
    // Sent again, it may find that it has arrived.
    await this.#untilAccepted(() => this.#client.decide(runId, verdict), ["TASK_NOT_WAITING", "RUN_SETTLED"]);
  }

  /** When all that it does by itself is done, its child run's too. */
  async #cancel(runId: string): Promise<void> {
    await this.#untilRecorded(runId, ({ state }) => state.tasks.get("child")?.status === "running");
    const childRunIds = async () => {
      const { runs } = await this.#store.listRuns({ parentRunId: runId, limit: 1 });
      return runs.map((child) => child.runId);
    };
    let child: string | undefined;
    while (child === undefined) {
      [child] = await this.#untilAccepted(childRunIds);
      if (child === undefined) await pause(patienceMs);
    }
    await this.#untilRecorded(child, ({ state }) => state.tasks.get("silent")?.status === "running");
    await this.#untilAccepted(() => this.#client.cancel(runId, "nobody wants it"));
  }

  async #untilRecorded(runId: string, holds: (record: RunRecord) => boolean): Promise<void> {
    while (!holds(await this.#untilAccepted(() => readRun(this.#store, runId)))) await pause(patienceMs);
  }

  /** Asks again while it is refused for a reason that may pass; a refusal of the codes given is an answer. */
  async #untilAccepted<Result>(ask: () => Promise<Result>): Promise<Result>;
  async #untilAccepted(ask: () => Promise<unknown>, answers: readonly ErrorCode[]): Promise<unknown>;
  async #untilAccepted(ask: () => Promise<unknown>, answers: readonly ErrorCode[] = []): Promise<unknown> {
    for (;;) {
      try {
        return await ask();
      } catch (thrown) {
        const { code, retryable } = asMycroftError(thrown);
        if (answers.includes(code)) return null;
        if (!retryable) throw thrown;
        this.refusals += 1;
        this.#firstRefusal.resolve();
        await pause(patienceMs);
      }
    }
  }
}
