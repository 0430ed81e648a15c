/** Components that look at one node of a run's board, and are drawn anew only when that node has changed. */
import { createContext, use, useCallback, useSyncExternalStore } from "react";
import { type NodeState, TaskBoard } from "./task-board.ts";

/** Of a graph without a run: nothing ever happens. */
const idle = new TaskBoard(() => undefined);

export const BoardContext = createContext<TaskBoard>(idle);

export function useNodeState(path: string): NodeState {
  const board = use(BoardContext);
  const subscribe = useCallback((listener: () => void) => board.subscribe(path, listener), [board, path]);
  return useSyncExternalStore(subscribe, () => board.node(path));
}

/** Changes with every change of the board. */
export function useBoardVersion(board: TaskBoard): number {
  const subscribe = useCallback((listener: () => void) => board.subscribeAll(listener), [board]);
  return useSyncExternalStore(subscribe, () => board.version);
}
