/** What is known of a run from its stream: frames merged into one state, each event once, in whatever order connections come and go. */
import type { RunEventView, RunFrame, RunSummary, TaskSummary } from "@mycroft/protocol";

export interface RunState {
  readonly run: RunSummary;
  /** In the plan's order, as the first frame has them; what comes later is put after. A task that has not changed is the same object. */
  readonly tasks: ReadonlyMap<string, TaskSummary>;
  /** In order of `seq`, each once. */
  readonly events: readonly RunEventView[];
  readonly counts: Readonly<Record<string, number>>;
  readonly isSettled: boolean;
  /** The tasks that the last frame changed. */
  readonly changed: readonly string[];
}

/** The most events that a page keeps; older ones are asked of the server by page. */
const maxEvents = 20_000;

export function mergeFrame(state: RunState | null, frame: RunFrame): RunState {
  const known = state?.tasks;
  const changed = frame.tasks.filter((task) => !isSame(known?.get(task.task), task));
  return {
    run: frame.run,
    tasks: changed.length === 0 && known !== undefined ? known : withTasks(known, changed),
    events: withEvents(state?.events ?? [], frame.events),
    counts: frame.counts,
    isSettled: frame.isSettled,
    changed: changed.map(({ task }) => task),
  };
}

function withTasks(
  known: ReadonlyMap<string, TaskSummary> | undefined,
  changed: readonly TaskSummary[],
): ReadonlyMap<string, TaskSummary> {
  const tasks = new Map(known);
  for (const task of changed) tasks.set(task.task, task);
  return tasks;
}

function withEvents(known: readonly RunEventView[], more: readonly RunEventView[]): readonly RunEventView[] {
  const last = known.at(-1)?.seq ?? -1;
  const fresh = more.filter(({ seq }) => seq > last);
  if (fresh.length === 0) return known;
  return [...known, ...fresh].slice(-maxEvents);
}

/** After a reconnection every task comes again: what is equal keeps its identity, so that nothing is drawn anew. */
function isSame(before: TaskSummary | undefined, after: TaskSummary): boolean {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(after);
}
