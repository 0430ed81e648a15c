/** `mycroft worker`: executes tasks of a cluster. Exit code 0 when it was told to end and did so in good order. */
import type { Invocation } from "../command.ts";
import { requireCluster } from "../project/host-settings.ts";
import { openProject } from "../project/open-project.ts";
import { readGraceMs } from "../read-options.ts";
import { keepClusterRunning } from "../up/keep-cluster-running.ts";
import { readPools } from "../up/worker-pools.ts";

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const graceMs = readGraceMs(options);
  const open = await openProject(options);
  const settings = requireCluster(open.place, "A worker");
  const roles = { title: "Worker", advancesRuns: false, pools: readPools(options, open.project) };
  await keepClusterRunning({ open, settings, roles, invocation: { options, terminal }, graceMs, web: null });
  return 0;
}
