/** A process that starts runs and waits for them through the store, and advances none itself. */
import { connectClusterStore } from "@mycroft/distributed";
import { RunClient } from "@mycroft/runtime";
import { type ClusterPorts, clusterOptions } from "./cluster-ports.ts";
import { drive, startOf } from "./load.ts";
import type { DriverOperations } from "./operations.ts";

export async function open(ports: ClusterPorts): Promise<DriverOperations> {
  const { store, clock, close } = await connectClusterStore(clusterOptions(ports));
  const client = new RunClient({ store, clock });
  return {
    drive(load) {
      const start = startOf(load);
      return drive(load, async () => {
        const runId = await client.startRun(start);
        const { status } = await client.waitFor(runId);
        if (status !== "succeeded") throw new Error(`Run ${runId} has ${status}.`);
      });
    },
    async close() {
      client.close();
      await close();
    },
  };
}
