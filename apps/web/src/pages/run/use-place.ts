/** What of a run is looked at: it stands in the page's address, so that it can be sent to somebody and gone back to. */
import { useCallback } from "react";
import { useSearchParams } from "react-router";
import { type LogLevel, logLevels } from "./log-levels.ts";

const tabIds = ["graph", "gantt", "events", "log", "data", "decisions"] as const;
export type TabId = (typeof tabIds)[number];

export interface Place {
  readonly tab: TabId;
  readonly task: string | null;
  readonly node: string | null;
  readonly event: number | null;
  /** Lines of logs that weigh less are not shown. */
  readonly level: LogLevel;
  readonly hasPanel: boolean;
  readonly setTab: (tab: TabId) => void;
  readonly openTask: (task: string) => void;
  readonly openNode: (node: string | null) => void;
  readonly openEvent: (seq: number) => void;
  readonly setLevel: (level: LogLevel) => void;
  /** From a task back to the node that it was chosen from, else nothing. */
  readonly close: () => void;
}

export function usePlace(): Place {
  const [search, setSearch] = useSearchParams();
  const tab = tabIds.find((id) => id === search.get("tab")) ?? "graph";
  const task = search.get("task");
  const node = search.get("node");
  const seq = search.get("event");
  const event = seq !== null && /^\d{1,9}$/.test(seq) ? Number(seq) : null;
  const change = useCallback(
    (changes: Readonly<Record<string, string | null>>) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [key, value] of Object.entries(changes)) {
            if (value === null) next.delete(key);
            else next.set(key, value);
          }
          return next;
        },
        { preventScrollReset: true },
      ),
    [setSearch],
  );
  const openNode = useCallback(
    (path: string | null) => change({ node: path, task: null, event: null }),
    [change],
  );
  const openTask = useCallback((id: string) => change({ task: id, event: null }), [change]);
  return {
    tab,
    task,
    node,
    event,
    level: logLevels.find((one) => one === search.get("level")) ?? "debug",
    hasPanel: task !== null || node !== null || event !== null,
    setTab: (id) => change({ tab: id === "graph" ? null : id }),
    openTask,
    openNode,
    openEvent: (number) => change({ event: String(number), task: null, node: null }),
    setLevel: (level) => change({ level: level === "debug" ? null : level }),
    close: () => change(task !== null ? { task: null } : { node: null, event: null }),
  };
}
