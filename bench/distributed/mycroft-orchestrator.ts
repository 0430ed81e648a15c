/** An orchestrator in a process of its own, which also starts runs and waits for them, as the API of a server would. */
import { connectCluster } from "@mycroft/distributed";
import { startOrchestratorProcess } from "@mycroft/runtime";
import { type ClusterPorts, clusterOptions } from "./cluster-ports.ts";
import { drive, startOf } from "./load.ts";
import type { OrchestratorOperations } from "./operations.ts";

export async function open(ports: ClusterPorts): Promise<OrchestratorOperations> {
  const options = clusterOptions(ports);
  const cluster = await connectCluster(options);
  const { onError } = options;
  const { orchestrator, close } = await startOrchestratorProcess(cluster, { onError });
  let isEnough = false;
  return {
    drive(load) {
      const start = startOf(load);
      const run = async (): Promise<void> => {
        const runId = await orchestrator.startRun(start);
        const { status } = await orchestrator.waitFor(runId);
        if (status !== "succeeded") throw new Error(`Run ${runId} has ${status}.`);
      };
      isEnough = false;
      return drive(load, run, () => isEnough);
    },
    async stopStarting() {
      isEnough = true;
    },
    countShards: async () => orchestrator.shards.length,
    async countWaiting() {
      const backlogs = await cluster.store.listBacklogs();
      const offers = backlogs.reduce((sum, { waiting }) => sum + waiting, 0);
      return { offers, messages: await cluster.queue.depth("default") };
    },
    async close() {
      await close();
      await cluster.close();
    },
  };
}
