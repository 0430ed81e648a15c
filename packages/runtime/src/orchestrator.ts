/**
 * The loop around the engine. It upholds E10 to E12 and P1, P3, P4.
 *
 * Whatever happens to a run (a start, an attempt's outcome, a timer, a cancellation) is an event. The event is applied
 * to the run's state in memory at once, and the commands that follow are held back. A group commit then stores the
 * events of all runs that gathered meanwhile; only when they are durable are the commands carried out (attempts go to
 * the queue, timers are set) and is anybody told. So nobody ever sees, or acts on, what a crash could undo.
 *
 * After a crash, `recover` folds the events of every unsettled run and carries out what is outstanding. The queue may
 * have lost or doubled messages meanwhile: tokens make a second execution harmless, and `redispatch` sends attempts
 * again that have been silent for longer than they may take.
 */
import {
  type AttemptReport,
  attemptCommand,
  type Command,
  type JsonValue,
  outstanding,
  type Plan,
  type RunEvent,
  type RunResult,
  verifyPlan,
} from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { type CommitResult, GroupCommit } from "./group-commit.ts";
import { LiveRun } from "./live-run.ts";
import type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { Bus } from "./ports/bus.ts";
import type { Clock } from "./ports/clock.ts";
import type { AttemptOutcome, AttemptRequest } from "./ports/gateway.ts";
import type { TaskMessage, TaskQueue } from "./ports/queue.ts";
import type { NewRun, Provenance, RunAppend, Store } from "./ports/store.ts";
import { newRunId } from "./run-id.ts";
import { runUpdate, runUpdatesTopic } from "./run-update.ts";
import { SilentAttempts } from "./silent-attempts.ts";

export const defaultPool = "default";

export interface OrchestratorOptions {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newRunId?: (now: number) => string;
  /** How long to wait before a failed commit or a refused publication is tried again. */
  readonly retryDelayMs?: number;
  /** How often to look for attempts whose message or worker was lost. */
  readonly redispatchEveryMs?: number;
  /** Stale results beyond this many in one run are ignored without being recorded (P8). */
  readonly maxIgnoredEvents?: number;
  /** Told of failures that no caller is waiting for. */
  readonly onError?: (error: MycroftError) => void;
}

export interface StartRun {
  readonly plan: Plan;
  readonly input: JsonValue;
  readonly asOf: string;
  readonly provenance: Provenance;
}

export class Orchestrator implements AttemptLedger {
  readonly #options: Required<OrchestratorOptions>;
  readonly #commits: GroupCommit;
  readonly #live = new Map<string, LiveRun>();
  readonly #loading = new Map<string, Promise<LiveRun | null>>();
  /** Runs with events that no commit has taken yet. */
  #withNews = new Set<LiveRun>();
  /** The commands of the batch that is being committed. */
  #inCommit: { readonly run: LiveRun; readonly commands: readonly Command[]; readonly append: RunAppend }[] =
    [];
  readonly #waiters = new Map<string, PromiseWithResolvers<RunResult>>();
  readonly #cancelListeners = new Set<(cancelled: CancelledAttempt) => void>();
  readonly #silent: SilentAttempts;
  readonly #storedPlans = new WeakSet<Plan>();
  #isClosed = false;

