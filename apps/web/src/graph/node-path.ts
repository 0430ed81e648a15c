/**
 * Where tasks are in a workflow's graph. A task's id is its way through the run (`companies[3]/opinion.momentum`), a
 * node's path its way through the graph (`companies/opinion`).
 */
import type { TaskSummary } from "@mycroft/protocol";

const itemIndex = /\[\d+\]$/;

export function nodePathOf({ task, node }: Pick<TaskSummary, "task" | "node">): string {
  // Names of steps hold no slash: one in `node` says that it is the whole path.
  if (node.includes("/")) return node;
  const owner = ownerPath(task);
  return owner === null ? node : `${owner}/${node}`;
}

/** The path of the node in whose body the task is; null for a task of the run itself. */
export function ownerPath(task: string): string | null {
  const end = task.lastIndexOf("/");
  if (end < 0) return null;
  const segments = task.slice(0, end).split("/");
  return segments.map((segment) => segment.replace(itemIndex, "")).join("/");
}

/** The item or round that the task belongs to, `companies[3]`; null for a task of the run itself. */
export function itemOf(task: string): string | null {
  const end = task.lastIndexOf("/");
  return end < 0 ? null : task.slice(0, end);
}

/** `a/b/c` is in `a/b` and in `a`: the outermost last. */
export function pathsAround(path: string): readonly string[] {
  const paths: string[] = [];
  for (let end = path.lastIndexOf("/"); end >= 0; end = path.lastIndexOf("/", end - 1)) {
    paths.push(path.slice(0, end));
    if (end === 0) break;
  }
  return paths;
}

interface Segment {
  readonly name: string;
  readonly index: number;
}

function segmentsOf(task: string): readonly Segment[] {
  return task.split("/").map((segment) => {
    const at = itemIndex.exec(segment);
    if (at === null) return { name: segment, index: -1 };
    return { name: segment.slice(0, at.index), index: Number(segment.slice(at.index + 1, -1)) };
  });
}

/**
 * Sorts tasks as the server does: in the plan's order, items and rounds after the step that they belong to.
 *
 * @param rankOf the place of a node's path in the plan's order.
 */
export function sortTasks<T extends Pick<TaskSummary, "task" | "node">>(
  tasks: Iterable<T>,
  rankOf: (path: string) => number,
): readonly T[] {
  const keyed = Array.from(tasks, (task) => ({ task, key: sortKey(task, rankOf) }));
  keyed.sort((left, right) => compareKeys(left.key, right.key));
  return keyed.map(({ task }) => task);
}

type SortKey = readonly (number | string)[];

function sortKey(task: Pick<TaskSummary, "task" | "node">, rankOf: (path: string) => number): SortKey {
  const segments = segmentsOf(task.task);
  const key: (number | string)[] = [];
  let path = "";
  for (const [at, { name, index }] of segments.entries()) {
    const isLast = at === segments.length - 1;
    path = path === "" ? name : `${path}/${name}`;
    key.push(rankOf(isLast ? nodePathOf(task) : path), name, index);
  }
  return key;
}

function compareKeys(left: SortKey, right: SortKey): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left[at] ?? 0;
    const b = right[at] ?? 0;
    if (a !== b) return a < b ? -1 : 1;
  }
  return left.length - right.length;
}
