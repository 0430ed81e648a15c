/**
 * A seat for one process after the other: when one has died or left, another comes, under another name. What the process does
 * there is what `work` makes of its ports.
 */
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import { ProcessClock } from "../process-clock.ts";
import type { ClusterEnd, ScenarioCluster } from "../scenario.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { ClusterProcess } from "./cluster-process.ts";

export interface SeatOptions {
  readonly name: string;
  readonly cluster: ScenarioCluster;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly note: (text: () => string) => void;
  /** What a process does here. Resolves when it is at work, with how it leaves; rejects when it could not begin. */
  readonly work: (process: ClusterProcess) => Promise<() => Promise<void>>;
  /** A failure that nothing in the world explains. */
  readonly onFailure: (error: unknown) => void;
  /** The process has died. */
  readonly onDeath: (process: ClusterProcess) => void;
}

/** How soon a process that could not begin is started again. */
const restartMs = 1_000;

/** Failures that the world causes. */
const expected: ReadonlySet<ErrorCode> = new Set([
  "STORE_UNREACHABLE",
  "SERVER_UNREACHABLE",
  "QUEUE_FULL",
  "BUS_CLOSED",
  // Of a verdict whose letter came second.
  "TASK_NOT_WAITING",
  "RUN_SETTLED",
]);

export function isExpected(thrown: unknown): boolean {
  return expected.has(asMycroftError(thrown).code);
}

export class ClusterSeat {
  readonly name: string;
  readonly machineClock: ProcessClock;
  readonly #options: SeatOptions;
  readonly #ends: ClusterEnd[];
  #process: ClusterProcess | null = null;
  #end: ClusterEnd | null = null;
  #leave: (() => Promise<void>) | null = null;
  #isLeaving = false;
  #isCalm = false;
  #generation = 0;

  constructor(options: SeatOptions) {
    const { name, cluster, clock } = options;
    this.name = name;
    this.#options = options;
    this.#ends = cluster.ends.filter(({ seat }) => seat === name);
    this.machineClock = new ProcessClock(clock);
  }

  /** Null while nobody is there. */
  get process(): ClusterProcess | null {
    return this.#process;
  }

  begin(): void {
    const { cluster, clock, random, note } = this.#options;
    const { callLoss, slowestMs, newsLoss } = cluster;
    this.#generation += 1;
    this.#end = this.#isCalm ? null : (this.#ends.shift() ?? null);
    const { kind = "leaves", after = 0 } = this.#end ?? {};
    const name = `${this.name}.${this.#generation}`;
    note(() => `${name} starts`);
    const process = new ClusterProcess({
      name,
      occasions: kind === "killed" ? after : Number.POSITIVE_INFINITY,
      world: clock,
      machineClock: this.machineClock,
      random: random.stream(name),
      network: { callLoss, slowestMs },
      newsLoss,
    });
    this.#process = process;
    this.#leave = null;
    this.#isLeaving = false;
    if (this.#isCalm) process.calm();
    if (this.#end?.kind === "leaves") clock.setDelay(after, () => this.#leaveNow(process));
    this.#work(process);
  }

  /** Nothing befalls anybody here any more. */
  calm(): void {
    this.#isCalm = true;
    this.#process?.calm();
  }

  /** To be called when everything has happened that can happen without time passing; whether somebody has died. */
  buryTheDead(): boolean {
    const process = this.#process;
    if (process?.isDead !== true) return false;
    const { clock, note, onDeath } = this.#options;
    const downMs = this.#end?.downMs ?? restartMs;
    note(() => `${process.name} is gone; ${downMs} ms pass`);
    this.#process = null;
    onDeath(process);
    clock.setDelay(downMs, () => this.begin());
    return true;
  }

  #work(process: ClusterProcess): void {
    const { work, onFailure } = this.#options;
    work(process).then(
      (leave) => {
        this.#leave = leave;
        if (this.#isLeaving) this.#leaveNow(process);
      },
      (thrown: unknown) => {
        if (process.isDead) return;
        if (!isExpected(thrown)) onFailure(thrown);
        // A supervisor starts it again.
        process.mortal.end();
      },
    );
  }

  #leaveNow(process: ClusterProcess): void {
    if (process !== this.#process || process.isDead || this.#isCalm) return;
    this.#isLeaving = true;
    const leave = this.#leave;
    if (leave === null) return;
    this.#leave = null;
    const { note, onFailure } = this.#options;
    note(() => `${process.name} leaves`);
    leave()
      .catch((thrown: unknown) => {
        if (!process.isDead && !isExpected(thrown)) onFailure(thrown);
      })
      .finally(() => process.mortal.end());
  }
}
