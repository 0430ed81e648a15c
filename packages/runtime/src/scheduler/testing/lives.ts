/** The lives of one scheduler, one after another, in one world. */
import type { MycroftError } from "@mycroft/errors";
import type { ScheduleDefinition } from "../schedule-definition.ts";
import { Scheduler } from "../scheduler.ts";
import type { SchedulerNotice } from "../scheduler-notice.ts";
import { type MortalView, untilQuiet, type World } from "./world.ts";

export class Lives {
  readonly world: World;
  readonly notices: SchedulerNotice[] = [];
  readonly errors: MycroftError[] = [];
  #process: MortalView | null = null;

  constructor(world: World) {
    this.world = world;
  }

  get isDead(): boolean {
    return this.#process?.isDead ?? true;
  }

  /** A new process with the schedules started; the process before it is dead from now on. */
  async begin(schedules: readonly ScheduleDefinition[], effects?: number): Promise<Scheduler> {
    const scheduler = await this.open(schedules, effects);
    scheduler.start();
    await untilQuiet();
    return scheduler;
  }

  /** The same without starting anything. */
  async open(schedules: readonly ScheduleDefinition[], effects?: number): Promise<Scheduler> {
    this.kill();
    const process = this.world.process(effects);
    this.#process = process;
    return Scheduler.open({
      schedules,
      store: process.store,
      runs: process.runs,
      clock: process.clock,
      provenance: { codeVersion: "test" },
      onNotice: (notice) => this.notices.push(notice),
      onError: (error) => this.errors.push(error),
    });
  }

  kill(): void {
    this.#process?.kill();
    this.#process = null;
  }
}
