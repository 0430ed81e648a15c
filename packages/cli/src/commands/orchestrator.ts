/** `mycroft orchestrator`: advances runs of a cluster. Exit code 0 when it was told to end and did so in good order. */
import type { Invocation } from "../command.ts";
import { requireCluster } from "../project/host-settings.ts";
import { openProject } from "../project/open-project.ts";
import { readGraceMs } from "../read-options.ts";
import { keepClusterRunning } from "../up/keep-cluster-running.ts";

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const graceMs = readGraceMs(options);
  const open = await openProject(options);
  const settings = requireCluster(open.place, "An orchestrator");
  const roles = { title: "Orchestrator", advancesRuns: true, pools: null };
  await keepClusterRunning({ open, settings, roles, invocation: { options, terminal }, graceMs, web: null });
  return 0;
}
