/** `mycroft up`: keeps running. Exit code 0 when it was told to end and did so in good order. */
import type { Invocation } from "../command.ts";
import { openProject } from "../project/open-project.ts";
import { readGraceMs } from "../read-options.ts";
import { allPools } from "../up/worker-pools.ts";
import { readWebOptions } from "../web/web-options.ts";

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const graceMs = readGraceMs(options);
  const web = readWebOptions(options);
  const open = await openProject(options);
  const invocation = { options, terminal };
  const { place } = open;
  if (place.kind === "folder") {
    const { keepRunning } = await import("../up/keep-running.ts");
    const { tellSummary } = await import("../up/up-summary.ts");
    const held = { ...open, place };
    await keepRunning({
      ...{ open: held, invocation, graceMs, web },
      greet: ({ holder, page, log }) => {
        log.attach(holder.store);
        return tellSummary(holder, page?.signInUrl ?? null, held, invocation);
      },
    });
  } else {
    const { keepClusterRunning } = await import("../up/keep-cluster-running.ts");
    const roles = { title: "Up", advancesRuns: true, pools: allPools(open.project) };
    await keepClusterRunning({ open, settings: place.cluster, roles, invocation, graceMs, web });
  }
  return 0;
}
