/** Graphs and tasks of a run, for tests. */
import type { GraphNodeView, TaskStatusName, TaskSummary } from "@mycroft/protocol";

export function sampleNode(name: string, more: Partial<GraphNodeView> = {}): GraphNodeView {
  return {
    name,
    kind: "call",
    label: `calls ${name}`,
    agents: [],
    needs: [],
    takes: [],
    rules: [],
    nodes: [],
    ...more,
  };
}

export function sampleTask(
  task: string,
  status: TaskStatusName,
  more: Partial<TaskSummary> = {},
): TaskSummary {
  const name = task.slice(task.lastIndexOf("/") + 1);
  return {
    task,
    step: name,
    kind: "call",
    node: name,
    target: null,
    status,
    readyAt: null,
    settledAt: null,
    dueAt: null,
    attempts: [],
    item: null,
    error: null,
    skipped: null,
    isTakenOver: false,
    isCached: false,
    childRunId: null,
    ...more,
  };
}
