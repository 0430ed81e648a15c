/** `mycroft queues`: what is in flight in a cluster's pools, and why something waits. */

import { durationText, printable } from "@mycroft/record/text";
import type { PoolBacklog } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { openClusterStore } from "../host/cluster-store.ts";
import { findLacking, lackingText } from "../host/follow-in-cluster.ts";
import { type ClusterSettings, requireCluster } from "../project/host-settings.ts";
import { findRecordPlace } from "../project/open-project.ts";
import { renderTable } from "../text/table.ts";

interface PoolState extends PoolBacklog {
  /** Messages that wait in Redis; null where no queue is set, or it cannot be asked. */
  readonly messages: number | null;
}

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const settings = requireCluster(await findRecordPlace(options), "A list of a cluster's queues");
  const { store, clock, close } = await openClusterStore(settings, { readOnly: true });
  try {
    const backlogs = await store.listBacklogs();
    const pools = await withMessages(backlogs, await takenPools(store), settings);
    const lacking = await findLacking(store);
    if (terminal.json) {
      terminal.printJson({ pools: pools.map(poolJson), lacking });
      return 0;
    }
    const columns = [
      { title: "Pool" },
      ...["In hand", "Waiting", "In Redis"].map((title) => ({ title, align: "right" }) as const),
      { title: "Oldest waits" },
      { title: "Why", wraps: true },
    ];
    const rows = pools.map((state) => rowOf(state, clock.now()));
    if (rows.length === 0) terminal.note("Nothing is in flight.");
    else for (const line of renderTable(columns, rows, terminal)) terminal.print(line);
    if (lacking !== null) terminal.note(lackingText(lacking, { options }));
    return 0;
  } finally {
    await close();
  }
}

type Processes = Pick<Awaited<ReturnType<typeof openClusterStore>>["store"], "listProcesses">;

/** The pools that a worker takes tasks of. */
async function takenPools(store: Processes): Promise<ReadonlySet<string>> {
  return new Set((await store.listProcesses()).flatMap(({ pools }) => Object.keys(pools)));
}

async function withMessages(
  backlogs: readonly PoolBacklog[],
  taken: ReadonlySet<string>,
  { queue: url, name: prefix }: ClusterSettings,
): Promise<readonly PoolState[]> {
  const all = [
    ...backlogs,
    ...[...taken].filter((pool) => !backlogs.some((one) => one.pool === pool)).map(emptyPool),
  ];
  const told = all
    .map((backlog) => withReason(backlog, taken))
    .sort((one, other) => (one.pool < other.pool ? -1 : 1));
  if (url === null) return told.map((backlog) => ({ ...backlog, messages: null }));
  const { openBullmqQueue } = await import("@mycroft/distributed");
  const queue = await openBullmqQueue({ url, prefix });
  try {
    return await Promise.all(
      told.map(async (backlog) => ({ ...backlog, messages: await queue.depth(backlog.pool) })),
    );
  } finally {
    await queue.close();
  }
}

/** That nobody takes a pool's tasks, no worker can say. */
function withReason(backlog: PoolBacklog, taken: ReadonlySet<string>): PoolBacklog {
  if (backlog.waiting === 0 || taken.has(backlog.pool)) return backlog;
  return { ...backlog, reasons: [`no worker that is alive takes this pool's tasks`, ...backlog.reasons] };
}

function emptyPool(pool: string): PoolBacklog {
  return { pool, claimed: 0, waiting: 0, oldestAt: null, reasons: [] };
}

function rowOf({ pool, claimed, waiting, messages, oldestAt, reasons }: PoolState, now: number) {
  return [
    { text: pool, style: "bold" } as const,
    String(claimed),
    String(waiting),
    messages === null ? "?" : String(messages),
    oldestAt === null ? "" : durationText(Math.max(0, now - oldestAt)),
    reasons.map((reason) => printable(reason)).join("; "),
  ];
}

function poolJson({ oldestAt, claimed, ...rest }: PoolState) {
  return { ...rest, inHand: claimed, oldestAt: oldestAt === null ? null : new Date(oldestAt).toISOString() };
}
