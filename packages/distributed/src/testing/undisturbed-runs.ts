/** What the mixed runs come to when nothing disturbs them: one orchestrator and one worker in this process, all in memory. */
import { asMycroftError } from "@mycroft/errors";
import {
  type Bus,
  MemorySharedStore,
  SystemClock,
  startOrchestratorProcess,
  startWorkerProcess,
} from "@mycroft/runtime";
import { mixedFunctions } from "./mixed-functions.ts";
import { narrowPool } from "./mixed-plans.ts";
import type { MixedRun } from "./mixed-runs.ts";
import { MixedRunsDriver } from "./mixed-runs-driver.ts";
import { type MixedRunsEnds, readEnds } from "./mixed-runs-ends.ts";
import { PlainQueue } from "./plain-queue.ts";

/** Nobody listens. */
const noBus: Bus = {
  publish: async () => "0",
  subscribe: async () => ({ close: async () => {} }),
  deadLetters: async () => [],
  close: async () => {},
};

export async function undisturbedEnds(runs: readonly MixedRun[]): Promise<MixedRunsEnds> {
  const store = new MemorySharedStore();
  const clock = new SystemClock();
  const queue = new PlainQueue();
  const onError = (thrown: unknown): never => {
    throw asMycroftError(thrown);
  };
  const ports = { store, queue, bus: noBus, clock };
  const dispatch = { pools: { [narrowPool]: { slots: 6 } } };
  const orchestrator = await startOrchestratorProcess(ports, { dispatch, onError });
  const worker = await startWorkerProcess(
    { ...ports, gateway: mixedFunctions(() => {}, "1") },
    { pools: { default: 64, [narrowPool]: 16 }, onError },
  );
  await new MixedRunsDriver({ store, clock, runs }).drive();
  await worker.close();
  await orchestrator.close();
  return readEnds(store);
}
