/** `mycroft workers`: the processes of a cluster that are alive. Exit code 1 when nobody executes or advances its runs. */

import { durationText, timeText } from "@mycroft/record/text";
import type { ListedProcess } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { openClusterStore } from "../host/cluster-store.ts";
import { findLacking, lackingText } from "../host/follow-in-cluster.ts";
import { requireCluster } from "../project/host-settings.ts";
import { findRecordPlace } from "../project/open-project.ts";
import { renderTable } from "../text/table.ts";

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const settings = requireCluster(await findRecordPlace(options), "A list of a cluster's processes");
  const { store, clock, close } = await openClusterStore(settings, { readOnly: true });
  try {
    const processes = await store.listProcesses();
    const lacking = await findLacking(store);
    if (terminal.json) terminal.printJson({ processes: processes.map(processJson), lacking });
    else {
      const titles = ["Process", "Kind", "Takes", "In hand", "Shards", "Version", "Since", "Seen"];
      const columns = titles.map((title) => ({ title }));
      const rows = processes.map((one) => rowOf(one, clock.now()));
      if (rows.length > 0) for (const line of renderTable(columns, rows, terminal)) terminal.print(line);
      if (lacking !== null) terminal.note(lackingText(lacking, { options }));
    }
    return lacking === null ? 0 : 1;
  } finally {
    await close();
  }
}

function rowOf(one: ListedProcess, now: number) {
  const { name, kind, pools, shards, startedAt, seenAt, version } = one;
  const takes = Object.entries(pools).map(([pool, { concurrency }]) => `${pool} ${concurrency}`);
  return [
    { text: name, style: "bold" } as const,
    kind,
    takes.join(", "),
    kind === "worker" ? String(inHandOf(one)) : "",
    kind === "orchestrator" ? String(shards) : "",
    version,
    timeText(startedAt),
    `${durationText(Math.max(0, now - seenAt))} ago`,
  ];
}

function processJson(one: ListedProcess) {
  const { startedAt, seenAt, ...rest } = one;
  const times = { startedAt: new Date(startedAt).toISOString(), seenAt: new Date(seenAt).toISOString() };
  return { ...rest, inHand: inHandOf(one), ...times };
}

function inHandOf({ pools }: ListedProcess): number {
  return Object.values(pools).reduce((sum, { inHand }) => sum + inHand, 0);
}
