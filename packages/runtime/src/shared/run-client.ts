/**
 * Starts and steers runs from a process that has none of them: runs are created in the store, and what is to happen to them is
 * written to them as letters, for the orchestrator that has them (E8, E9, E11). What can be checked is checked here, by the run
 * as the store has it; of two who answer at the same moment, the one whose letter is read first counts.
 */
import type { RunEvent, RunResult } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { type Approval, checkApproval, checkReason, checkSignalFor, type Signal } from "../check-answer.ts";
import { type ForkRun, taskUnknown } from "../fork-run.ts";
import { advancedElsewhere, type LiveRun } from "../live-run.ts";
import { LiveRuns } from "../live-runs.ts";
import type { Clock } from "../ports/clock.ts";
import type { LetterBody, SharedAppend, SharedStore } from "../ports/shared-store.ts";
import type { AppendOutcome } from "../ports/store.ts";
import { newRunId } from "../run-id.ts";
import { RunStarts, type StartRun } from "../run-starts.ts";
import { GatheredCalls } from "./gathered-calls.ts";
import { letterIds } from "./letter-id.ts";

export interface RunClientOptions {
  readonly store: SharedStore;
  readonly clock: Clock;
  readonly newRunId?: (now: number) => string;
  readonly newLetterId?: (now: number) => string;
  /** How often it is looked whether a run that is waited for has settled, should the news of it be lost: 2,000 ms unless given. */
  readonly pollMs?: number;
}

type LetterEvent = Extract<LetterBody, { kind: "event" }>["event"];

export class RunClient {
  readonly #store: SharedStore;
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #newLetterId: (now: number) => string;
  readonly #runs: LiveRuns;
  readonly #starts: RunStarts;
  /** Called when the run has settled, or may have. */
  readonly #waiting = new Map<string, Set<() => void>>();
  /** Runs that are started at the same moment are created by one commit. */
  readonly #appends: GatheredCalls<SharedAppend, AppendOutcome>;
  readonly #stopListening: () => void;
  #isClosed = false;

  constructor(options: RunClientOptions) {
    const { store, clock, pollMs = 2_000 } = options;
    this.#store = store;
    this.#clock = clock;
    this.#pollMs = pollMs;
    this.#newLetterId = options.newLetterId ?? letterIds();
    this.#runs = new LiveRuns(store, { keepsLoaded: false });
    this.#starts = new RunStarts({
      store,
      runs: this.#runs,
      clock,
      newRunId: options.newRunId ?? newRunId,
      checkIntake: () => {},
      record: (run, ...events) => this.#create(run, events),
    });
    this.#appends = new GatheredCalls((appends) => store.append(appends), { defer: queueMicrotask });
    this.#stopListening = store.listen((news) => {
      if (news.type === "settled") for (const runId of news.runIds) this.#look(runId);
    });
  }

  /** As `Orchestrator.startRun`, whose errors it has. */
  startRun(start: StartRun): Promise<string> {
    return this.#starts.start(start);
  }

  fork(fork: ForkRun): Promise<string> {
    return this.#starts.fork(fork);
  }

  retry(runId: string): Promise<string> {
    return this.#starts.retry(runId);
  }

  /** Resolves when the request is durable, with whether there was something to cancel. */
  async cancel(runId: string, reason: string, task?: string): Promise<boolean> {
    checkReason(reason);
    const run = await this.#runs.load(runId);
    const cancelled = task === undefined ? undefined : run.state.tasks.get(task);
    if (task !== undefined && cancelled === undefined) throw taskUnknown(runId, task);
    if (run.isSettled || (cancelled !== undefined && cancelled.settledAt !== null)) return false;
    const named = task === undefined ? {} : { task };
    await this.#tell(runId, { type: "cancelRequested", at: this.#clock.now(), reason, ...named });
    return true;
  }

  /** Resolves when the signal is durable. */
  async signal(runId: string, signal: Signal): Promise<void> {
    const run = await this.#runs.load(runId);
    checkSignalFor(run, signal);
    if (signal.id !== undefined && run.state.signals?.admits(signal.id) === false) return;
    const at = this.#clock.now();
    // With an id it counts once, also when its letter is sent again because nobody knows whether it arrived.
    await this.#tell(runId, { type: "signalReceived", at, id: this.#newLetterId(at), ...signal });
  }

  /** Resolves with the task's id when the verdict is durable. */
  async decide(runId: string, approval: Approval): Promise<string> {
    const run = await this.#runs.load(runId);
    const task = checkApproval(run, approval);
    await this.#tell(runId, { type: "approvalDecided", at: this.#clock.now(), ...approval, task });
    return task;
  }

  /**
   * Resolves when the run has settled.
   * @throws {MycroftError} RUN_UNKNOWN; STORE_CLOSED when the client is closed first.
   */
  async waitFor(runId: string): Promise<RunResult> {
    for (;;) {
      const looked = this.#untilNews(runId);
      const header = await this.#store.getRun(runId);
      if (header?.status !== "running") {
        const { state } = await this.#runs.load(runId);
        if (state.result !== null) return state.result;
      }
      await looked;
      if (this.#isClosed) {
        throw new MycroftError("STORE_CLOSED", `It was shut down before run ${runId} settled.`);
      }
    }
  }

  /** Ends all waiting. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    for (const runId of [...this.#waiting.keys()]) this.#look(runId);
  }

  /** Resolves when there may be news of the run, or after a while. */
  #untilNews(runId: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(runId) ?? new Set();
      this.#waiting.set(runId, waiting);
      const done = () => {
        timer.cancel();
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(runId) === waiting) this.#waiting.delete(runId);
        resolve();
      };
      const timer = this.#clock.setDelay(this.#pollMs, done);
      waiting.add(done);
      if (this.#isClosed) done();
    });
  }

  #look(runId: string): void {
    for (const look of [...(this.#waiting.get(runId) ?? [])]) look();
  }

  async #create(run: LiveRun, events: readonly RunEvent[]): Promise<void> {
    for (const event of events) run.record(event);
    const { runId } = run.header;
    const letter = { id: this.#newLetterId(this.#clock.now()), runId, body: { kind: "begin" } as const };
    const append: SharedAppend = { ...run.takeNews().append, outbox: { lettersSent: [letter] } };
    const outcome = await this.#appends.ask(append);
    if (outcome !== "stored") throw advancedElsewhere(run);
  }

  #tell(runId: string, event: LetterEvent): Promise<void> {
    const letter = {
      id: this.#newLetterId(this.#clock.now()),
      runId,
      body: { kind: "event", event } as const,
    };
    return this.#store.sendLetters([letter]);
  }
}
