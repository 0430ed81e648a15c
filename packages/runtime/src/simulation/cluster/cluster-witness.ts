/**
 * The witness of a cluster: what it holds processes to is what the store itself says, since between a process and the store
 * everything takes time, and may be lost.
 */

import type { TaskMessage } from "../../ports/queue.ts";
import type { AttemptKey, Letter, SharedAppend } from "../../ports/shared-store.ts";
import { CallRates } from "../call-rates.ts";
import { isSettled } from "../durable-runs.ts";
import { type Execution, Executions, nameOf } from "../executions.ts";
import type { Rule } from "../rules.ts";
import type { ScenarioCluster } from "../scenario.ts";
import { Witness, type WitnessOptions } from "../witness.ts";
import { LeaseBook } from "./lease-book.ts";
import { LetterWatch } from "./letter-watch.ts";
import { StuckWork } from "./stuck-work.ts";
import type { StoreWatch } from "./watched-server.ts";

export interface ClusterWitnessOptions extends WitnessOptions {
  readonly cluster: ScenarioCluster;
  /** Time itself, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether nothing befalls anybody any more. */
  readonly isQuiet: () => boolean;
  /** Whether the worker cannot reach the store. */
  readonly isCutOff: (worker: string) => boolean;
  readonly onStored: () => void;
}

/** What retries, comparisons of clocks and calls that arrive late may add to any bound. */
const slackMs = 120_000;
const defaultRedeliverAfterMs = 60_000;

export class ClusterWitness extends Witness implements StoreWatch {
  override readonly recordsAtOnce = false;
  readonly #options: ClusterWitnessOptions;
  readonly #leases: LeaseBook;
  readonly #letters: LetterWatch;
  readonly #executions: Executions;
  readonly #rates: CallRates;
  readonly #stuck: StuckWork;
  readonly #stoodStill = new Set<string>();
  /** Since when a worker that could know executes what is not wanted. */
  #unwantedSince = new Map<string, number>();
  readonly #boundMs: number;
  readonly #leaseMs: number;

