/** `mycroft up`: keeps running. Exit code 0 when it was told to end and did so in good order. */
import type { Invocation } from "../command.ts";
import { withHolderAdvice } from "../host/held-elsewhere.ts";
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
    await withHolderAdvice(place.folder, adviceOfHolder, () =>
      keepRunning({
        ...{ open: held, invocation, graceMs, web },
        greet: async ({ holder, page, log }) => {
          await tellSummary(holder, page?.signInUrl ?? null, held, invocation);
          log.attach(holder.store);
        },
      }),
    );
  } else {
    const { keepClusterRunning } = await import("../up/keep-cluster-running.ts");
    const roles = { title: "Up", advancesRuns: true, pools: allPools(open.project) };
    await keepClusterRunning({ open, settings: place.cluster, roles, invocation, graceMs, web });
  }
  return 0;
}

function adviceOfHolder(page: string | null): string {
  const where =
    page === null ? "" : ` Its page is ${page}; \`mycroft start\` gives the address that signs in there.`;
  return `It does what \`mycroft up\` does: schedules fire, and other commands hand their work to it.${where} Stop it to start another one, or name another record with --folder.`;
}
