/**
 * The loop around the engine. It upholds E7 to E12 and P1, P3, P4.
 *
 * Whatever happens to a run (a start, an attempt's outcome, a timer, a signal, a cancellation) is an event. The event is
 * applied to the run's state in memory at once, and the commands that follow are held back. A group commit then stores
 * the events of all runs that gathered meanwhile; only when they are durable are the commands carried out (attempts are
 * dispatched, child runs are started, timers are set) and is anybody told. So nobody ever sees, or acts on, what
 * a crash could undo.
 *
 * Whoever takes over runs after a crash folds their events and carries out what is outstanding. Which runs those are, and how
 * attempts get to workers and outcomes come back, is what the two kinds of orchestrator differ in.
 */
import {
  allSteps,
  type Command,
  outstanding,
  type Plan,
  type RunEvent,
  type RunResult,
} from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { type Approval, checkApproval, checkReason, checkSignalFor, type Signal } from "./check-answer.ts";
import { ChildRuns } from "./child-runs.ts";
import type { Dispatch } from "./dispatch/dispatch.ts";
import { type ForkRun, taskUnknown } from "./fork-run.ts";
import { GroupCommit } from "./group-commit.ts";
import { advancedElsewhere, type LiveNews, type LiveRun } from "./live-run.ts";
import { LiveRuns } from "./live-runs.ts";
import type { CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { Bus } from "./ports/bus.ts";
import type { Clock } from "./ports/clock.ts";
import type { AppendOutcome, RunAppend, Store } from "./ports/store.ts";
import { newRunId } from "./run-id.ts";
import { RunStarts, type StartRun } from "./run-starts.ts";
import { runUpdate, runUpdatesTopic } from "./run-update.ts";

export interface RunLoopOptions {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newRunId?: (now: number) => string;
  /** How long to wait before a failed commit is tried again. */
  readonly retryDelayMs?: number;
  /** Stale results beyond this many in one run are ignored without being recorded (P8). */
  readonly maxIgnoredEvents?: number;
  /** Told of failures that no caller is waiting for. */
  readonly onError?: (error: MycroftError) => void;
}

export abstract class RunLoop {
  protected readonly options: Required<RunLoopOptions>;
  protected readonly runs: LiveRuns;
  readonly #commits: GroupCommit<LiveNews>;
  readonly #children: ChildRuns;
  readonly #starts: RunStarts;
  readonly #dispatch: Dispatch;
  /** Runs with events that no commit has taken yet. */
  #withNews = new Set<LiveRun>();
  readonly #waiters = new Map<string, PromiseWithResolvers<RunResult>>();
  #isClosed = false;

  protected constructor(options: RunLoopOptions, dispatch: Dispatch) {
    this.options = {
      newRunId,
      retryDelayMs: 1_000,
      maxIgnoredEvents: 1_000,
      onError: () => {},
      ...options,
    };
    const { store, clock, retryDelayMs } = this.options;
    const runs = new LiveRuns(store);
    const record = (run: LiveRun, ...events: readonly RunEvent[]) => this.record(run, ...events);
    const checkIntake = (plan: Plan) => this.#checkIntake(plan);
    this.runs = runs;
    this.#dispatch = dispatch;
    this.#children = new ChildRuns({ runs, clock, record });
    this.#starts = new RunStarts({
      store,
      runs,
      clock,
      newRunId: this.options.newRunId,
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
      onFailure: (error) => this.options.onError(error),
    });
  }

  /** Why the store cannot write at the moment (intake is stopped then); null when all is well. */
  get failure(): MycroftError | null {
    return this.#commits.failure;
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
    const run = await this.runs.load(runId);
    if (run.isSettled) {
      if (run.isDurable) return run.state.result ?? failNever();
      // A result in memory may not be durable yet: wait for the commit that holds it (P1). It may also be stale
      // results that are on their way: no command will follow from those, so nobody would resolve a waiter.
      await this.#commits.request();
      return this.waitFor(runId);
    }
    // Looked at after loading: it may have closed meanwhile, or the run may have gone to others.
    this.#refuseWhenClosed();
    if (run.isLost || !this.isHere(runId)) throw advancedElsewhere(run);
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
    const run = await this.runs.load(runId);
    const cancelled = task === undefined ? undefined : run.state.tasks.get(task);
    if (task !== undefined && cancelled === undefined) throw taskUnknown(runId, task);
    if (run.isSettled || (cancelled !== undefined && cancelled.settledAt !== null)) {
      await this.untilDurable(run);
      return false;
    }
    const at = this.options.clock.now();
    await this.record(run, {
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
    const run = await this.runs.load(runId);
    checkSignalFor(run, signal);
    // One that was received before is not recorded again: a sender may not know (P8).
    const isNew = signal.id === undefined || run.state.signals?.admits(signal.id) !== false;
    if (!isNew) await this.untilDurable(run);
    else await this.record(run, { type: "signalReceived", at: this.options.clock.now(), ...signal });
  }

  /**
   * E8: a person's verdict on what a task has asked for; resolves with the task's id when it is durable.
   * @throws {MycroftError} RUN_UNKNOWN, RUN_SETTLED, TASK_UNKNOWN, TASK_NOT_WAITING or INPUT_INVALID.
   */
  async decide(runId: string, approval: Approval): Promise<string> {
    const run = await this.runs.load(runId);
    const task = checkApproval(run, approval);
    await this.record(run, { type: "approvalDecided", at: this.options.clock.now(), ...approval, task });
    return task;
  }

  /**
   * Stops taking anything in and resolves when all that was taken in is durable; a store that cannot write is asked once
   * more, and whoever waits for what is lost then is told. Runs under way stay so, in the store.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#dispatch.stop();
    for (const run of this.runs.values()) run.clearTimers();
    await this.#commits.close();
    this.runs.clear();
    for (const [runId, waiter] of this.#waiters) {
      waiter.reject(
        new MycroftError("STORE_CLOSED", `The orchestrator shut down before run ${runId} settled.`),
      );
    }
    this.#waiters.clear();
  }

  /** Adds to news, as they go to the store, what else is to change with them. */
  protected withOutbox(news: LiveNews): LiveNews {
    return news;
  }

  /** Called when the events that letters became are stored, or refused. */
  protected lettersAreDone(_ids: readonly string[]): void {}

  /** Whether the run is this one's to advance. */
  protected isHere(_runId: string): boolean {
    return true;
  }

  /** Called when somebody else has advanced a run, and it was given up here. */
  protected onLost(_run: LiveRun): void {}

  /** Called when an attempt in flight is not wanted any more (E11). */
  protected onCancelledAttempt(_cancelled: CancelledAttempt): void {}

  /** Whether nothing will be stored any more. */
  protected get isBroken(): boolean {
    return this.#commits.isBroken;
  }

  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  /** STORE_CONFLICT when it never will be, since somebody else has advanced the run. */
  protected async untilDurable(run: LiveRun): Promise<void> {
    if (!run.isDurable) await this.#commits.request();
    if (run.isLost) throw advancedElsewhere(run);
  }

  /** Applies events to a run, and resolves when they are durable. */
  protected record(run: LiveRun, ...events: readonly RunEvent[]): Promise<void> {
    if (run.isLost) return Promise.reject(advancedElsewhere(run));
    // A settled run too stays here until this is durable: another copy of it would append at the same place.
    this.runs.keep(run);
    for (const event of events) {
      for (const command of run.record(event)) {
        // What is stopped takes down what lies below it in the same commit: at no level anything goes on (E11).
        if (command.type === "cancelChildRun") this.inBackground(this.#children.cancelAtOnce(run, command));
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
    for (const run of runs) if (!run.isLost) batch.push(this.withOutbox(run.takeNews()));
    return batch;
  }

  #wasStored({ run, letters }: LiveNews, outcome: AppendOutcome): void {
    run.newsIsStored();
    if (letters.length > 0) this.lettersAreDone(letters);
    if (outcome === "stored") return;
    this.lose(run);
    this.onLost(run);
  }

  /** Gives a run up that somebody else advances: nothing more of what is known of it here is recorded, or carried out. */
  protected lose(run: LiveRun): void {
    const { runId } = run.header;
    run.isLost = true;
    this.#forget(run);
    this.lettersAreDone(run.takeLetters());
    this.#waiters.get(runId)?.reject(advancedElsewhere(run));
    this.#waiters.delete(runId);
  }

  /** Does what was held back until these news were durable. */
  #carryOut(batch: readonly LiveNews[]): void {
    const isHeard = this.options.bus.isHeard?.(runUpdatesTopic) ?? true;
    for (const { run, commands, append } of batch) {
      if (run.isLost) continue;
      for (const command of commands) this.#execute(run, command);
      if (isHeard) this.#announce(run, append);
      if (run.isSettled && run.isDurable) this.#forget(run);
    }
    this.#dispatch.flush();
  }

  #execute(run: LiveRun, command: Command): void {
    const { runId } = run.header;
    switch (command.type) {
      case "startAttempt":
        this.#dispatch.submit(run, command, this.#readyAt(run, command.task));
        return;
      case "startChildRun":
        this.persevere(() => this.#children.start(run, command));
        return;
      case "cancelChildRun":
        this.persevere(() => this.#children.cancel(run, command));
        return;
      case "setTimer":
        this.#setTimer(run, command.timer, command.dueAt);
        return;
      case "clearTimer":
        run.clearTimer(command.timer);
        return;
      case "cancelAttempt":
        this.#dispatch.release(runId, command.task, command.attempt);
        this.onCancelledAttempt({ runId, task: command.task, attempt: command.attempt });
        return;
      case "settleRun":
        run.clearTimers();
        this.#waiters.get(runId)?.resolve(command.result);
        this.#waiters.delete(runId);
        this.#reportEnd(run);
        return;
    }
  }

  /** A task's age counts from when it became ready, also across a restart. */
  #readyAt({ state }: LiveRun, task: string): number {
    return state.tasks.get(task)?.readyAt ?? this.options.clock.now();
  }

  #setTimer(run: LiveRun, timer: string, dueAt: number): void {
    if (this.#isClosed) return;
    const { clock } = this.options;
    const set = clock.setTimer(dueAt, () => {
      run.clearTimer(timer);
      if (run.isSettled) return;
      this.inBackground(this.record(run, { type: "timerFired", at: clock.now(), timer }));
    });
    run.keepTimer(timer, set);
  }

  #announce(run: LiveRun, append: RunAppend): void {
    const message = { key: append.runId, body: runUpdate(run.header, append) };
    this.inBackground(this.options.bus.publish(runUpdatesTopic, message));
  }

  #forget(run: LiveRun): void {
    this.runs.forget(run);
    this.#dispatch.releaseRun(run.header.runId);
  }

  #reportEnd(run: LiveRun): void {
    if (run.header.parent !== null) this.persevere(() => this.#children.reportEnd(run));
  }

  /** Finds what others have done to the runs above and below this one, which it is not told of. */
  protected reviewFamily(run: LiveRun): Promise<void> {
    return this.#children.review(run);
  }

  /** E12: carries out what is outstanding in runs that were left by others; of those that have settled, the parents are told. */
  protected async takeOver(runs: AsyncIterable<LiveRun>): Promise<void> {
    const recovered: LiveRun[] = [];
    for await (const run of runs) recovered.push(run);
    // Listed newest first by id, so the other way parents come before their child runs: what is below a run that was
    // cancelled must not start again before it is known to be orphaned (E11).
    for (const run of recovered.reverse()) {
      run.isCarriedOn = true;
      if (run.isSettled) {
        // What is not durable yet, its commit will tell.
        if (run.isDurable) this.#reportEnd(run);
        continue;
      }
      if (run.header.parent !== null) await this.#children.cancelIfOrphaned(run);
      if (run.isLost) continue;
      for (const command of outstanding(run.state)) {
        if (command.type !== "startAttempt") this.#execute(run, command);
        else this.#dispatch.resubmit(run, command, this.#readyAt(run, command.task));
      }
    }
    this.#dispatch.flush();
  }

  #checkIntake(plan: Plan): void {
    this.#refuseWhenClosed();
    if (!this.runs.hasPlan(plan)) for (const pool of poolsOf(plan)) this.#dispatch.requirePool(pool);
    // Intake stops rather than pile up in memory what cannot be stored (P8).
    if (this.#commits.failure !== null) throw this.#commits.failure;
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new MycroftError("STORE_CLOSED", "The orchestrator is shutting down.");
  }

  protected inBackground(work: Promise<unknown>): void {
    work.catch((thrown: unknown) => this.#report(asMycroftError(thrown)));
  }

  /** What is left to others because this one closes is no failure. */
  #report(error: MycroftError): void {
    if (!this.#isClosed || error.code !== "STORE_CLOSED") this.options.onError(error);
  }

  /** As `inBackground`, for what may be done twice: a store that cannot be read now is asked again, unless it is closed. */
  protected persevere(work: () => Promise<void>): void {
    work().catch((thrown: unknown) => {
      const error = asMycroftError(thrown);
      this.#report(error);
      if (!error.retryable || this.#isClosed) return;
      this.options.clock.setDelay(this.options.retryDelayMs, () => this.persevere(work));
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
