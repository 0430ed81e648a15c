/**
 * The loop around the engine. It upholds E7 to E12 and P1, P3, P4.
 *
 * Whatever happens to a run (a start, an attempt's outcome, a timer, a signal, a cancellation) is an event. The event is
 * applied to the run's state in memory at once, and the commands that follow are held back. A group commit then stores
 * the events of all runs that gathered meanwhile; only when they are durable are the commands carried out (attempts go
 * to the dispatcher, child runs are started, timers are set) and is anybody told. So nobody ever sees, or acts on, what
 * a crash could undo.
 *
 * After a crash, `recover` folds the events of every unsettled run and carries out what is outstanding. The queue may
 * have lost or doubled messages meanwhile: tokens make a second execution harmless, and the dispatcher sends again what
 * was lost on the way or lies with a worker that is silent.
 */
import {
  type AttemptReport,
  allSteps,
  attemptCommand,
  type Command,
  outstanding,
  type Plan,
  type RunEvent,
  type RunResult,
} from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { attemptRequest } from "./attempt-request.ts";
import { type Approval, checkApproval, checkReason, checkSignalFor, type Signal } from "./check-answer.ts";
import { ChildRuns } from "./child-runs.ts";
import type { DispatchSettings } from "./dispatch/dispatch-settings.ts";
import { Dispatcher, type PoolUsage } from "./dispatch/dispatcher.ts";
import { type ForkRun, taskUnknown } from "./fork-run.ts";
import { GroupCommit } from "./group-commit.ts";
import { advancedElsewhere, type LiveNews, type LiveRun } from "./live-run.ts";
import { LiveRuns } from "./live-runs.ts";
import { attemptIsStale, outcomeEvent } from "./outcome-event.ts";
import type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { Bus } from "./ports/bus.ts";
import type { Clock } from "./ports/clock.ts";
import type { AttemptOutcome, AttemptRequest } from "./ports/gateway.ts";
import type { TaskMessage, TaskQueue } from "./ports/queue.ts";
import type { AppendOutcome, RunAppend, Store } from "./ports/store.ts";
import { newRunId } from "./run-id.ts";
import { RunStarts, type StartRun } from "./run-starts.ts";
import { runUpdate, runUpdatesTopic } from "./run-update.ts";

export interface OrchestratorOptions {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newRunId?: (now: number) => string;
  /** Pools, rate limits and leases. */
  readonly dispatch?: DispatchSettings;
  /** How long to wait before a failed commit or a refused publication is tried again. */
  readonly retryDelayMs?: number;
  /** Stale results beyond this many in one run are ignored without being recorded (P8). */
  readonly maxIgnoredEvents?: number;
  /** Told of failures that no caller is waiting for. */
  readonly onError?: (error: MycroftError) => void;
}

export class Orchestrator implements AttemptLedger {
  readonly leaseMs: number;
  readonly #options: Required<OrchestratorOptions>;
  readonly #commits: GroupCommit<LiveNews>;
  readonly #runs: LiveRuns;
  readonly #children: ChildRuns;
  readonly #starts: RunStarts;
  readonly #dispatcher: Dispatcher;
  /** Runs with events that no commit has taken yet. */
  #withNews = new Set<LiveRun>();
  readonly #waiters = new Map<string, PromiseWithResolvers<RunResult>>();
  readonly #cancelListeners = new Set<(cancelled: CancelledAttempt) => void>();
  #isClosed = false;

