/** The attempts that are in the hands of agents, as the world sees it, and what must hold of them at every moment. */
import { defaultPool } from "@mycroft/engine";
import type { AttemptControl, AttemptRequest } from "../ports/gateway.ts";
import { attemptOf, type DurableRuns } from "./durable-runs.ts";
import type { MortalProcess } from "./mortal-process.ts";
import type { Rule } from "./rules.ts";
import type { Scenario } from "./scenario.ts";
import type { WorkerSeat } from "./worker-seat.ts";

export type ExecutingWorker = Pick<WorkerSeat, "name" | "isFrozen" | "stoodStillSince">;

export interface Execution {
  readonly process: Pick<MortalProcess, "isDead">;
  readonly worker: ExecutingWorker;
  readonly request: AttemptRequest;
  readonly control: AttemptControl;
  /** Time itself, in milliseconds. */
  readonly startedAt: number;
  lastBeatAt: number;
  isOver: boolean;
}

export interface ExecutionsOptions {
  readonly scenario: Scenario;
  readonly durable: DurableRuns;
  readonly accuse: (rule: Rule, detail: string) => void;
  /** How many events of a run the living process has been told to be durable. */
  readonly heardOf: (runId: string) => number;
  /** Whether leases elsewhere say who has an attempt: then one that was lost may still be under way. */
  readonly areLeased?: boolean;
}

export class Executions {
  readonly #options: ExecutionsOptions;
  #inHand: Execution[] = [];
  /** Attempts whose outcome the living process has been told. */
  readonly #told = new Set<string>();

  constructor(options: ExecutionsOptions) {
    this.#options = options;
  }

  begin(execution: Execution): void {
    this.#inHand = this.#inHand.filter((other) => !other.isOver && !other.process.isDead);
    const name = nameOf(execution.request);
    const twin = this.#inHand.find((other) => nameOf(other.request) === name && !isLeft(other));
    // Who has just woken up may have been granted it before somebody else was.
    if (twin !== undefined && !execution.worker.isFrozen && this.#options.areLeased !== true)
      this.#options.accuse("wanted", `${name}, which ${twin.worker.name} has in hand`);
    this.#inHand.push(execution);
  }

  isTold(attempt: string): void {
    this.#told.add(attempt);
  }

  /** Whether an agent has the attempt in hand for a worker that is awake. */
  holds(attempt: string): boolean {
    return this.#inHand.some(
      ({ request, worker, isOver, process }) =>
        !isOver && !process.isDead && !worker.isFrozen && nameOf(request) === attempt,
    );
  }

  *inHandOf(seat: ExecutingWorker): Iterable<string> {
    for (const { worker, request, isOver } of this.#inHand) {
      if (worker === seat && !isOver) yield nameOf(request);
    }
  }

  /** What is under way in processes that are awake. */
  *inHand(): Iterable<Execution> {
    for (const execution of this.#inHand) {
      const { isOver, process, worker } = execution;
      if (!isOver && !process.isDead && !worker.isFrozen) yield execution;
    }
  }

  /** The process has died: what it had in hand is nobody's. */
  bury(): void {
    this.#inHand = [];
    this.#told.clear();
  }

  /** When everything has happened that can happen without time passing. */
  lookAround(now: number): void {
    const byWorker = new Map<string, number>();
    const byPool = new Map<string, Set<string>>();
    for (const execution of this.#inHand) {
      const { isOver, process, worker, control, request } = execution;
      if (isOver || process.isDead || worker.isFrozen || control.signal.aborted) continue;
      byWorker.set(worker.name, (byWorker.get(worker.name) ?? 0) + 1);
      this.#checkTime(execution, now);
      this.#checkWanted(execution);
      if (this.#takesSlot(execution)) {
        const pool = this.#poolOf(request);
        byPool.set(pool, (byPool.get(pool) ?? new Set()).add(nameOf(request)));
      }
    }
    this.#checkCounts(byWorker, byPool);
  }

  #checkTime({ request, startedAt, lastBeatAt }: Execution, now: number): void {
    const { timeoutMs, heartbeatTimeoutMs } = request;
    const planned = this.#options.durable.task(request.runId, request.task)?.step.work;
    const allowedMs = planned?.kind === "call" || planned?.kind === "resolve" ? planned.timeoutMs : timeoutMs;
    const isLate = now > startedAt + allowedMs || now > lastBeatAt + (heartbeatTimeoutMs ?? allowedMs);
    if (isLate) this.#options.accuse("timeout", nameOf(request));
  }

  #checkWanted({ request }: Execution): void {
    const { durable, heardOf } = this.#options;
    const stoppedBy = durable.get(request.runId)?.stopped.get(attemptOf(request));
    if (stoppedBy !== undefined && heardOf(request.runId) > stoppedBy) {
      this.#options.accuse("givenUp", nameOf(request));
    }
  }

  /** A worker that stood still may have lost its lease to another one, without knowing. */
  #takesSlot({ request, worker, startedAt }: Execution): boolean {
    if (worker.stoodStillSince(startedAt) || this.#told.has(nameOf(request))) return false;
    const task = this.#options.durable.task(request.runId, request.task);
    return task?.status === "running" && task.attempt === request.attempt;
  }

  #poolOf({ runId, task }: AttemptRequest): string {
    const work = this.#options.durable.task(runId, task)?.step.work;
    const extras = work?.kind === "call" || work?.kind === "resolve" ? work.extras : null;
    return extras?.pool ?? defaultPool;
  }

  #checkCounts(
    byWorker: ReadonlyMap<string, number>,
    byPool: ReadonlyMap<string, ReadonlySet<string>>,
  ): void {
    const { scenario, accuse } = this.#options;
    for (const [worker, count] of byWorker) {
      if (count > scenario.concurrency) {
        accuse("concurrency", `${worker} has ${count} of ${scenario.concurrency}`);
      }
    }
    for (const [pool, attempts] of byPool) {
      const slots = scenario.dispatch.pools?.[pool]?.slots ?? Number.POSITIVE_INFINITY;
      if (attempts.size > slots) accuse("slots", `${pool} has ${attempts.size} of ${slots} under way`);
    }
  }
}

/** Whether its worker may have lost it: it stood still, or was told to give it up. */
function isLeft({ worker, startedAt, control }: Execution): boolean {
  return worker.stoodStillSince(startedAt) || control.signal.aborted;
}

export function nameOf(of: {
  readonly runId: string;
  readonly task: string;
  readonly attempt: number;
}): string {
  return `${of.runId}/${of.task}#${of.attempt}`;
}
