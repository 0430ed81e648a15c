/**
 * Watches a simulation at the ports and holds what it sees there against what is durable at that very moment. The first
 * violation is kept.
 */
import type { JsonValue, RunResult } from "@mycroft/engine";
import type { AttemptRequest } from "../ports/gateway.ts";
import type { TaskMessage } from "../ports/queue.ts";
import type { RunAppend } from "../ports/store.ts";
import { type DurableRun, DurableRuns } from "./durable-runs.ts";
import type { MortalProcess } from "./mortal-process.ts";
import type { Rule, Violation } from "./rules.ts";
import type { Scenario } from "./scenario.ts";

/** An attempt in the hands of an agent. */
export interface Execution {
  readonly process: MortalProcess;
  readonly worker: number;
  readonly request: AttemptRequest;
  readonly signal: AbortSignal;
  /** When it began, on the process's clock. */
  readonly startedAt: number;
  /** When it was first seen to be beyond its timeout, in the world's time. */
  lateSince: number | null;
  isOver: boolean;
}

/** A timer may be this late after a jump of the clock. */
const lateAfterJumpMs = 60_000;

export class Witness {
  readonly durable: DurableRuns;
  readonly #scenario: Scenario;
  readonly #note: (text: () => string) => void;
  #executions: Execution[] = [];
  /** Attempts that were in an agent's hands when the clock was set forward: they may have been timed out early. */
  readonly #hurried = new Set<string>();
  /** Messages whose attempt the living process has claimed and not reported yet, by attempt. */
  readonly #claimed = new Map<string, Set<TaskMessage>>();
  readonly #acknowledged = new WeakSet<TaskMessage>();
  /** Runs that a process knows to be settled. */
  readonly #known = new Set<string>();
  #violation: Violation | null = null;

  constructor(scenario: Scenario, note: (text: () => string) => void) {
    this.#scenario = scenario;
    this.#note = note;
    const plans = new Set(scenario.runs.map((run) => run.plan));
    this.durable = new DurableRuns([...plans], (append) => note(() => `durable   ${describeAppend(append)}`));
  }

  get violation(): Violation | null {
    return this.#violation;
  }

  accuse(rule: Rule, detail: string): void {
    this.#violation ??= { rule, detail };
    this.#note(() => `VIOLATION ${rule}: ${detail}`);
  }

  wasHurried(attempt: string): boolean {
    return this.#hurried.has(attempt);
  }

  clockJumps(byMs: number): void {
    this.#note(() => `the clock jumps by ${byMs} ms`);
    if (byMs <= 0) return;
    for (const { request } of this.#executions) this.#hurried.add(nameOf(request));
  }

  queues(message: TaskMessage): void {
    this.#note(() => `queued    ${nameOf(message)}`);
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
    const { request, process } = execution;
    this.#note(() => `executes  ${nameOf(request)}`);
    this.#executions = this.#executions.filter((other) => !other.isOver && !other.process.isDead);
    if (process.isDead) return;
    this.#executions.push(execution);
    const run = this.durable.get(request.runId);
    const task = run?.state.tasks.get(request.task);
    if (run === undefined || task === undefined || task.attempt < request.attempt) {
      this.accuse("needs", nameOf(request));
    } else if (run.state.result?.status === "cancelled") this.accuse("stopped", nameOf(request));
    else if (task.status !== "running" || task.attempt > request.attempt) {
      this.accuse("wanted", nameOf(request));
    }
  }

  claims(message: TaskMessage): void {
    if (this.#acknowledged.has(message)) this.accuse("acknowledged", nameOf(message));
    const claimed = this.#claimed.get(nameOf(message)) ?? new Set();
    this.#claimed.set(nameOf(message), claimed.add(message));
  }

  isReported(message: TaskMessage): void {
    this.#claimed.get(nameOf(message))?.delete(message);
    this.#note(() => `reported  ${nameOf(message)}`);
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
  }

  /** The process has been told that these are stored. */
  hears(batch: readonly RunAppend[]): void {
    for (const { runId, settle } of batch) if (settle !== undefined) this.#known.add(runId);
  }

  isStarted(runId: string): void {
    this.#note(() => `answered  ${runId} is started`);
    if (this.durable.get(runId) === undefined) this.accuse("answered", `the start of ${runId}`);
  }

  hasSettled(runId: string, result: RunResult): void {
    this.#note(() => `answered  ${runId} has ${result.status}`);
    if (this.durable.get(runId)?.state.result?.status !== result.status) {
      this.accuse("answered", `the end of ${runId}`);
    }
  }

  /** @param wasUnderWay what the caller of `cancel` was told. */
  cancels(runId: string, wasUnderWay: boolean): void {
    this.#note(() => `answered  ${runId} was ${wasUnderWay ? "" : "not "}under way when cancelled`);
    const status = this.durable.get(runId)?.state.result?.status;
    if (status === undefined || (wasUnderWay && status !== "cancelled")) {
      this.accuse("answered", `the cancellation of ${runId}`);
    }
  }

  /** When everything has happened that can happen without time passing. */
  looksAround(process: MortalProcess, worldNow: number, processNow: number): void {
    const inHand = new Map<number, number>();
    const mostLateMs = this.#scenario.jumps.length > 0 ? lateAfterJumpMs : -1;
    for (const execution of this.#executions) {
      const { isOver, process: of, worker, request, signal, startedAt } = execution;
      if (isOver || signal.aborted || of !== process || process.isDead) continue;
      inHand.set(worker, (inHand.get(worker) ?? 0) + 1);
      const task = this.durable.task(request.runId, request.task);
      const dueAt = startedAt + timeoutOf(task);
      const lateSince = processNow > dueAt ? (execution.lateSince ?? worldNow) : null;
      execution.lateSince = lateSince;
      if (lateSince !== null && worldNow - lateSince > mostLateMs) this.accuse("timeout", nameOf(request));
      const stopped = this.durable.get(request.runId)?.stopped;
      if (stopped?.has(`${request.task}#${request.attempt}`) && this.#known.has(request.runId)) {
        this.accuse("givenUp", nameOf(request));
      }
    }
    for (const [worker, count] of inHand) {
      const { concurrency } = this.#scenario;
      if (count > concurrency) this.accuse("concurrency", `worker ${worker} has ${count} of ${concurrency}`);
    }
  }
}

function nameOf(of: { readonly runId: string; readonly task: string; readonly attempt: number }): string {
  return `${of.runId}/${of.task}#${of.attempt}`;
}

export function isSettled(run: DurableRun | undefined): boolean {
  return run !== undefined && run.state.result !== null;
}

/** The attempt's timeout as the plan states it. */
function timeoutOf(task: ReturnType<DurableRuns["task"]>): number {
  const work = task?.step.work;
  return work === undefined || work.kind === "map" ? Number.POSITIVE_INFINITY : work.timeoutMs;
}

function describeAppend({ runId, fromSeq, events, settle }: RunAppend): string {
  const names = events.map((event, index) => {
    const of =
      "task" in event ? ` ${event.task}#${event.attempt}` : "timer" in event ? ` ${event.timer}` : "";
    return `${fromSeq + index} ${event.type}${of}`;
  });
  return `${runId}: ${names.join(", ")}${settle === undefined ? "" : ` => ${settle.status}`}`;
}
