/**
 * Which lines a run's Gantt has: one for each task, or, where there are many, one for each step with the tasks of its
 * items and rounds counted.
 */
import { bodyOf, type RunState, type StepDefinition, type TaskStatus } from "@mycroft/engine";
import type { AttemptStory, TaskStory, Timeline } from "@mycroft/record";
import { shortened } from "@mycroft/record/text";
import type { Style } from "../text/terminal.ts";
import type { GanttRow, Span, SpanKind } from "./gantt.ts";

/** Runs of more tasks than this are folded unless asked otherwise. */
export const foldAbove = 24;

/** From what needs no attention to what needs it most. */
const statusOrder: readonly TaskStatus[] = [
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

export const statusStyles: Readonly<Record<TaskStatus, Style>> = {
  succeeded: "green",
  waiting: "dim",
  skipped: "dim",
  expanded: "cyan",
  running: "cyan",
  sleeping: "cyan",
  waitingForSignal: "yellow",
  waitingForApproval: "yellow",
  retrying: "yellow",
  cancelled: "yellow",
  failed: "red",
};

/** As people read it. */
export function statusText(status: TaskStatus): string {
  switch (status) {
    case "waitingForSignal":
      return "awaits a signal";
    case "waitingForApproval":
      return "awaits a verdict";
    default:
      return status;
  }
}

/** One row for each step, in the plan's order; steps of a body that has not been run have none. */
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
      return [row, ...rowsOf(bodyOf(step)?.steps ?? [], depth + 1)];
    });
  }
}

/** One row for each task, the tasks of its items or rounds below it. */
export function unfoldedRows(timeline: Timeline, state: RunState): readonly GanttRow[] {
  const byParent = Map.groupBy(timeline.tasks, (task) => placeOf(task.id).parent);
  return rowsOf("", 0);

  function rowsOf(parent: string, depth: number): readonly GanttRow[] {
    return (byParent.get(parent) ?? []).flatMap((task) => {
      const { index } = placeOf(task.id);
      const place = index === "" ? "" : `[${index}${itemText(state, task.id)}] `;
      const row = rowOf(`${place}${task.step}`, depth, [task], timeline.to);
      return [row, ...rowsOf(task.id, depth + 1)];
    });
  }
}

/** `companies[3]/decision` lies in the item, or round, 3 of `companies`. */
function placeOf(id: string): { readonly parent: string; readonly index: string } {
  const match = /^(?<parent>.*)\[(?<index>\d+)\]\/[^/]+$/.exec(id);
  return { parent: match?.groups?.["parent"] ?? "", index: match?.groups?.["index"] ?? "" };
}

/** What a map's item is, where that is short. A round has only its number. */
function itemText(state: RunState, task: string): string {
  const scope = state.tasks.get(task)?.scope;
  const item = scope?.parent?.step.work.kind === "map" ? scope.item : null;
  return typeof item === "string" || typeof item === "number" ? ` ${shortened(String(item), 12)}` : "";
}

function rowOf(label: string, depth: number, tasks: readonly TaskStory[], until: number): GanttRow {
  const counts = countBy(tasks);
  const worst = statusOrder.findLast((status) => counts.has(status)) ?? "waiting";
  return {
    label: tasks.length === 1 ? label : `${label} x${tasks.length}`,
    depth,
    status: tasks.length === 1 ? statusText(worst) : countsText(counts),
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

function countsText(counts: ReadonlyMap<TaskStatus, number>): string {
  return statusOrder
    .filter((status) => counts.has(status))
    .map((status) => `${counts.get(status)} ${statusText(status)}`)
    .toReversed()
    .join(", ");
}

function spansOf(task: TaskStory, until: number): readonly Span[] {
  const whole = wholeSpan(task.kind);
  if (whole !== null) {
    if (task.readyAt === null || task.status === "skipped") return [];
    return [{ kind: whole, from: task.readyAt, to: task.settledAt ?? until }];
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

/** How a task is drawn that has no attempts; null for one that has. */
function wholeSpan(kind: StepDefinition["kind"]): SpanKind | null {
  switch (kind) {
    case "map":
    case "repeat":
      return "enclosing";
    case "approve":
    case "waitFor":
    case "sleep":
      return "awaiting";
    case "call":
    case "resolve":
    case "run":
      return null;
  }
}

function attemptSpans(attempt: AttemptStory, until: number): readonly Span[] {
  const { queuedAt, outcome } = attempt;
  const to = attempt.endedAt ?? until;
  // A child run begins when it is wanted.
  if (attempt.childRunId !== null && attempt.endedAt === null) return [{ kind: "work", from: queuedAt, to }];
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