  constructor(options: ClusterWitnessOptions) {
    super(options);
    this.#options = options;
    const { scenario, cluster, now, elapsed } = options;
    const accuse = (rule: Rule, detail: string) => this.accuse(rule, detail);
    const { durable } = this;
    const { leaseMs = 10_000, redeliverAfterMs = defaultRedeliverAfterMs, pools = {} } = scenario.dispatch;
    this.#leaseMs = leaseMs;
    this.#boundMs = 2 * leaseMs + 2 * cluster.reviewMs + 4 * cluster.pollMs + slackMs;
    this.#leases = new LeaseBook(now);
    this.#letters = new LetterWatch({ durable, accuse, now });
    this.#rates = new CallRates(scenario.dispatch.rateLimits ?? {}, accuse);
    const concurrency = scenario.concurrency * (1 + Object.keys(pools).length);
    this.#executions = new Executions({
      scenario: { ...scenario, concurrency },
      durable,
      accuse,
      heardOf: () => 0,
      areLeased: true,
    });
    this.#stuck = new StuckWork({
      durable,
      letters: this.#letters,
      accuse,
      isHeld: (attempt) => options.queueHolds(attempt) || this.#executions.holds(attempt),
      boundMs: this.#boundMs,
      redeliverAfterMs,
    });
    this.#elapsed = elapsed;
  }

  readonly #elapsed: () => number;

  /** How long it may take until all that is left over is gone. */
  get boundMs(): number {
    return this.#boundMs;
  }

  /** How many letters have become events. */
  get lettersTaken(): number {
    return this.#letters.taken;
  }

  stores(append: SharedAppend): void {
    const stored = this.durable.get(append.runId)?.events ?? 0;
    if (append.fromSeq !== stored) {
      this.accuse(
        "fenced",
        `${append.runId} has ${stored} events, and an append for ${append.fromSeq} is stored`,
      );
      return;
    }
    this.#options.onStored();
    this.durable.fold(append);
    this.#letters.takes(append);
  }

  grants(worker: string, leaseMs: number, key: AttemptKey): void {
    const name = nameOf(key);
    this.note(() => `granted   ${name} to ${worker}`);
    const other = this.#leases.grant(worker, leaseMs, key);
    if (other !== null) this.accuse("wanted", `${name} is granted to ${worker}, and ${other} has it`);
    const run = this.durable.get(key.runId);
    const task = run?.state.tasks.get(key.task);
    if (run === undefined || task === undefined || task.attempt < key.attempt) this.accuse("needs", name);
    else if (run.state.result?.status === "cancelled" || task.status === "cancelled") {
      this.accuse("stopped", name);
    } else if (isSettled(run) || task.status !== "running" || task.attempt !== key.attempt) {
      this.accuse("wanted", name);
    }
    const work = task?.step.work;
    if (work?.kind === "call" && work.target.kind === "agent") {
      this.#rates.calls(work.target.name, this.#elapsed());
    }
  }

  renews(worker: string, leaseMs: number, key: AttemptKey): void {
    this.#leases.renew(worker, leaseMs, key);
  }

  releases(key: AttemptKey, worker?: string): void {
    this.#leases.release(key, worker);
  }

  receives(letters: readonly Letter[]): void {
    for (const { id, runId, body } of letters)
      this.note(() => `letter    ${id} to ${runId}: ${describe(body)}`);
    this.#letters.receives(letters);
  }

  drops(ids: readonly string[]): void {
    for (const id of ids) this.note(() => `dropped   ${id}`);
    this.#letters.drops(ids);
  }

  takes(messages: readonly TaskMessage[]): void {
    this.#stuck.takes(messages);
  }

  override executes(execution: Execution): void {
    const { request, process, worker } = execution;
    if (process.isDead) return;
    const name = nameOf(request);
    this.note(() => `executes  ${name} by ${worker.name}`);
    this.#executions.begin(execution);
    if (worker.isFrozen) this.#stoodStill.add(`${name} ${worker.name}`);
    if (!this.#leases.wasGranted(request, worker.name)) this.accuse("wanted", `${name} by ${worker.name}`);
  }

  override standsStill(worker: Execution["worker"]): void {
    this.note(() => `${worker.name} stands still`);
    for (const attempt of this.#executions.inHandOf(worker))
      this.#stoodStill.add(`${attempt} ${worker.name}`);
  }

  override stoodStillWith(attempt: string, worker: string): boolean {
    return this.#stoodStill.has(`${attempt} ${worker}`);
  }

  /** What is asked for is durable; it becomes an event later. */
  override cancels(runId: string, task: string | undefined, wasUnderWay: boolean): void {
    const what = task === undefined ? runId : `${runId}/${task}`;
    this.note(() => `answered  ${what} was ${wasUnderWay ? "" : "not "}under way when cancelled`);
    const run = this.durable.get(runId);
    const isOver = task === undefined ? isSettled(run) : run?.state.tasks.get(task)?.settledAt !== null;
    if (!wasUnderWay && !isOver) this.accuse("answered", `the cancellation of ${what}`);
  }

  override looksAround(): void {
    this.#executions.lookAround(this.#elapsed());
    const now = this.#options.now();
    const isQuiet = this.#options.isQuiet();
    if (isQuiet || this.#options.cluster.callLoss === 0) this.#checkGivenUp(now);
    if (isQuiet) this.#stuck.lookAround(now);
  }

  /** E11: whoever renews its leases learns what is not wanted. */
  #checkGivenUp(now: number): void {
    const unwanted = new Map<string, number>();
    const boundMs = this.#leaseMs + 4 * this.#options.cluster.slowestMs;
    for (const { request, worker, control } of this.#executions.inHand()) {
      const run = this.durable.get(request.runId);
      const task = run?.state.tasks.get(request.task);
      const isWanted = !isSettled(run) && task?.status === "running" && task.attempt === request.attempt;
      if (isWanted || control.signal.aborted || this.#options.isCutOff(worker.name)) continue;
      const name = `${nameOf(request)} by ${worker.name}`;
      const since = this.#unwantedSince.get(name) ?? now;
      unwanted.set(name, since);
      if (now - since > boundMs) this.accuse("givenUp", name);
    }
    this.#unwantedSince = unwanted;
  }
}

function describe(body: Letter["body"]): string {
  if (body.kind === "outcome") return `the outcome of ${body.key.task}#${body.key.attempt}`;
  return body.kind === "event" ? body.event.type : body.kind;
}
