/** When each task of the run waited and worked. */
import { useNow } from "../../design/time.tsx";
import { GanttChart } from "../../graph/gantt-chart.tsx";
import { useOrderedTasks } from "./use-ordered-tasks.ts";
import type { Place } from "./use-place.ts";
import type { RunView } from "./use-run-view.ts";

export function GanttTab({ view, place }: { readonly view: RunView; readonly place: Place }) {
  const tasks = useOrderedTasks(view);
  const isRunning = view.run.status === "running";
  const now = useNow(isRunning ? 500 : null);
  return (
    <GanttChart tasks={tasks} now={isRunning ? now : null} selected={place.task} onSelect={place.openTask} />
  );
}