  private constructor(options: OrchestratorOptions) {
    this.#options = {
      newRunId,
      dispatch: {},
      retryDelayMs: 1_000,
      maxIgnoredEvents: 1_000,
      onError: () => {},
      ...options,
    };
    const { store, queue, clock, retryDelayMs, dispatch, onError } = this.#options;
    const runs = new LiveRuns(store);
    const record = (run: LiveRun, ...events: readonly RunEvent[]) => this.#record(run, ...events);
    const checkIntake = (plan: Plan) => this.#checkIntake(plan);
    this.#runs = runs;
    this.#children = new ChildRuns({ runs, clock, record });
    this.#starts = new RunStarts({
      store,
      runs,
      clock,
      newRunId: this.#options.newRunId,
      checkIntake,
      record,
    });
    this.#commits = new GroupCommit({
      store,
      clock,
      retryDelayMs,
      takeBatch: () => this.#takeBatch(),
      onStored: (news, outcome) => this.#wasStored(news, outcome),
      carryOut: (news) => this.#carryOut(news),
      onFailure: (error) => this.#options.onError(error),
    });
    this.#dispatcher = new Dispatcher({ clock, queue, settings: dispatch, onError });
    this.leaseMs = this.#dispatcher.leaseMs;
  }

  /** An orchestrator that has taken over every unsettled run of the store. */
  static async open(options: OrchestratorOptions): Promise<Orchestrator> {
    const orchestrator = new Orchestrator(options);
    await orchestrator.#recover();
    return orchestrator;
  }

  /** Why the store cannot write at the moment (intake is stopped then); null when all is well. */
  get failure(): MycroftError | null {
    return this.#commits.failure;
  }

  /** How the slots of the pools are taken. */
  get pools(): readonly PoolUsage[] {
    return this.#dispatcher.usage();
  }

  /**
   * Starts a run and resolves with its id when it is durable.
   * @param start the input must have been checked against the workflow's schema.
   * @throws {MycroftError} STORE_FULL or STORE_IO while the store cannot write; POOL_UNKNOWN; START_KEY_MISMATCH
   *   (`details.runId`) when another plan or input was started under the key.
   */
  startRun(start: StartRun): Promise<string> {
    return this.#starts.start(start);
  }

  /**
   * Starts a run that takes over what another one has done and does the rest (again); resolves with its id.
   * @throws {MycroftError} RUN_UNKNOWN, TASK_UNKNOWN, INPUT_INVALID.
   */
  fork(fork: ForkRun): Promise<string> {
    return this.#starts.fork(fork);
  }

  /**
   * As `fork`, from all tasks that failed or were cancelled.
   * @throws {MycroftError} RUN_UNKNOWN, RUN_NOT_SETTLED, INPUT_INVALID when there are no such tasks.
   */
  retry(runId: string): Promise<string> {
    return this.#starts.retry(runId);
  }

  /**
   * Resolves when the run has settled.
   * @throws {MycroftError} RUN_UNKNOWN.
   */
  async waitFor(runId: string): Promise<RunResult> {
    const run = await this.#runs.load(runId);
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
   * E11: cancels a run, or one task of it. Resolves, when that is durable, with whether it was still under way.
   * @param reason 1 to 10,000 characters.
   * @throws {MycroftError} RUN_UNKNOWN, TASK_UNKNOWN, INPUT_INVALID.
   */
  async cancel(runId: string, reason: string, task?: string): Promise<boolean> {
    checkReason(reason);
    const run = await this.#runs.load(runId);
    const cancelled = task === undefined ? undefined : run.state.tasks.get(task);
    if (task !== undefined && cancelled === undefined) throw taskUnknown(runId, task);
    if (run.isSettled || (cancelled !== undefined && cancelled.settledAt !== null)) {
      await this.#untilDurable(run);
      return false;
    }
    const at = this.#options.clock.now();
    await this.#record(run, {
      type: "cancelRequested",
      at,
      reason,
      ...(task === undefined ? {} : { task }),
    });
    return true;
  }

  /**
   * E9: sends a signal to a run; resolves when it is durable.
   * @throws {MycroftError} RUN_UNKNOWN, RUN_SETTLED, SIGNAL_UNKNOWN, INPUT_INVALID or LIMIT_EXCEEDED.
   */
  async signal(runId: string, signal: Signal): Promise<void> {
    const run = await this.#runs.load(runId);
    checkSignalFor(run, signal);
    // One that was received before is not recorded again: a sender may not know (P8).
    const isNew = signal.id === undefined || run.state.signals?.admits(signal.id) !== false;
    if (!isNew) await this.#untilDurable(run);
    else await this.#record(run, { type: "signalReceived", at: this.#options.clock.now(), ...signal });
  }

  /**
   * E8: a person's verdict on what a task has asked for; resolves with the task's id when it is durable.
   * @throws {MycroftError} RUN_UNKNOWN, RUN_SETTLED, TASK_UNKNOWN, TASK_NOT_WAITING or INPUT_INVALID.
   */
  async decide(runId: string, approval: Approval): Promise<string> {
    const run = await this.#runs.load(runId);
    const task = checkApproval(run, approval);
    await this.#record(run, { type: "approvalDecided", at: this.#options.clock.now(), ...approval, task });
    return task;
  }

  claim(message: TaskMessage, worker: string): Promise<AttemptRequest | null> {
    const run = this.#runs.get(message.runId);
    if (run !== undefined) return Promise.resolve(this.#claimOf(run, message, worker));
    const found = this.#runs.find(message.runId);
    return found.then((loaded) => (loaded === null ? null : this.#claimOf(loaded, message, worker)));
  }

  renew(worker: string, attempts: Iterable<CancelledAttempt>): void {
    this.#dispatcher.renew(worker, attempts);
  }

  handBack({ runId, task, attempt }: TaskMessage, worker: string): void {
    this.#dispatcher.handBack(runId, task, attempt, worker);
  }

  report(message: TaskMessage, outcome: AttemptOutcome, report: AttemptReport): Promise<void> {
    const { runId, task, attempt } = message;
    this.#dispatcher.release(runId, task, attempt);
    const run = this.#runs.get(runId);
    if (run !== undefined) return this.#reportTo(run, message, outcome, report);
    const found = this.#runs.find(runId);
    return found.then((loaded) =>
      loaded === null ? undefined : this.#reportTo(loaded, message, outcome, report),
    );
  }

  onCancelled(listener: (cancelled: CancelledAttempt) => void): () => void {
    this.#cancelListeners.add(listener);
    return () => this.#cancelListeners.delete(listener);
  }

  /**
   * Stops taking anything in and resolves when all that was taken in is durable; a store that cannot write is asked once
   * more, and whoever waits for what is lost then is told. Runs under way stay so, in the store.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#dispatcher.stop();
    for (const run of this.#runs.values()) run.clearTimers();
    await this.#commits.close();
    this.#runs.clear();
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

  #claimOf(run: LiveRun, { runId, task, attempt }: TaskMessage, worker: string): AttemptRequest | null {
    // Of what cannot be recorded any more, nothing is executed.
    if (this.#commits.isBroken) return null;
    const command = attemptCommand(run.state, task, attempt);
    const isGranted = command !== null && this.#dispatcher.claim(runId, task, attempt, worker);
    return isGranted ? attemptRequest(run.header, command) : null;
  }

  #reportTo(
    run: LiveRun,
    message: TaskMessage,
    outcome: AttemptOutcome,
    report: AttemptReport,
  ): Promise<void> {
    // What made it stale may not be durable yet: the reporter is told when it is (P1).
    if (run.state.ignored >= this.#options.maxIgnoredEvents && attemptIsStale(run, message)) {
      return this.#untilDurable(run);
    }
    return this.#record(run, outcomeEvent(message, outcome, report, this.#options.clock.now()));
  }

  #record(run: LiveRun, ...events: readonly RunEvent[]): Promise<void> {
    if (run.isLost) return Promise.reject(advancedElsewhere(run));
    // A settled run too stays here until this is durable: another copy of it would append at the same place.
    this.#runs.keep(run);
    for (const event of events) {
      for (const command of run.record(event)) {
        // What is stopped takes down what lies below it in the same commit: at no level anything goes on (E11).
        if (command.type === "cancelChildRun") this.#inBackground(this.#children.cancelAtOnce(run, command));
      }
    }
    this.#withNews.add(run);
    return this.#commits.request().then(() => {
      if (run.isLost) throw advancedElsewhere(run);
    });
  }

  #takeBatch(): readonly LiveNews[] {
    const runs = this.#withNews;
    this.#withNews = new Set();
    const batch: LiveNews[] = [];
    for (const run of runs) if (!run.isLost) batch.push(run.takeNews());
    return batch;
  }

  #wasStored({ run }: LiveNews, outcome: AppendOutcome): void {
    run.newsIsStored();
    if (outcome === "stored") return;
    run.isLost = true;
    this.#forget(run);
  }

  /** Does what was held back until these news were durable. */
  #carryOut(batch: readonly LiveNews[]): void {
    const isHeard = this.#options.bus.isHeard?.(runUpdatesTopic) ?? true;
    for (const { run, commands, append } of batch) {
      if (run.isLost) continue;
      for (const command of commands) this.#execute(run, command);
      if (isHeard) this.#announce(run, append);
      if (run.isSettled && run.isDurable) this.#forget(run);
    }
    this.#dispatcher.flush();
  }

  #execute(run: LiveRun, command: Command): void {
    const { runId } = run.header;
    switch (command.type) {
      case "startAttempt":
        this.#dispatcher.submit(runId, command, this.#readyAt(run, command.task));
        return;
      case "startChildRun":
        this.#persevere(() => this.#children.start(run, command));
        return;
      case "cancelChildRun":
        this.#persevere(() => this.#children.cancel(run, command));
        return;
      case "setTimer":
        this.#setTimer(run, command.timer, command.dueAt);
        return;
      case "clearTimer":
        run.clearTimer(command.timer);
        return;
      case "cancelAttempt":
        this.#dispatcher.release(runId, command.task, command.attempt);
        for (const listener of this.#cancelListeners) {
          listener({ runId, task: command.task, attempt: command.attempt });
        }
        return;
      case "settleRun":
        run.clearTimers();
        this.#waiters.get(runId)?.resolve(command.result);
        this.#waiters.delete(runId);
        this.#persevere(() => this.#children.reportEnd(run));
        return;
    }
  }

  /** A task's age counts from when it became ready, also across a restart. */
  #readyAt({ state }: LiveRun, task: string): number {
    return state.tasks.get(task)?.readyAt ?? this.#options.clock.now();
  }

  #setTimer(run: LiveRun, timer: string, dueAt: number): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    const set = clock.setTimer(dueAt, () => {
      run.clearTimer(timer);
      if (run.isSettled) return;
      this.#inBackground(this.#record(run, { type: "timerFired", at: clock.now(), timer }));
    });
    run.keepTimer(timer, set);
  }

  #announce(run: LiveRun, append: RunAppend): void {
    const message = { key: append.runId, body: runUpdate(run.header, append) };
    this.#inBackground(this.#options.bus.publish(runUpdatesTopic, message));
  }

  #forget(run: LiveRun): void {
    this.#runs.forget(run);
    this.#dispatcher.releaseRun(run.header.runId);
  }

  /** E12: carries out again what is outstanding in every run of the store. */
  async #recover(): Promise<void> {
    const recovered: LiveRun[] = [];
    for await (const run of this.#runs.loadUnsettled()) recovered.push(run);
    // Listed newest first by id, so the other way parents come before their child runs: what is below a run that was
    // cancelled must not start again before it is known to be orphaned (E11).
    for (const run of recovered.reverse()) {
      if (run.header.parent !== null) await this.#children.cancelIfOrphaned(run);
      for (const command of outstanding(run.state)) this.#execute(run, command);
    }
    this.#dispatcher.flush();
  }

  #checkIntake(plan: Plan): void {
    this.#refuseWhenClosed();
    if (!this.#runs.hasPlan(plan)) for (const pool of poolsOf(plan)) this.#dispatcher.requirePool(pool);
    // Intake stops rather than pile up in memory what cannot be stored (P8).
    if (this.#commits.failure !== null) throw this.#commits.failure;
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new MycroftError("STORE_CLOSED", "The orchestrator is shutting down.");
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((thrown: unknown) => this.#options.onError(asMycroftError(thrown)));
  }

  /** As `inBackground`, for what may be done twice: a store that cannot be read now is asked again, unless it is closed. */
  #persevere(work: () => Promise<void>): void {
    work().catch((thrown: unknown) => {
      const error = asMycroftError(thrown);
      if (this.#isClosed && error.code === "STORE_CLOSED") return;
      this.#options.onError(error);
      if (!error.retryable || this.#isClosed) return;
      this.#options.clock.setDelay(this.#options.retryDelayMs, () => this.#persevere(work));
    });
  }
}

function poolsOf({ workflow }: Plan): Iterable<string> {
  const steps = [...allSteps(workflow.steps)];
  return new Set(steps.flatMap((step) => ("pool" in step && step.pool !== undefined ? [step.pool] : [])));
}

function failNever(): never {
  throw new MycroftError("INTERNAL", "A settled run has no result.");
}
