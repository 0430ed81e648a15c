/** Pauses and resumes the schedule, and waits until the last of its firings has been dealt with. */
import { scheduleName } from "../schedule-watch.ts";
import { ask } from "./ask.ts";
import type { ClientOptions } from "./outside.ts";

const lookEveryMs = 30_000;

export async function useSchedule(options: ClientOptions): Promise<void> {
  const { scenario, scheduler, scheduleWatch, pause } = options;
  if (scenario.schedule === null || scheduler === null || scheduleWatch === null) return;
  scheduler.start();
  scheduleWatch.watches();
  await Promise.all(scenario.schedule.pauses.map((_, index) => pauseOnce(options, index)));
  while (!scheduleWatch.isThrough) await pause(lookEveryMs);
}

/** After a crash in between, the next process resumes what this one has paused. */
async function pauseOnce(options: ClientOptions, index: number): Promise<void> {
  const { scenario, scheduler, scheduleWatch, until, memory } = options;
  const planned = scenario.schedule?.pauses[index];
  if (planned === undefined || scheduler === null) return;
  const [paused, resumed] = [`pause ${index}`, `resume ${index}`];
  await until(planned.atMs);
  if (!memory.answered.has(paused)) await ask(options, [], () => scheduler.pause(scheduleName));
  memory.answered.add(paused);
  await until(planned.atMs + planned.forMs);
  if (memory.answered.has(resumed)) return;
  await ask(options, [], () => {
    scheduleWatch?.watches();
    return scheduler.resume(scheduleName);
  });
  memory.answered.add(resumed);
}
