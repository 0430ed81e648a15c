/**
 * The child process in which one system runs: drives it with each workload and sends what was measured to its parent,
 * one message for each.
 */
import { type Measured, measure, type TimeBox, type Workload, workloads } from "./measurement.ts";
import type { OpenSystem, SystemOptions } from "./system.ts";

/** What the parent gives as the only argument, in JSON. */
export interface Task extends Omit<SystemOptions, "step"> {
  readonly module: string;
  readonly box: TimeBox;
}

export interface Message {
  readonly workload: Workload["id"];
  readonly measured: Measured;
}

const { module, box, ...options }: Task = JSON.parse(process.argv[2] ?? "{}");
const { open }: { readonly open: OpenSystem } = await import(module);

let executed = 0;
const system = await open({
  ...options,
  step() {
    executed += 1;
  },
});
const driven = { system, executed: () => executed };
for (const workload of workloads) {
  const message: Message = { workload: workload.id, measured: await measure(driven, workload, box) };
  process.send?.(message);
}
await system.close();
// Some libraries leave connections or timers behind.
process.exit(0);
