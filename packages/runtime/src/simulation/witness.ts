/**
 * Watches a simulation at the ports and holds what it sees there against what is durable at that very moment. The first
 * violation is kept.
 */
import { isDeepStrictEqual } from "node:util";
import { attemptCommand, type JsonValue, type Plan } from "@mycroft/engine";
import type { AttemptRequest } from "../ports/gateway.ts";
import type { TaskMessage } from "../ports/queue.ts";
import type { RunAppend } from "../ports/store.ts";
import { CallRates } from "./call-rates.ts";
import { attemptOf, type DurableRun, DurableRuns, isSettled } from "./durable-runs.ts";
import { type Execution, Executions, nameOf } from "./executions.ts";
import { Resending } from "./resending.ts";
import type { Rule, Violation } from "./rules.ts";
import type { Scenario } from "./scenario.ts";

export interface WitnessOptions {
  readonly scenario: Scenario;
  readonly plans: Iterable<Plan>;
  /** Milliseconds that have passed in the world. */
  readonly elapsed: () => number;
  /** Whether the queue has a message of that attempt, waiting, on its way or in the hands of a worker that is awake. */
  readonly queueHolds: (attempt: string) => boolean;
  readonly note: (text: () => string) => void;
}

export class Witness {
  /** Whether what somebody was told of is an event by then; otherwise it is durable and will be one. */
  readonly recordsAtOnce: boolean = true;
  readonly durable: DurableRuns;
  readonly #options: WitnessOptions;
  readonly #executions: Executions;
  readonly #rates: CallRates;
  readonly #resending: Resending;
  /** Attempts in the hands of workers that stood still, with those workers: they may be timed out for that. */
  readonly #stoodStill = new Set<string>();
  /** Messages whose attempt the living process has claimed and not reported yet, by attempt. */
  readonly #claimed = new Map<string, Set<TaskMessage>>();
  readonly #acknowledged = new WeakSet<TaskMessage>();
  /** How many events of each run the living process has been told to be durable. */
  readonly #heard = new Map<string, number>();
  /** Child runs that are given up, and that the living process had time to hear of. */
  readonly #abandoned = new Set<string>();
  /** Runs that somebody asked to be cancelled. */
  readonly #cancelled = new Set<string>();
  readonly #listeners = new Set<(run: DurableRun) => void>();
  #violation: Violation | null = null;

