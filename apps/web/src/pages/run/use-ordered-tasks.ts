/** The run's tasks in the plan's order, renewed a few times a second at the most: for lists, which need them all. */
import type { TaskSummary } from "@mycroft/protocol";
import { useMemo } from "react";
import { indexGraph } from "../../graph/graph-index.ts";
import { sortTasks } from "../../graph/node-path.ts";
import { useSlowVersion } from "../../graph/use-board.ts";
import { useRunPlan } from "./use-run-plan.ts";
import type { RunView } from "./use-run-view.ts";

export function useOrderedTasks(view: RunView): readonly TaskSummary[] {
  const nodes = useRunPlan(view).data?.nodes;
  const index = useMemo(() => indexGraph(nodes ?? []), [nodes]);
  const version = useSlowVersion(view.board);
  return useMemo(() => {
    void version;
    const last = index.nodes.size;
    return sortTasks(view.board.all(), (path) => index.nodes.get(path)?.rank ?? last);
  }, [view.board, index, version]);
}
