/** The tasks of a node of the graph: all of them, or those of one status. */
import type { TaskStatusName, TaskSummary } from "@mycroft/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { EmptyState } from "../../design/empty-state.tsx";
import { Select } from "../../design/field.tsx";
import { formatDuration, formatPlural } from "../../design/format.ts";
import { SafeText } from "../../design/safe-text.tsx";
import { lookOf, StatusBadge } from "../../design/status-badge.tsx";
import { plainText } from "../../design/visible-text.ts";
import { indexGraph } from "../../graph/graph-index.ts";
import { kindLook } from "../../graph/kind-look.ts";
import { sortTasks } from "../../graph/node-path.ts";
import { StatusCountList } from "../../graph/status-counts.tsx";
import { countEntries } from "../../graph/status-order.ts";
import { useNodeState } from "../../graph/use-board.ts";
import type { Place } from "./use-place.ts";
import { useRunPlan } from "./use-run-plan.ts";
import type { RunView } from "./use-run-view.ts";

interface NodePanelProps {
  readonly view: RunView;
  readonly path: string;
  readonly place: Place;
}

const rowHeight = 44;

export function NodePanel({ view, path, place }: NodePanelProps) {
  const state = useNodeState(path);
  const nodes = useRunPlan(view).data?.nodes;
  const index = useMemo(() => indexGraph(nodes ?? []), [nodes]);
  const node = index.nodes.get(path)?.view;
  const [status, setStatus] = useState<TaskStatusName | "">("");
  const tasks = useMemo(() => {
    void state;
    const rankOf = (each: string) => index.nodes.get(each)?.rank ?? index.nodes.size;
    return sortTasks(view.board.tasksOf(path), rankOf).filter(
      (task) => status === "" || task.status === status,
    );
  }, [view.board, path, state, status, index]);
  return (
    <>
      {node !== undefined && (
        <dl className="facts">
          <dt>Kind</dt>
          <dd>{kindLook(node.kind).word}</dd>
          <dt>Does</dt>
          <dd>
            <SafeText text={node.label} />
          </dd>
          {node.takes.length > 0 && <Texts name="Takes" texts={node.takes} />}
          {node.rules.length > 0 && <Texts name="Rules" texts={node.rules} />}
          {node.agents.length > 0 && <Texts name="Agents" texts={node.agents} />}
          {state.withinTotal > 0 && (
            <>
              <dt>Within</dt>
              <dd>
                {formatPlural(state.items, node.kind === "repeat" ? "round" : "item")}, {state.withinTotal}{" "}
                tasks: <StatusCountList counts={state.within} />
              </dd>
            </>
          )}
        </dl>
      )}
      {state.total > 1 && (
        <Select
          label={formatPlural(state.total, "task")}
          value={status}
          choices={[
            { value: "", label: "of any status" },
            ...countEntries(state.counts).map(([each, count]) => ({
              value: each,
              label: `${lookOf(each).word} (${count})`,
            })),
          ]}
          onChange={setStatus}
        />
      )}
      {tasks.length === 0 ? (
        <EmptyState title={state.total === 0 ? "It has not come to this yet" : "No task has this status"} />
      ) : (
        <TaskList tasks={tasks} onOpen={place.openTask} />
      )}
    </>
  );
}

function Texts({ name, texts }: { readonly name: string; readonly texts: readonly string[] }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <SafeText text={texts.join(", ")} foldAt={240} />
      </dd>
    </>
  );
}

function TaskList({
  tasks,
  onOpen,
}: {
  readonly tasks: readonly TaskSummary[];
  readonly onOpen: (task: string) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const at = event.target instanceof HTMLElement ? Number(event.target.dataset["row"]) : Number.NaN;
    if (step === 0 || Number.isNaN(at)) return;
    event.preventDefault();
    virtual.scrollToIndex(Math.min(tasks.length - 1, Math.max(0, at + step)));
    event.currentTarget.querySelector<HTMLElement>(`[data-row="${at + step}"]`)?.focus();
  };
  return (
    <div ref={scroller} className="task-list" style={{ height: Math.min(tasks.length * rowHeight + 2, 460) }}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Arrow keys move among the buttons within. */}
      <div className="task-list-rows" style={{ height: virtual.getTotalSize() }} onKeyDown={onKeyDown}>
        {virtual.getVirtualItems().map(({ index: at, start }) => {
          const task = tasks[at];
          if (task === undefined) return null;
          return (
            <button
              key={task.task}
              type="button"
              className="task-row"
              data-row={at}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => onOpen(task.task)}
            >
              <span className="task-row-name">
                {plainText(task.step, 80)}
                {task.item !== null && <span className="quiet"> · {plainText(task.item, 60)}</span>}
              </span>
              <StatusBadge status={task.status} />
              <span className="task-row-more">{moreOf(task)}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}

function moreOf(task: TaskSummary): string {
  const parts = [
    task.target === null ? "" : task.target.name,
    tookOf(task),
    task.attempts.length > 1 ? `${task.attempts.length} attempts` : "",
    task.isCached ? "cached" : "",
    task.isTakenOver ? "taken over" : "",
    task.error === null ? (task.skipped ?? "") : `${task.error.code}: ${task.error.message}`,
  ];
  return plainText(parts.filter((part) => part !== "").join(" · "), 200);
}

function tookOf({ readyAt, settledAt }: TaskSummary): string {
  return readyAt === null || settledAt === null ? "" : formatDuration(settledAt - readyAt);
}
