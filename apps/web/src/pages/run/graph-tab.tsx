/** The run's graph, live. */
import { useEffect, useMemo, useState } from "react";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatPlural } from "../../design/format.ts";
import { SkeletonBlock } from "../../design/skeleton.tsx";
import { indexGraph } from "../../graph/graph-index.ts";
import { nodePathOf, pathsAround } from "../../graph/node-path.ts";
import { useTask } from "../../graph/use-board.ts";
import { WorkflowGraph } from "../../graph/workflow-graph.tsx";
import type { Place } from "./use-place.ts";
import { useRunPlan } from "./use-run-plan.ts";
import type { RunView } from "./use-run-view.ts";

export function GraphTab({ view, place }: { readonly view: RunView; readonly place: Place }) {
  const plan = useRunPlan(view);
  const index = useMemo(() => (plan.data === undefined ? null : indexGraph(plan.data.nodes)), [plan.data]);
  const task = useTask(place.task);
  const chosen = task === undefined ? place.node : nodePathOf(task);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    // What is chosen is in sight, however deep it is.
    if (chosen !== null) setOpened((before) => withAll(before, pathsAround(chosen)));
  }, [chosen]);
  const [onToggle] = useState(() => (path: string) => setOpened((before) => toggled(before, path)));
  if (plan.error !== null) {
    return (
      <ErrorNotice error={plan.error} title="The graph cannot be shown" onRetry={() => void plan.refetch()} />
    );
  }
  if (index === null) return <SkeletonBlock heightRem={24} />;
  const { omittedTasks } = view.detail;
  return (
    <>
      <WorkflowGraph
        index={index}
        opened={opened}
        onToggle={onToggle}
        selected={chosen}
        onSelect={place.openNode}
        hasRun
        label={`The graph of ${view.run.workflow}, with the state of each node`}
      />
      {omittedTasks > 0 && (
        <p className="quiet">
          {formatPlural(omittedTasks, "task")} more than a page takes: the counts at the nodes leave them out
          until they change; those at the top have them all.
        </p>
      )}
    </>
  );
}

function withAll(set: ReadonlySet<string>, members: readonly string[]): ReadonlySet<string> {
  return members.every((member) => set.has(member)) ? set : new Set([...set, ...members]);
}

function toggled(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}