  private constructor(options: OrchestratorOptions) {
    this.#options = {
      newRunId,
      retryDelayMs: 1_000,
      redispatchEveryMs: 60_000,
      maxIgnoredEvents: 1_000,
      onError: () => {},
      ...options,
    };
    const { store, clock, retryDelayMs, redispatchEveryMs } = this.#options;
    this.#commits = new GroupCommit({
      store,
      clock,
      retryDelayMs,
      takeBatch: () => this.#takeBatch(),
      onCommitted: (_, result) => this.#carryOut(result),
      onFailure: (error) => this.#options.onError(error),
    });
    this.#silent = new SilentAttempts({
      clock,
      everyMs: redispatchEveryMs,
      runs: () => this.#live.values(),
      redispatch: (messages) => this.#publish(messages),
      message: taskMessage,
    });
  }

  /** An orchestrator that has taken over every unsettled run of the store. */
  static async open(options: OrchestratorOptions): Promise<Orchestrator> {
    const orchestrator = new Orchestrator(options);
    await orchestrator.#recover();
    orchestrator.#silent.start();
    return orchestrator;
  }

  /** Why the store cannot write at the moment (intake is stopped then); null when all is well. */
  get failure(): MycroftError | null {
    return this.#commits.failure;
  }

  /**
   * Starts a run and resolves with its id when it is durable.
   * @param start the input must have been checked against the workflow's schema.
   * @throws {MycroftError} STORE_FULL or STORE_IO while the store cannot write.
   */
  async startRun(start: StartRun): Promise<string> {
    this.#refuseWhenClosed();
    // Intake stops rather than pile up in memory what cannot be stored (P8).
    if (this.#commits.failure !== null) throw this.#commits.failure;
    const { clock, store } = this.#options;
    if (!this.#storedPlans.has(start.plan)) {
      await store.putPlan(start.plan);
      this.#storedPlans.add(start.plan);
    }
    const at = clock.now();
    const header: NewRun = {
      runId: this.#options.newRunId(at),
      workflow: start.plan.workflow.name,
      planHash: start.plan.hash,
      asOf: start.asOf,
      provenance: start.provenance,
      createdAt: at,
    };
    const run = new LiveRun(header, start.plan, []);
    this.#live.set(header.runId, run);
    await this.#record(run, { type: "runStarted", at, input: start.input });
    return header.runId;
  }

  /**
   * Resolves when the run has settled.
   * @throws {MycroftError} RUN_UNKNOWN.
   */
  async waitFor(runId: string): Promise<RunResult> {
    const run = await this.#load(runId);
    if (run.isSettled) {
      if (run.isDurable) return run.state.result ?? failNever();
      // A result in memory may not be durable yet: wait for the commit that holds it (P1). It may also be stale
      // results that are on their way: no command will follow from those, so nobody would resolve a waiter.
      await this.#commits.request();
      return this.waitFor(runId);
    }
    // Looked at after loading: it may have closed meanwhile.
    this.#refuseWhenClosed();
    const known = this.#waiters.get(runId);
    if (known !== undefined) return known.promise;
    const waiter = Promise.withResolvers<RunResult>();
    this.#waiters.set(runId, waiter);
    return waiter.promise;
  }

  /**
   * E11: cancels a run. Resolves, when that is durable, with whether it was still under way.
   * @throws {MycroftError} RUN_UNKNOWN.
   */
  async cancel(runId: string, reason: string): Promise<boolean> {
    const run = await this.#load(runId);
    if (run.isSettled) {
      await this.#untilDurable(run);
      return false;
    }
    await this.#record(run, { type: "cancelRequested", at: this.#options.clock.now(), reason });
    return true;
  }

  async claim(message: TaskMessage): Promise<AttemptRequest | null> {
    const run = this.#live.get(message.runId) ?? (await this.#loadIfThere(message.runId));
    const command = run === null ? null : attemptCommand(run.state, message.task, message.attempt);
    if (run === null || command === null) return null;
    return {
      runId: message.runId,
      task: command.task,
      step: command.step,
      attempt: command.attempt,
      target: command.target,
      input: command.input,
      asOf: run.header.asOf,
      timeoutMs: command.timeoutMs,
      idempotencyKey: `${message.runId}/${command.task}`,
    };
  }

  async report(message: TaskMessage, outcome: AttemptOutcome, report: AttemptReport): Promise<void> {
    const run = this.#live.get(message.runId) ?? (await this.#loadIfThere(message.runId));
    if (run === null) return;
    const isStale = attemptCommandIsStale(run, message);
    // What made it stale may not be durable yet: the reporter is told when it is (P1).
    if (isStale && run.state.ignored >= this.#options.maxIgnoredEvents) await this.#untilDurable(run);
    else await this.#record(run, outcomeEvent(message, outcome, report, this.#options.clock.now()));
  }

  onCancelled(listener: (cancelled: CancelledAttempt) => void): () => void {
    this.#cancelListeners.add(listener);
    return () => this.#cancelListeners.delete(listener);
  }

  /** Stops taking anything in and resolves when all that was taken in is durable. Runs under way stay so, in the store. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#silent.stop();
    for (const run of this.#live.values()) run.clearTimers();
    await this.#commits.drain();
    this.#live.clear();
    for (const [runId, waiter] of this.#waiters) {
      waiter.reject(
        new MycroftError("STORE_CLOSED", `The orchestrator shut down before run ${runId} settled.`),
      );
    }
    this.#waiters.clear();
  }

  async #untilDurable(run: LiveRun): Promise<void> {
    if (!run.isDurable) await this.#commits.request();
  }

  async #record(run: LiveRun, event: RunEvent): Promise<void> {
    // A settled run too stays here until this is durable: another copy of it would append at the same place.
    this.#live.set(run.header.runId, run);
    run.record(event);
    this.#withNews.add(run);
    const { conflicts } = await this.#commits.request();
    if (!conflicts.has(run.header.runId)) return;
    throw new MycroftError("STORE_CONFLICT", `Run ${run.header.runId} was advanced by another process.`, {
      details: { runId: run.header.runId },
    });
  }

  #takeBatch(): readonly RunAppend[] {
    const runs = this.#withNews;
    this.#withNews = new Set();
    this.#inCommit = Array.from(runs, (run) => ({ run, ...run.takeNews() }));
    return this.#inCommit.map((entry) => entry.append);
  }

  /** Does what was held back until the batch was durable. */
  #carryOut({ conflicts }: CommitResult): void {
    const messages: TaskMessage[] = [];
    const committed = this.#inCommit;
    this.#inCommit = [];
    for (const { run, commands, append } of committed) {
      run.newsIsStored();
      if (conflicts.has(append.runId)) {
        this.#forget(run);
        continue;
      }
      for (const command of commands) this.#execute(run, command, messages);
      this.#announce(run, append);
      if (run.isSettled && !run.hasNews) this.#forget(run);
    }
    this.#publish(messages);
  }

  #execute(run: LiveRun, command: Command, messages: TaskMessage[]): void {
    const { runId } = run.header;
    switch (command.type) {
      case "startAttempt":
        messages.push(taskMessage(runId, command));
        return;
      case "setTimer":
        this.#setTimer(run, command.timer, command.dueAt);
        return;
      case "clearTimer":
        run.timers.get(command.timer)?.cancel();
        run.timers.delete(command.timer);
        return;
      case "cancelAttempt":
        for (const listener of this.#cancelListeners) {
          listener({ runId, task: command.task, attempt: command.attempt });
        }
        return;
      case "settleRun":
        run.clearTimers();
        this.#waiters.get(runId)?.resolve(command.result);
        this.#waiters.delete(runId);
        return;
    }
  }

  #setTimer(run: LiveRun, timer: string, dueAt: number): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    const set = clock.setTimer(dueAt, () => {
      run.timers.delete(timer);
      if (run.isSettled) return;
      this.#reportFailure(this.#record(run, { type: "timerFired", at: clock.now(), timer }));
    });
    run.timers.set(timer, set);
  }

  #publish(messages: readonly TaskMessage[]): void {
    if (messages.length === 0 || this.#isClosed) return;
    const { queue, clock, retryDelayMs } = this.#options;
    queue.publish(messages).catch((thrown: unknown) => {
      const error = asMycroftError(thrown);
      this.#options.onError(error);
      if (error.retryable) clock.setTimer(clock.now() + retryDelayMs, () => this.#publish(messages));
    });
  }

  #announce(run: LiveRun, append: RunAppend): void {
    const message = { key: append.runId, body: runUpdate(run.header, append) };
    this.#reportFailure(this.#options.bus.publish(runUpdatesTopic, message));
  }

  #forget(run: LiveRun): void {
    run.clearTimers();
    this.#live.delete(run.header.runId);
  }

  async #recover(): Promise<void> {
    const { store } = this.#options;
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await store.listRuns({
        status: "running",
        limit: 1_000,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const header of page.runs) this.#resume(await this.#load(header.runId));
      cursor = page.nextCursor;
    }
  }

  /** E12: carries out again what is outstanding in a run that was loaded from the store. */
  #resume(run: LiveRun): void {
    const messages: TaskMessage[] = [];
    for (const command of outstanding(run.state)) this.#execute(run, command, messages);
    this.#publish(messages);
  }

  async #load(runId: string): Promise<LiveRun> {
    const run = await this.#loadIfThere(runId);
    if (run !== null) return run;
    throw new MycroftError("RUN_UNKNOWN", `There is no run ${runId}. \`mycroft runs\` lists them.`, {
      details: { runId },
    });
  }

  async #loadIfThere(runId: string): Promise<LiveRun | null> {
    const live = this.#live.get(runId);
    if (live !== undefined) return live;
    const loading = this.#loading.get(runId) ?? this.#readRun(runId);
    this.#loading.set(runId, loading);
    try {
      const loaded = await loading;
      return this.#live.get(runId) ?? loaded;
    } finally {
      this.#loading.delete(runId);
    }
  }

  async #readRun(runId: string): Promise<LiveRun | null> {
    const { store } = this.#options;
    const header = await store.getRun(runId);
    const plan = header === undefined ? undefined : await store.getPlan(header.planHash);
    if (header === undefined || plan === undefined) return null;
    const run = new LiveRun(header, verifyPlan(plan), await store.readEvents(runId));
    // A settled run is not kept: nothing more can happen to it but stale results.
    if (!run.isSettled) this.#live.set(runId, run);
    return run;
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new MycroftError("STORE_CLOSED", "The orchestrator is shutting down.");
  }

  #reportFailure(work: Promise<unknown>): void {
    work.catch((thrown: unknown) => this.#options.onError(asMycroftError(thrown)));
  }
}

function taskMessage(
  runId: string,
  { task, attempt }: { readonly task: string; readonly attempt: number },
): TaskMessage {
  return { runId, task, attempt, pool: defaultPool, priority: 0 };
}

function attemptCommandIsStale(run: LiveRun, message: TaskMessage): boolean {
  const task = run.state.tasks.get(message.task);
  return run.isSettled || task?.status !== "running" || task.attempt !== message.attempt;
}

function outcomeEvent(
  message: TaskMessage,
  outcome: AttemptOutcome,
  report: AttemptReport,
  at: number,
): RunEvent {
  const of = { at, task: message.task, attempt: message.attempt };
  const withVersion = outcome.version === undefined ? report : { ...report, version: outcome.version };
  return outcome.ok
    ? { type: "attemptSucceeded", ...of, output: outcome.output, report: withVersion }
    : { type: "attemptFailed", ...of, error: outcome.error, report: withVersion };
}

function failNever(): never {
  throw new MycroftError("INTERNAL", "A settled run has no result.");
}