  constructor(options: WitnessOptions) {
    this.#options = options;
    const { scenario, plans, note } = options;
    const accuse = (rule: Rule, detail: string) => this.accuse(rule, detail);
    this.durable = new DurableRuns({
      plans,
      onStored: (append, run) => {
        note(() => `durable   ${describeAppend(append)}`);
        for (const listener of this.#listeners) listener(run);
      },
      onFault: accuse,
    });
    const { durable } = this;
    const heardOf = (runId: string) => this.#heard.get(runId) ?? 0;
    this.#executions = new Executions({ scenario, durable, accuse, heardOf });
    this.#rates = new CallRates(scenario.dispatch.rateLimits ?? {}, accuse);
    this.#resending = new Resending({
      scenario,
      durable,
      accuse,
      isHeld: (attempt) => options.queueHolds(attempt) || this.#executions.holds(attempt),
    });
  }

  get violation(): Violation | null {
    return this.#violation;
  }

  accuse(rule: Rule, detail: string): void {
    this.#violation ??= { rule, detail };
    this.#options.note(() => `VIOLATION ${rule}: ${detail}`);
  }

  note(text: () => string): void {
    this.#options.note(text);
  }

  /** Tells `listener` of each run that has changed on the disk, until the process dies. */
  onStored(listener: (run: DurableRun) => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves when the run has that many events on the disk, or has settled; never when the process dies before. */
  async untilEvents(runId: string, events: number): Promise<void> {
    if (events === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (run: DurableRun | undefined) => {
      if (run?.header.runId === runId && (run.events >= events || isSettled(run))) resolve();
    };
    look(this.durable.get(runId));
    this.onStored(look);
    await promise;
  }

  stoodStillWith(attempt: string, worker: string): boolean {
    return this.#stoodStill.has(`${attempt} ${worker}`);
  }

  standsStill(seat: Execution["worker"]): void {
    this.note(() => `${seat.name} stands still`);
    for (const attempt of this.#executions.inHandOf(seat)) this.#stoodStill.add(`${attempt} ${seat.name}`);
  }

  wasAskedToCancel(runId: string): boolean {
    return this.#cancelled.has(runId);
  }

  queues(message: TaskMessage): void {
    this.note(() => `queued    ${nameOf(message)}`);
    this.#resending.publishes(message);
    const task = this.durable.task(message.runId, message.task);
    if (task === undefined || task.attempt < message.attempt) {
      const isOver = isSettled(this.durable.get(message.runId));
      this.accuse(isOver ? "stopped" : "queued", nameOf(message));
    }
  }

  announces(body: JsonValue): void {
    const update = body as {
      readonly runId: string;
      readonly fromSeq: number;
      readonly events: readonly unknown[];
    };
    const events = this.durable.get(update.runId)?.events ?? 0;
    if (update.fromSeq + update.events.length > events) this.accuse("announced", update.runId);
  }

  executes(execution: Execution): void {
    const { request, process, worker } = execution;
    if (process.isDead) return;
    this.note(() => `executes  ${nameOf(request)} by ${worker.name}`);
    this.#executions.begin(execution);
    if (worker.isFrozen) this.#stoodStill.add(`${nameOf(request)} ${worker.name}`);
    const run = this.durable.get(request.runId);
    const task = run?.state.tasks.get(request.task);
    if (run === undefined || task === undefined || task.attempt < request.attempt) {
      this.accuse("needs", nameOf(request));
      return;
    }
    // Who stood still meanwhile executes what it once was to execute.
    if (worker.stoodStillSince(execution.startedAt)) return;
    if (this.#isStopped(run, task.status)) this.accuse("stopped", nameOf(request));
    else if (task.status !== "running" || task.attempt > request.attempt) {
      this.accuse("wanted", nameOf(request));
    } else this.#checkPinned(run, request);
  }

  #isStopped({ state, header }: DurableRun, status: string): boolean {
    if (state.result?.status === "cancelled" || status === "cancelled") return true;
    for (let run: DurableRun | undefined = this.durable.get(header.runId); run !== undefined; ) {
      if (this.#abandoned.has(run.header.runId)) return true;
      const { parent } = run.header;
      run = parent === null ? undefined : this.durable.get(parent.runId);
    }
    return false;
  }

  /** What is executed is what the run's own plan and events say. */
  #checkPinned({ state, header }: DurableRun, request: AttemptRequest): void {
    const planned = attemptCommand(state, request.task, request.attempt);
    if (planned === null) return;
    const isSame =
      request.asOf === header.asOf &&
      planned.step === request.step &&
      planned.target.name === request.target.name &&
      isDeepStrictEqual(planned.input, request.input);
    if (!isSame) this.accuse("pinned", `${nameOf(request)} is not what its plan says`);
  }

  claims(message: TaskMessage, request: AttemptRequest): void {
    if (this.#acknowledged.has(message)) this.accuse("acknowledged", nameOf(message));
    const claimed = this.#claimed.get(nameOf(message)) ?? new Set();
    this.#claimed.set(nameOf(message), claimed.add(message));
    if (request.target.kind === "agent") this.#rates.calls(request.target.name, this.#options.elapsed());
  }

  refusesClaim(message: TaskMessage): void {
    this.#resending.forgets(nameOf(message));
  }

  handsBack(message: TaskMessage): void {
    this.#claimed.get(nameOf(message))?.delete(message);
  }

  isToldOutcome(message: TaskMessage): void {
    this.#executions.isTold(nameOf(message));
  }

  isReported(message: TaskMessage): void {
    this.#claimed.get(nameOf(message))?.delete(message);
    this.note(() => `reported  ${nameOf(message)}`);
    const task = this.durable.task(message.runId, message.task);
    if (task?.status === "running" && task.attempt === message.attempt) {
      this.accuse("answered", `the report of ${nameOf(message)}`);
    }
  }

  acknowledges(message: TaskMessage): void {
    this.#acknowledged.add(message);
    const claimed = this.#claimed.get(nameOf(message));
    if (claimed?.delete(message) !== true) return;
    // Not reported: it was cancelled, or another message of the same attempt is in hand.
    const task = this.durable.task(message.runId, message.task);
    const isUnderWay = task?.status === "running" && task.attempt === message.attempt;
    if (isUnderWay && claimed.size === 0) this.accuse("acknowledged", nameOf(message));
  }

  /** The process has died: what it had in hand is nobody's. */
  buries(): void {
    this.#claimed.clear();
    this.#heard.clear();
    this.#executions.bury();
    this.#resending.bury();
    this.#listeners.clear();
  }

  /** A process starts: it knows all that is durable. */
  begins(): void {
    for (const runId of this.durable.abandoned.keys()) this.#abandoned.add(runId);
  }

  /** The process has been told that these are stored. */
  hears(batch: readonly RunAppend[]): void {
    for (const { runId, fromSeq, events } of batch) this.#heard.set(runId, fromSeq + events.length);
  }

  isStarted(runId: string): void {
    this.note(() => `answered  ${runId} is started`);
    if (this.durable.get(runId) === undefined) this.accuse("answered", `the start of ${runId}`);
  }

  hasSettled(runId: string, status: string): void {
    this.note(() => `answered  ${runId} has ${status}`);
    if (this.durable.get(runId)?.state.result?.status !== status) {
      this.accuse("answered", `the end of ${runId}`);
    }
  }

  asksToCancel(runId: string): void {
    this.#cancelled.add(runId);
  }

  /** @param wasUnderWay what the caller of `cancel` was told. */
  cancels(runId: string, task: string | undefined, wasUnderWay: boolean): void {
    const what = task === undefined ? runId : `${runId}/${task}`;
    this.note(() => `answered  ${what} was ${wasUnderWay ? "" : "not "}under way when cancelled`);
    const run = this.durable.get(runId);
    const status = task === undefined ? run?.state.result?.status : run?.state.tasks.get(task)?.status;
    const isOver = task === undefined ? isSettled(run) : run?.state.tasks.get(task)?.settledAt !== null;
    if (!isOver || (wasUnderWay && status !== "cancelled")) {
      this.accuse("answered", `the cancellation of ${what}`);
    }
  }

  /** When everything has happened that can happen without time passing. */
  looksAround(): void {
    const now = this.#options.elapsed();
    this.#executions.lookAround(now);
    this.#resending.lookAround(now);
    for (const [runId, { parentRunId, event }] of this.durable.abandoned) {
      if ((this.#heard.get(parentRunId) ?? 0) > event) this.#abandoned.add(runId);
    }
  }
}

function describeAppend({ runId, fromSeq, events, settle }: RunAppend): string {
  const names = events.map((event, index) => {
    const attempt = "attempt" in event ? ` ${attemptOf(event)}` : "";
    const task = attempt === "" && "task" in event && event.task !== undefined ? ` ${event.task}` : "";
    const other = "timer" in event ? ` ${event.timer}` : "signal" in event ? ` ${event.signal}` : "";
    return `${fromSeq + index} ${event.type}${attempt}${task}${other}`;
  });
  return `${runId}: ${names.join(", ")}${settle === undefined ? "" : ` => ${settle.status}`}`;
}
