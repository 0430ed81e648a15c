/**
 * Fires the project's schedules and goes on with backfills in one orchestrator of a cluster: the one that has the first shard.
 * They stop before that shard is given up; and should two be at it for a moment, start keys make each run start once.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { Clock, ShardListener, Timer } from "@mycroft/runtime";
import type { ScheduledWork } from "./scheduled-work.ts";

export interface ShardSchedulesOptions {
  readonly clock: Clock;
  readonly open: () => Promise<ScheduledWork>;
  readonly onChange: (isFiring: boolean, work: ScheduledWork) => void;
  readonly onError: (error: MycroftError) => void;
}

const schedulesShard = 0;
/** What other processes have changed (a schedule paused, a backfill begun) is noticed within this time. */
const refreshMs = 2_000;

export class ShardSchedules implements ShardListener {
  readonly #options: ShardSchedulesOptions;
  #isWanted = false;
  #work: ScheduledWork | null = null;
  #timer: Timer | null = null;
  /** One thing after another. */
  #turns: Promise<void> = Promise.resolve();

  constructor(options: ShardSchedulesOptions) {
    this.#options = options;
  }

  onTaken(shard: number): void {
    if (shard !== schedulesShard) return;
    this.#isWanted = true;
    void this.#inTurn(() => this.#begin());
  }

  async onLost(shard: number): Promise<void> {
    if (shard !== schedulesShard) return;
    this.#isWanted = false;
    await this.#inTurn(() => this.#end());
  }

  async #begin(): Promise<void> {
    if (!this.#isWanted || this.#work !== null) return;
    try {
      const work = await this.#options.open();
      this.#work = work;
      work.scheduler.start();
      work.backfills.start();
      this.#options.onChange(true, work);
      this.#later(() => this.#refresh());
    } catch (thrown) {
      this.#options.onError(asMycroftError(thrown));
      this.#later(() => this.#begin());
    }
  }

  async #refresh(): Promise<void> {
    if (this.#work === null) return;
    try {
      await this.#work.scheduler.refresh();
      await this.#work.backfills.refresh();
    } catch (thrown) {
      this.#options.onError(asMycroftError(thrown));
    }
    this.#later(() => this.#refresh());
  }

  async #end(): Promise<void> {
    this.#timer?.cancel();
    const work = this.#work;
    this.#work = null;
    if (work === null) return;
    await work.scheduler.close();
    await work.backfills.close();
    this.#options.onChange(false, work);
  }

  #later(act: () => Promise<void>): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setDelay(refreshMs, () => void this.#inTurn(act));
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    this.#turns = this.#turns.then(act).catch((thrown: unknown) => {
      this.#options.onError(asMycroftError(thrown));
    });
    return this.#turns;
  }
}
