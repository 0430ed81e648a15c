/**
 * The newest state of a run's tasks and what it amounts to, node by node. A frame costs what has changed in it and
 * wakes only whoever looks at a node that has changed (as E13 for the screen).
 */
import type { TaskStatusName, TaskSummary } from "@mycroft/protocol";
import { itemOf, nodePathOf, ownerPath, pathsAround } from "./node-path.ts";
import { foldStatus, type StatusCounts } from "./status-order.ts";

export interface NodeState {
  /** Of the node's own tasks: one, or one for each item that its body was made for. */
  readonly counts: StatusCounts;
  readonly total: number;
  /** What `counts` amount to; null before there is any task. */
  readonly status: TaskStatusName | null;
  /** Of all tasks in the node's body. */
  readonly within: StatusCounts;
  readonly withinTotal: number;
  /** Items or rounds of its body so far. */
  readonly items: number;
}

const nothing: NodeState = { counts: {}, total: 0, status: null, within: {}, withinTotal: 0, items: 0 };

/** Runs what it is given later, once: before the next picture is painted, in a browser. */
export type Schedule = (flush: () => void) => void;

interface NodeTally {
  readonly own: Map<TaskStatusName, number>;
  readonly within: Map<TaskStatusName, number>;
  readonly items: Set<string>;
  readonly tasks: Map<string, TaskSummary>;
  state: NodeState;
}

export class TaskBoard {
  readonly #tasks = new Map<string, TaskSummary>();
  readonly #nodes = new Map<string, NodeTally>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #allListeners = new Set<(paths: readonly string[]) => void>();
  readonly #changed = new Set<string>();
  readonly #schedule: Schedule;
  #isScheduled = false;
  #version = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Takes the tasks of a frame, or of the whole run: those that are as they were cost nothing further. */
  apply(tasks: readonly TaskSummary[]): void {
    for (const task of tasks) this.#put(task);
    if (this.#changed.size === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(this.#flush);
  }

  task(id: string): TaskSummary | undefined {
    return this.#tasks.get(id);
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** Counts up with each change that listeners were told of. */
  get version(): number {
    return this.#version;
  }

  all(): Iterable<TaskSummary> {
    return this.#tasks.values();
  }

  /** The same object until something of the node has changed. */
  node(path: string): NodeState {
    return this.#nodes.get(path)?.state ?? nothing;
  }

  /** The node's own tasks, in the order in which they became known. */
  tasksOf(path: string): readonly TaskSummary[] {
    return [...(this.#nodes.get(path)?.tasks.values() ?? [])];
  }

  /** @returns what ends it. */
  subscribe(path: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(path) ?? new Set();
    this.#listeners.set(path, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  /** Tells of every change, with the paths of the nodes that it concerns. */
  subscribeAll(listener: (paths: readonly string[]) => void): () => void {
    this.#allListeners.add(listener);
    return () => {
      this.#allListeners.delete(listener);
    };
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    const paths = [...this.#changed];
    this.#changed.clear();
    this.#version += 1;
    for (const path of paths) this.#renew(path);
    for (const path of paths) for (const listener of this.#listeners.get(path) ?? []) listener();
    for (const listener of this.#allListeners) listener(paths);
  };

  #put(task: TaskSummary): void {
    const before = this.#tasks.get(task.task);
    if (before === task) return;
    this.#tasks.set(task.task, task);
    const path = nodePathOf(task);
    const tally = this.#tally(path);
    tally.tasks.set(task.task, task);
    this.#changed.add(path);
    if (before === undefined) this.#addToItem(task.task);
    if (before?.status === task.status) return;
    move(tally.own, before?.status, task.status);
    for (const outer of pathsAround(path)) {
      move(this.#tally(outer).within, before?.status, task.status);
      this.#changed.add(outer);
    }
  }

  #addToItem(id: string): void {
    const item = itemOf(id);
    const owner = ownerPath(id);
    if (item !== null && owner !== null) this.#tally(owner).items.add(item);
  }

  #tally(path: string): NodeTally {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const tally: NodeTally = {
      own: new Map(),
      within: new Map(),
      items: new Set(),
      tasks: new Map(),
      state: nothing,
    };
    this.#nodes.set(path, tally);
    return tally;
  }

  #renew(path: string): void {
    const tally = this.#tally(path);
    const counts = Object.fromEntries(tally.own) as StatusCounts;
    const within = Object.fromEntries(tally.within) as StatusCounts;
    tally.state = {
      counts,
      total: tally.tasks.size,
      status: foldStatus(counts),
      within,
      withinTotal: sum(tally.within),
      items: tally.items.size,
    };
  }
}

function move(
  counts: Map<TaskStatusName, number>,
  from: TaskStatusName | undefined,
  to: TaskStatusName,
): void {
  if (from !== undefined) {
    const left = (counts.get(from) ?? 0) - 1;
    if (left > 0) counts.set(from, left);
    else counts.delete(from);
  }
  counts.set(to, (counts.get(to) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<TaskStatusName, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
