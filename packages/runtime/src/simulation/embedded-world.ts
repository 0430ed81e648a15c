/** One process after the other over one disk, with a queue and workers of its own: the embedded host. */
import { asMycroftError } from "@mycroft/errors";
import type { Store } from "../ports/store.ts";
import { isPortsVariant } from "./any-variant.ts";
import { BackfillWatch } from "./backfill-watch.ts";
import type { Memory } from "./clients/outside.ts";
import { simulatedDisk } from "./disk.ts";
import { type Life, startLife } from "./life.ts";
import { ProcessClock } from "./process-clock.ts";
import type { Rule } from "./rules.ts";
import { type ScenarioLife, startAt } from "./scenario.ts";
import { ScheduleWatch } from "./schedule-watch.ts";
import { UnreliableQueue } from "./unreliable-queue.ts";
import { Witness } from "./witness.ts";
import type { World, WorldOptions } from "./world.ts";

export class EmbeddedWorld implements World {
  readonly witness: Witness;
  readonly disk: Store;
  readonly #options: WorldOptions;
  readonly #processClock: ProcessClock;
  readonly #scheduleWatch: ScheduleWatch | null;
  readonly #backfillWatch: BackfillWatch | null;
  readonly #queue: UnreliableQueue;
  readonly #memory: Memory = { answered: new Set(), owed: new Map() };
  readonly #livesLeft: ScenarioLife[];
  #life: Life | null = null;
  #deployed = 0;
  #isFull = false;
  #deaths = 0;

  constructor(options: WorldOptions) {
    const { scenario, clock, random, deployments, note } = options;
    this.#options = options;
    this.#livesLeft = [...scenario.lives];
    this.#processClock = new ProcessClock(clock);
    this.#queue = new UnreliableQueue(clock, random.stream("queue"), scenario.queue);
    this.witness = new Witness({
      scenario,
      plans: deployments.flatMap((deployment) => [...deployment.values()]),
      elapsed: () => clock.elapsed(),
      queueHolds: (attempt) => this.#queue.holds(attempt),
      note,
    });
    this.#scheduleWatch = this.#watchSchedule();
    this.#backfillWatch = this.#watchBackfill();
    this.disk = simulatedDisk({
      now: () => clock.now(),
      onRun: (append) => {
        options.onStored();
        this.witness.durable.fold(append);
        if (append.create === undefined) return;
        this.#scheduleWatch?.begins(append.runId);
        this.#backfillWatch?.begins(append.runId);
      },
      onDocument: (write) => {
        this.#scheduleWatch?.stores(write);
        this.#backfillWatch?.stores(write);
      },
    });
  }

  get deaths(): number {
    return this.#deaths;
  }

  begin(): void {
    this.#plan();
    this.#startProcess();
  }

  hasEnded(): boolean {
    const life = this.#life;
    if (life === null) return false;
    if (life.process.isDead) {
      this.#bury(life);
      return false;
    }
    this.witness.looksAround();
    this.#checkPools(life);
    if (life.status === "failed") {
      const { code, message } = asMycroftError(life.failure);
      this.#accuse("failure", `${code}: ${message}`);
    }
    return life.status === "done";
  }

  checkEnd(): Promise<void> {
    this.#scheduleWatch?.checkEnd();
    this.#backfillWatch?.checkEnd();
    return Promise.resolve();
  }

  #watchSchedule(): ScheduleWatch | null {
    const { schedule, jumps } = this.#options.scenario;
    if (schedule === null) return null;
    return new ScheduleWatch({
      schedule,
      durable: this.witness.durable,
      accuse: (rule, detail) => this.#accuse(rule, detail),
      now: () => this.#processClock.now(),
      clockJumps: jumps.length > 0,
    });
  }

  #watchBackfill(): BackfillWatch | null {
    const { backfill } = this.#options.scenario;
    if (backfill === null) return null;
    const accuse = (rule: Rule, detail: string) => this.#accuse(rule, detail);
    return new BackfillWatch({ backfill, durable: this.witness.durable, accuse });
  }

  /** Sets the faults that come at a time. */
  #plan(): void {
    for (const { atMs, byMs } of this.#options.scenario.jumps) {
      this.#options.clock.setTimer(startAt + atMs, () => {
        this.#note(() => `the clock jumps by ${byMs} ms`);
        this.#processClock.jump(byMs);
      });
    }
    for (const { atMs, forMs } of this.#options.scenario.full) {
      this.#options.clock.setTimer(startAt + atMs, () => this.#setFull(true));
      this.#options.clock.setTimer(startAt + atMs + forMs, () => this.#setFull(false));
    }
  }

  #setFull(isFull: boolean): void {
    this.#note(() => (isFull ? "the store is full" : "the store has room again"));
    this.#isFull = isFull;
  }

  #startProcess(): void {
    const next = this.#livesLeft.shift();
    this.#note(() => `a process starts, to die at occasion ${next?.occasions ?? "none"}`);
    this.witness.begins();
    this.#life = startLife({
      scenario: this.#options.scenario,
      end: next ?? null,
      deployment:
        this.#options.deployments[Math.min(this.#deployed, this.#options.deployments.length - 1)] ??
        new Map(),
      world: this.#options.clock,
      clock: this.#processClock,
      disk: this.disk,
      isFull: () => this.#isFull,
      queue: this.#queue,
      random: this.#options.random.stream(`life ${this.#deaths}`),
      witness: this.witness,
      scheduleWatch: this.#scheduleWatch,
      memory: this.#memory,
      variant: isPortsVariant(this.#options.variant) ? this.#options.variant : undefined,
    });
  }

  /** Slots are counted from live leases: never more than there are, and none when nothing is left to be done. */
  #checkPools(life: Life): void {
    for (const { pool, slots, inUse, waiting } of life.pools()) {
      if (slots !== null && inUse > slots) this.#accuse("slots", `${inUse} of ${slots} of ${pool} in use`);
      if (life.status === "done" && inUse + waiting > 0) {
        this.#accuse("slots", `${pool} has ${inUse} in use and ${waiting} waiting in the end`);
      }
    }
  }

  #bury(life: Life): void {
    this.#deaths += 1;
    const { downMs = 0, wipesQueue = false, deploys = false } = life.death ?? {};
    if (deploys) this.#deployed += 1;
    this.#note(() => `the process dies${wipesQueue ? ", and the queue is wiped" : ""}; ${downMs} ms pass`);
    life.store.bury();
    this.witness.buries();
    this.#scheduleWatch?.buries();
    this.#queue.bury(wipesQueue);
    this.#life = null;
    this.#options.clock.setTimer(this.#options.clock.now() + downMs, () => this.#startProcess());
  }

  #accuse(rule: Rule, detail: string): void {
    this.witness.accuse(rule, detail);
  }

  #note(text: () => string): void {
    this.#options.note(text);
  }
}
