/**
 * The orchestrator of a single process: it has every unsettled run of the store, and hands their attempts to workers of its
 * own process (E10, P3, P4).
 *
 * After a crash it carries out what is outstanding. The queue may have lost or doubled messages meanwhile: tokens make a second
 * execution harmless, and the dispatcher sends again what was lost on the way or lies with a worker that is silent.
 */
import { type AttemptReport, attemptCommand } from "@mycroft/engine";
import { attemptRequest } from "./attempt-request.ts";
import type { DispatchSettings } from "./dispatch/dispatch-settings.ts";
import { Dispatcher, type PoolUsage } from "./dispatch/dispatcher.ts";
import type { LiveRun } from "./live-run.ts";
import { attemptIsStale, outcomeEvent } from "./outcome-event.ts";
import type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { AttemptOutcome, AttemptRequest } from "./ports/gateway.ts";
import type { TaskMessage, TaskQueue } from "./ports/queue.ts";
import { RunLoop, type RunLoopOptions } from "./run-loop.ts";

export interface OrchestratorOptions extends RunLoopOptions {
  readonly queue: TaskQueue;
  /** Pools, rate limits and leases. */
  readonly dispatch?: DispatchSettings;
}

export class Orchestrator extends RunLoop implements AttemptLedger {
  readonly leaseMs: number;
  readonly #dispatcher: Dispatcher;
  readonly #cancelListeners = new Set<(cancelled: CancelledAttempt) => void>();

  private constructor(options: OrchestratorOptions) {
    const { queue, clock, dispatch = {}, onError = () => {} } = options;
    const dispatcher = new Dispatcher({ clock, queue, settings: dispatch, onError });
    super(options, dispatcher);
    this.#dispatcher = dispatcher;
    this.leaseMs = dispatcher.leaseMs;
  }

  /** An orchestrator that has taken over every unsettled run of the store. */
  static async open(options: OrchestratorOptions): Promise<Orchestrator> {
    const orchestrator = new Orchestrator(options);
    await orchestrator.takeOver(orchestrator.runs.loadUnsettled());
    return orchestrator;
  }

  /** How the slots of the pools are taken. */
  get pools(): readonly PoolUsage[] {
    return this.#dispatcher.usage();
  }

  claim(message: TaskMessage, worker: string): Promise<AttemptRequest | null> {
    const run = this.runs.get(message.runId);
    if (run !== undefined) return Promise.resolve(this.#claimOf(run, message, worker));
    const found = this.runs.find(message.runId);
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
    const run = this.runs.get(runId);
    if (run !== undefined) return this.#reportTo(run, message, outcome, report);
    const found = this.runs.find(runId);
    return found.then((loaded) =>
      loaded === null ? undefined : this.#reportTo(loaded, message, outcome, report),
    );
  }

  onCancelled(listener: (cancelled: CancelledAttempt) => void): () => void {
    this.#cancelListeners.add(listener);
    return () => this.#cancelListeners.delete(listener);
  }

  protected override onCancelledAttempt(cancelled: CancelledAttempt): void {
    for (const listener of this.#cancelListeners) listener(cancelled);
  }

  #claimOf(run: LiveRun, { runId, task, attempt }: TaskMessage, worker: string): AttemptRequest | null {
    // Of what cannot be recorded any more, nothing is executed.
    if (this.isBroken) return null;
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
    if (run.state.ignored >= this.options.maxIgnoredEvents && attemptIsStale(run, message)) {
      return this.untilDurable(run);
    }
    return this.record(run, outcomeEvent(message, outcome, report, this.options.clock.now()));
  }
}
