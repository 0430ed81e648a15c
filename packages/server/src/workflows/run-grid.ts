/** The newest runs of a workflow by the nodes of its graph, as a grid: what went wrong where, over time. */
import type { TaskStatus } from "@mycroft/engine";
import type { RunGrid } from "@mycroft/protocol";
import type { RunHeader } from "@mycroft/runtime";
import type { ToldRun } from "../runs/told-run.ts";
import type { ToldRuns } from "../runs/told-runs.ts";
import { type PathNode, pathsOf, planView } from "./plan-view.ts";

/** From what needs no attention to what needs it most. */
const byAttention: readonly TaskStatus[] = [
  "succeeded",
  "waiting",
  "skipped",
  "expanded",
  "running",
  "sleeping",
  "waitingForSignal",
  "waitingForApproval",
  "retrying",
  "cancelled",
  "failed",
];

/** @param headers the newest first. */
export async function runGrid(toldRuns: ToldRuns, headers: readonly RunHeader[]): Promise<RunGrid> {
  const told: ToldRun[] = [];
  for (const { runId } of headers) told.push(await toldRuns.read(runId));
  const nodes = allNodes(told);
  return {
    nodes: [...nodes],
    runs: told.map((run) => {
      const { runId, status, asOf, createdAt, settledAt, tags } = run.header;
      return {
        ...{ runId, status, asOf, tags: [...tags] },
        createdAt: new Date(createdAt).toISOString(),
        durationMs: settledAt === null ? null : settledAt - createdAt,
        cells: cellsOf(run, nodes),
      };
    }),
  };
}

/** The nodes of every plan that these runs are pinned to; those of the newest come first. */
function allNodes(told: readonly ToldRun[]): readonly PathNode[] {
  const nodes = new Map<string, PathNode>();
  for (const plan of new Set(told.map(({ plan }) => plan))) {
    for (const node of pathsOf(planView(plan).nodes)) if (!nodes.has(node.path)) nodes.set(node.path, node);
  }
  return [...nodes.values()];
}

function cellsOf(run: ToldRun, nodes: readonly PathNode[]): RunGrid["runs"][number]["cells"] {
  const cells = new Map<string, { status: TaskStatus; tasks: number }>();
  for (const { id, step, status } of run.stories()) {
    const path = nodePath(id, run.nodes.get(step) ?? step);
    const cell = cells.get(path);
    if (cell === undefined) cells.set(path, { status, tasks: 1 });
    else {
      cell.tasks += 1;
      if (byAttention.indexOf(status) > byAttention.indexOf(cell.status)) cell.status = status;
    }
  }
  return nodes.map(({ path }) => cells.get(path) ?? null);
}

/** `companies/opinions` of `companies[3]/opinions.trend`. */
function nodePath(task: string, node: string): string {
  const place = task.slice(0, task.lastIndexOf("/") + 1).replaceAll(/\[\d+\]/g, "");
  return `${place}${node}`;
}
