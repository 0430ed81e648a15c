/** A worker in a process of its own, whose agent does nothing but count. */
import { connectCluster } from "@mycroft/distributed";
import { type Gateway, startWorkerProcess, type WorkerProcess } from "@mycroft/runtime";
import { type ClusterPorts, clusterOptions, concurrency } from "./cluster-ports.ts";
import type { WorkerOperations } from "./operations.ts";

export async function open(ports: ClusterPorts): Promise<WorkerOperations> {
  const options = clusterOptions(ports);
  const cluster = await connectCluster(options);
  let executed = 0;
  const gateway: Gateway = {
    execute() {
      executed += 1;
      return Promise.resolve({ ok: true, output: null, version: "1" });
    },
  };
  const { store, queue, clock } = cluster;
  const { onError } = options;
  const start = (): Promise<WorkerProcess> =>
    startWorkerProcess({ store, queue, clock, gateway }, { pools: { default: concurrency }, onError });
  let worker: WorkerProcess | null = await start();
  const pause = async (): Promise<void> => {
    await worker?.close();
    worker = null;
  };
  return {
    countExecuted: async () => executed,
    pause,
    async resume() {
      worker ??= await start();
    },
    async close() {
      await pause();
      await cluster.close();
    },
  };
}
