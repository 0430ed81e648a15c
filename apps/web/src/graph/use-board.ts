/** Components that look at one node of a run's board, and are drawn anew only when that node has changed. */
import type { TaskSummary } from "@mycroft/protocol";
import { createContext, use, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { type NodeState, TaskBoard } from "./task-board.ts";

/** Of a graph without a run: nothing ever happens. */
const idle = new TaskBoard(() => undefined);

export const BoardContext = createContext<TaskBoard>(idle);

export function useNodeState(path: string): NodeState {
  const board = use(BoardContext);
  const subscribe = useCallback((listener: () => void) => board.subscribe(path, listener), [board, path]);
  return useSyncExternalStore(subscribe, () => board.node(path));
}

/** One task as it is now; undefined when it is not known. */
export function useTask(task: string | null): TaskSummary | undefined {
  const board = use(BoardContext);
  const subscribe = useCallback((listener: () => void) => board.subscribeAll(listener), [board]);
  return useSyncExternalStore(subscribe, () => (task === null ? undefined : board.task(task)));
}

const slowMs = 300;

/** The board's version, renewed a few times a second at the most: for lists, which need all tasks. */
export function useSlowVersion(board: TaskBoard): number {
  const [version, setVersion] = useState(board.version);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const renew = (): void => {
      timer = null;
      setVersion(board.version);
    };
    renew();
    const end = board.subscribeAll(() => {
      timer ??= setTimeout(renew, slowMs);
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [board]);
  return version;
}
