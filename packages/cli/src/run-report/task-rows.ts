/**
 * Which lines a run's Gantt has: one for each task, or, where a map has many, one for each step of its body with the
 * tasks counted.
 */
import type { JsonValue, RunState, StepDefinition, TaskStatus } from "@mycroft/engine";
import { shortened } from "../text/printable.ts";
import type { Style } from "../text/terminal.ts";
import type { GanttRow, Span } from "./gantt.ts";
import type { AttemptStory, TaskStory, Timeline } from "./run-timeline.ts";

/** Runs of more tasks than this are folded unless asked otherwise. */
export const foldAbove = 24;

/** From what needs no attention to what needs it most. */
const statusOrder: readonly TaskStatus[] = [
  "succeeded",
  "waiting",
  "skipped",
  "expanded",
  "running",
  "retrying",
  "cancelled",
  "failed",
];

export const statusStyles: Readonly<Record<TaskStatus, Style>> = {
  succeeded: "green",
  waiting: "dim",
  skipped: "dim",
  expanded: "cyan",
  running: "cyan",
  retrying: "yellow",
  cancelled: "yellow",
  failed: "red",
};

/** One row for each step, in the plan's order; steps whose map has not been expanded have none. */
export function foldedRows(
  timeline: Timeline,
  steps: readonly StepDefinition[],
  depth = 0,
): readonly GanttRow[] {
  const byStep = Map.groupBy(timeline.tasks, (task) => task.step);
  return rowsOf(steps, depth);

  function rowsOf(steps: readonly StepDefinition[], depth: number): readonly GanttRow[] {
    return steps.flatMap((step) => {
      const tasks = byStep.get(step.name) ?? [];
      if (tasks.length === 0) return [];
      const row = rowOf(step.name, depth, tasks, timeline.to);
      return step.kind === "map" ? [row, ...rowsOf(step.steps, depth + 1)] : [row];
    });
  }
}

/** One row for each task, the tasks of a map's items below it. */
export function unfoldedRows(timeline: Timeline, state: RunState): readonly GanttRow[] {
  const byParent = Map.groupBy(timeline.tasks, (task) => placeOf(task.id).parent);
  return rowsOf("", 0);

  function rowsOf(parent: string, depth: number): readonly GanttRow[] {
    return (byParent.get(parent) ?? []).flatMap((task) => {
      const { index } = placeOf(task.id);
      const item = index === "" ? "" : `[${index}${itemText(state.tasks.get(task.id)?.scope.item)}] `;
      const row = rowOf(`${item}${task.step}`, depth, [task], timeline.to);
      return task.kind === "map" ? [row, ...rowsOf(task.id, depth + 1)] : [row];
    });
  }
}

/** `companies[3]/decision` is the item 3 of the map `companies`. */
function placeOf(id: string): { readonly parent: string; readonly index: string } {
  const match = /^(?<parent>.*)\[(?<index>\d+)\]\/[^/]+$/.exec(id);
  return { parent: match?.groups?.["parent"] ?? "", index: match?.groups?.["index"] ?? "" };
}

function itemText(item: JsonValue | undefined): string {
  return typeof item === "string" || typeof item === "number" ? ` ${shortened(String(item), 12)}` : "";
}

function rowOf(label: string, depth: number, tasks: readonly TaskStory[], until: number): GanttRow {
  const counts = countBy(tasks);
  const worst = statusOrder.findLast((status) => counts.has(status)) ?? "waiting";
  return {
    label: tasks.length === 1 ? label : `${label} x${tasks.length}`,
    depth,
    status: tasks.length === 1 ? worst : statusText(counts),
    statusStyle: statusStyles[worst],
    attempts: tasks.reduce((sum, task) => sum + task.attempts.length, 0),
    spans: tasks.flatMap((task) => spansOf(task, until)),
  };
}

function countBy(tasks: readonly TaskStory[]): ReadonlyMap<TaskStatus, number> {
  const counts = new Map<TaskStatus, number>();
  for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

function statusText(counts: ReadonlyMap<TaskStatus, number>): string {
  return statusOrder
    .filter((status) => counts.has(status))
    .map((status) => `${counts.get(status)} ${status}`)
    .toReversed()
    .join(", ");
}

function spansOf(task: TaskStory, until: number): readonly Span[] {
  if (task.kind === "map") {
    if (task.readyAt === null || task.status === "skipped") return [];
    return [{ kind: "enclosing", from: task.readyAt, to: task.settledAt ?? until }];
  }
  return task.attempts.flatMap((attempt, index) => {
    const next = task.attempts[index + 1];
    const delay: readonly Span[] =
      next === undefined || attempt.endedAt === null
        ? []
        : [{ kind: "waiting", from: attempt.endedAt, to: next.queuedAt }];
    return [...attemptSpans(attempt, until), ...delay];
  });
}

function attemptSpans(attempt: AttemptStory, until: number): readonly Span[] {
  const { queuedAt, outcome } = attempt;
  const to = attempt.endedAt ?? until;
  // Nobody has said yet when it began, so it is drawn as waiting.
  if (attempt.startedAt === null && attempt.endedAt === null)
    return [{ kind: "waiting", from: queuedAt, to }];
  // A worker's clock may be off: its time is believed only within what the record allows.
  const from = Math.min(to, Math.max(queuedAt, attempt.startedAt ?? queuedAt));
  const kind = outcome === "succeeded" ? "work" : "failed";
  return [
    { kind: "waiting", from: queuedAt, to: from },
    { kind, from, to },
  ];
}
