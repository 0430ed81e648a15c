/** DBOS's turn: the same runs on the same kind of Postgres, started in the processes that execute them. */
import type { DbosSetting } from "./dbos-process.ts";
import { driveShares } from "./drive-shares.ts";
import { type Load, unlimited } from "./load.ts";
import type { DriverOperations } from "./operations.ts";
import type { ClusterSize } from "./running-cluster.ts";
import { type Cast, type Sample, takeSample } from "./sample.ts";
import { type Child, startChild } from "./start-child.ts";
import { runsAtOnce, shapes, type Turn } from "./turn.ts";
import { withServers } from "./turn-servers.ts";

export const dbosName = "DBOS";

/** As many processes as Mycroft has workers, each of which calls its share of the runs. */
export function dbosTurn({ workers }: ClusterSize): Turn {
  return {
    name: dbosName,
    onDisk:
      "each step's result, in Postgres in a commit of its own, with an fsync that sessions of the same moment share",
    measure: ({ measureMs, warmUpMs }) =>
      withServers({ postgres: true, redis: null }, async ({ ports, pids, folder }) => {
        const setting: DbosSetting = { postgres: ports.postgres, folder };
        const children: Child<DriverOperations>[] = [];
        try {
          for (let index = 0; index < workers; index += 1) {
            // Each is an executor of its own, or it would take the runs of the others for its own that were left undone.
            const env = { DBOS__VMID: `executor-${index}`, NODE_NO_WARNINGS: "1" };
            children.push(await startChild({ module: "./dbos-process.ts", setting }, env));
          }
          const cast: Cast = { workers: children.map(({ pid }) => pid), Postgres: pids.postgres };
          const samples: Sample[] = [];
          for (const shape of shapes) {
            const load: Load = { shape, atOnce: runsAtOnce, maxRuns: unlimited, maxMs: measureMs };
            await driveShares(children, { ...load, maxMs: warmUpMs });
            const work = () => driveShares(children, load);
            samples.push(await takeSample({ system: dbosName, load: shape }, cast, work));
          }
          return samples;
        } finally {
          await Promise.all(children.map((child) => child.end()));
        }
      }),
  };
}
