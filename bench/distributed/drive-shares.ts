/** One load, shared out to several processes that drive their part at the same time. */
import { type Driven, type Load, stepsPerRun } from "./load.ts";
import type { DriverOperations } from "./operations.ts";
import type { Work } from "./sample.ts";
import type { Child } from "./start-child.ts";

export interface SharedWork extends Work {
  readonly runs: number;
}

/** The time is that of the process that took longest; latencies are those of runs one at a time. */
export async function driveShares(
  all: readonly Pick<Child<DriverOperations>, "call">[],
  load: Load,
): Promise<SharedWork> {
  const busy = all.slice(0, load.atOnce);
  const share = (whole: number, index: number): number =>
    Math.floor(whole / busy.length) + (index < whole % busy.length ? 1 : 0);
  const driven = await Promise.all(
    busy.map((driver, index) => {
      const [atOnce, maxRuns] = [share(load.atOnce, index), share(load.maxRuns, index)];
      return driver.call("drive", { ...load, atOnce, maxRuns });
    }),
  );
  const runs = driven.reduce((sum, one) => sum + one.runs, 0);
  return {
    runs,
    steps: runs * stepsPerRun(load),
    elapsedMs: Math.max(...driven.map(({ elapsedMs }) => elapsedMs)),
    ...latencyOf(load, driven),
  };
}

/** How long a run takes among 99 others says little. */
function latencyOf({ atOnce }: Load, [only]: readonly Driven[]): Pick<Work, "latency"> {
  if (atOnce > 1 || only === undefined) return {};
  return { latency: { p50Ms: only.p50Ms, p99Ms: only.p99Ms } };
}
