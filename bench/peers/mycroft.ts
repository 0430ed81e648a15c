/** Mycroft as an embedded host: orchestrator, queue, worker and SQLite store in this process. */
import { InProcessBus, InProcessQueue, openSqliteStore } from "@mycroft/embedded";
import { type Gateway, SystemClock, startHost } from "@mycroft/runtime";
import { chain, concurrency, fan } from "../engine/workloads.ts";
import type { Shape, System, SystemOptions } from "./system.ts";

const plans = { chain: chain(1, 1).plan, fan: fan(1, 1).plan };

export async function open({ folder, step }: SystemOptions): Promise<System> {
  const gateway: Gateway = {
    execute() {
      step();
      return Promise.resolve({ ok: true, output: null, version: "1" });
    },
  };
  const host = await startHost(
    {
      store: await openSqliteStore({ folder }),
      queue: new InProcessQueue(),
      bus: new InProcessBus(),
      clock: new SystemClock(),
      gateway,
    },
    { concurrency },
  );
  const { orchestrator } = host;
  const run = async (shape: Shape): Promise<void> => {
    const start = { plan: plans[shape], input: null, asOf: "2010-02-26" };
    const runId = await orchestrator.startRun({ ...start, provenance: { codeVersion: "bench" } });
    const { status } = await orchestrator.waitFor(runId);
    if (status !== "succeeded") throw new Error(`Run ${runId} has ${status}.`);
  };
  return { run, close: () => host.close() };
}
