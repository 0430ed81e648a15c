/** Rows and bars of a run's Gantt chart: one row for each task, or, of runs with many, one for each node that opens into its tasks. */
import type { TaskStatusName, TaskSummary } from "@mycroft/protocol";
import { nodePathOf } from "./node-path.ts";
import { foldStatus, type StatusCounts } from "./status-order.ts";

/** What a bar shows: a place in the queue, an attempt and how it ended, or a wait for an item, a person, a signal or a time. */
export type BarKind = "queued" | "underWay" | "succeeded" | "failed" | "cancelled" | "waits";

export interface GanttBar {
  readonly kind: BarKind;
  /** Milliseconds since the epoch. */
  readonly from: number;
  /** Null while it goes on. */
  readonly to: number | null;
  /** Null for a bar of several tasks. */
  readonly attempt: number | null;
}

export interface GanttRow {
  readonly key: string;
  readonly kind: "node" | "task";
  readonly path: string;
  readonly label: string;
  /** Null for a row of a node. */
  readonly task: string | null;
  readonly depth: number;
  readonly status: TaskStatusName | null;
  readonly counts: StatusCounts;
  readonly tasks: number;
  readonly isOpen: boolean;
  readonly bars: readonly GanttBar[];
}

export interface GanttOptions {
  /** Nodes whose tasks have rows of their own. */
  readonly opened: ReadonlySet<string>;
  /** With more tasks than this, each node is one row. */
  readonly mostTaskRows: number;
}

export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** @param tasks in the plan's order. */
export function ganttRows(tasks: readonly TaskSummary[], options: GanttOptions): readonly GanttRow[] {
  if (tasks.length <= options.mostTaskRows) {
    return tasks.map((task) => taskRow(task, depthOf(nodePathOf(task))));
  }
  const groups = Map.groupBy(tasks, nodePathOf);
  return [...groups].flatMap(([path, members]) => {
    const [only] = members;
    if (members.length === 1 && only !== undefined) return [taskRow(only, depthOf(path))];
    const isOpen = options.opened.has(path);
    const row = nodeRow(path, members, isOpen);
    return isOpen ? [row, ...members.map((task) => taskRow(task, row.depth + 1))] : [row];
  });
}

/** From the first thing that happened to the last; `now` stands for the end of what goes on. Null before anything. */
export function ganttSpan(tasks: Iterable<TaskSummary>, now: number): TimeSpan | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const task of tasks) {
    for (const bar of barsOf(task)) {
      from = Math.min(from, bar.from);
      to = Math.max(to, bar.to ?? now);
    }
  }
  return from > to ? null : { from, to };
}

function taskRow(task: TaskSummary, depth: number): GanttRow {
  return {
    key: task.task,
    kind: "task",
    path: nodePathOf(task),
    label: labelOf(task),
    task: task.task,
    depth,
    status: task.status,
    counts: { [task.status]: 1 },
    tasks: 1,
    isOpen: false,
    bars: barsOf(task),
  };
}

function nodeRow(path: string, members: readonly TaskSummary[], isOpen: boolean): GanttRow {
  const counts: Partial<Record<TaskStatusName, number>> = {};
  for (const { status } of members) counts[status] = (counts[status] ?? 0) + 1;
  return {
    key: `${path}/`,
    kind: "node",
    path,
    label: lastOf(path),
    task: null,
    depth: depthOf(path),
    status: foldStatus(counts),
    counts,
    tasks: members.length,
    isOpen,
    bars: mergeBars(members.flatMap(barsOf)),
  };
}

function barsOf(task: TaskSummary): readonly GanttBar[] {
  if (task.attempts.length === 0) return waitBars(task);
  return task.attempts.flatMap(({ attempt, queuedAt, startedAt, endedAt, outcome }) => {
    const queued: GanttBar = { kind: "queued", from: queuedAt, to: startedAt ?? endedAt, attempt };
    if (startedAt === null) return [queued];
    return [queued, { kind: outcome, from: startedAt, to: endedAt, attempt }];
  });
}

/** Of what has no attempts, such as a map, a sleep or an approval: from when it was ready to when it settled. */
function waitBars({ readyAt, settledAt, status }: TaskSummary): readonly GanttBar[] {
  if (readyAt === null || status === "skipped") return [];
  return [{ kind: "waits", from: readyAt, to: settledAt, attempt: null }];
}

/** Bars of one kind that overlap or touch become one: what a row of many tasks shows is when anything of the kind went on. */
export function mergeBars(bars: readonly GanttBar[]): readonly GanttBar[] {
  const merged: GanttBar[] = [];
  for (const [kind, members] of Map.groupBy(bars, (bar) => bar.kind)) {
    const sorted = members.toSorted((left, right) => left.from - right.from);
    let open: { from: number; to: number | null } | null = null;
    for (const { from, to } of sorted) {
      if (open !== null && (open.to === null || from <= open.to)) {
        open.to = open.to === null || to === null ? null : Math.max(open.to, to);
        continue;
      }
      if (open !== null) merged.push({ kind, ...open, attempt: null });
      open = { from, to };
    }
    if (open !== null) merged.push({ kind, ...open, attempt: null });
  }
  return merged;
}

function labelOf({ task, item }: TaskSummary): string {
  const name = task.slice(task.lastIndexOf("/") + 1);
  return item === null || !task.includes("/") ? name : `${name} · ${item}`;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function depthOf(path: string): number {
  return path.split("/").length - 1;
}
