/**
 * When each task waited and worked: a row for each task or node, its attempts as bars, the time in a queue lighter. Only the
 * rows in sight are drawn, so that ten thousand tasks cost no more than forty.
 */
import "./gantt-chart.css";
import type { TaskSummary } from "@mycroft/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from "react";
import { classNames } from "../design/class-names.ts";
import { EmptyState } from "../design/empty-state.tsx";
import { formatDuration } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { lookOf } from "../design/status-badge.tsx";
import { plainText } from "../design/visible-text.ts";
import { type GanttBar, type GanttRow, ganttRows, ganttSpan, type TimeSpan } from "./gantt-rows.ts";
import { countText } from "./status-counts.tsx";
import { shareOf, ticksOf } from "./time-scale.ts";

interface GanttChartProps {
  /** In the plan's order. */
  readonly tasks: readonly TaskSummary[];
  /** What stands for the end of what goes on; null when nothing does. */
  readonly now: number | null;
  readonly selected: string | null;
  readonly onSelect: (task: string) => void;
}

const rowHeight = 28;
const mostTaskRows = 40;

export function GanttChart({ tasks, now, selected, onSelect }: GanttChartProps) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => ganttRows(tasks, { opened, mostTaskRows }), [tasks, opened]);
  const span = useMemo(() => ganttSpan(tasks, now ?? 0), [tasks, now]);
  const toggle = (path: string): void => setOpened((before) => toggled(before, path));
  if (span === null) {
    return <EmptyState title="Nothing has begun">Bars appear with the first task that is queued.</EmptyState>;
  }
  return (
    <div className="gantt">
      <GanttLegend />
      <GanttRows
        rows={rows}
        span={span}
        now={now}
        selected={selected}
        onSelect={onSelect}
        onToggle={toggle}
      />
    </div>
  );
}

interface GanttRowsProps {
  readonly rows: readonly GanttRow[];
  readonly span: TimeSpan;
  readonly now: number | null;
  readonly selected: string | null;
  readonly onSelect: (task: string) => void;
  readonly onToggle: (path: string) => void;
}

function GanttRows({ rows, span, now, selected, onSelect, onToggle }: GanttRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const current = Math.min(active, rows.length - 1);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${current}"]`)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[current];
    const to = nextRow(event.key, current, rows.length);
    if (to !== null) {
      event.preventDefault();
      setActive(to);
      virtual.scrollToIndex(to);
      wantsFocus.current = true;
    } else if (row?.kind === "node" && isToggleKey(event.key, row.isOpen)) {
      event.preventDefault();
      onToggle(row.path);
    }
  };
  return (
    <div ref={scroller} className="gantt-scroller">
      <GanttAxis span={span} now={now} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Arrow keys move among the buttons within. */}
      <div className="gantt-rows" style={{ height: virtual.getTotalSize() }} onKeyDown={onKeyDown}>
        {now !== null && (
          <span className="gantt-now" style={{ left: nowAt(shareOf(now, span)) }} aria-hidden="true" />
        )}
        {virtual.getVirtualItems().map(({ index: at, start }) => {
          const row = rows[at];
          if (row === undefined) return null;
          return (
            <GanttRowView
              key={row.key}
              row={row}
              at={at}
              start={start}
              span={span}
              now={now}
              isSelected={row.task !== null && row.task === selected}
              isTabStop={at === current}
              onFocus={setActive}
              onSelect={onSelect}
              onToggle={onToggle}
            />
          );
        })}
      </div>
    </div>
  );
}

interface GanttRowProps {
  readonly row: GanttRow;
  readonly at: number;
  readonly start: number;
  readonly span: TimeSpan;
  readonly now: number | null;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly onFocus: (at: number) => void;
  readonly onSelect: (task: string) => void;
  readonly onToggle: (path: string) => void;
}

const GanttRowView = memo(function GanttRowView(props: GanttRowProps) {
  const { row, at, start, span, now, isSelected, isTabStop, onFocus, onSelect, onToggle } = props;
  const look = row.status === null ? null : lookOf(row.status);
  const end = now ?? span.to;
  return (
    <button
      type="button"
      data-row={at}
      className={classNames("gantt-row", isSelected && "gantt-row-selected")}
      style={{ transform: `translateY(${start}px)` }}
      tabIndex={isTabStop ? 0 : -1}
      {...(row.kind === "node" && { "aria-expanded": row.isOpen })}
      onFocus={() => onFocus(at)}
      onClick={() => (row.task === null ? onToggle(row.path) : onSelect(row.task))}
    >
      <span className="gantt-label" style={{ paddingLeft: `${8 + row.depth * 12}px` }}>
        {row.kind === "node" && (
          <span className={classNames("graph-tree-toggle", row.isOpen && "graph-tree-toggle-open")}>
            <Icon name="chevron" size={11} />
          </span>
        )}
        {look !== null && (
          <span className={`tone-${look.tone}`} title={look.word}>
            <Icon name={look.icon} size={12} />
          </span>
        )}
        <span className="gantt-name">{plainText(row.label, 120)}</span>
        {row.tasks > 1 && <span className="quiet">{row.tasks.toLocaleString("en")}</span>}
        <span className="visually-hidden">{spoken(row, end)}</span>
      </span>
      <span className="gantt-bars" aria-hidden="true">
        {row.bars.map((bar) => (
          <Bar key={`${bar.kind} ${bar.from} ${bar.attempt}`} bar={bar} span={span} end={end} />
        ))}
      </span>
    </button>
  );
});

function Bar({ bar, span, end }: { readonly bar: GanttBar; readonly span: TimeSpan; readonly end: number }) {
  const from = shareOf(bar.from, span);
  const to = shareOf(bar.to ?? end, span);
  return (
    <span
      className={`gantt-bar gantt-bar-${bar.kind}`}
      title={barText(bar, end)}
      style={{ left: `${100 * from}%`, width: `max(2px, ${100 * (to - from)}%)` }}
    />
  );
}

function GanttAxis({ span, now }: { readonly span: TimeSpan; readonly now: number | null }) {
  return (
    <div className="gantt-axis" aria-hidden="true">
      <span className="gantt-label quiet">
        {now === null ? formatDuration(span.to - span.from) : "so far"}
      </span>
      <span className="gantt-ticks">
        {ticksOf(span, 8).map(({ at, label }) => (
          <span key={label} className="gantt-tick" style={{ left: `${100 * at}%` }}>
            {label}
          </span>
        ))}
      </span>
    </div>
  );
}

const legend = [
  ["queued", "in the queue"],
  ["underWay", "at work"],
  ["succeeded", "succeeded"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
  ["waits", "waits for others, a person, a signal or a time"],
] as const;

function GanttLegend() {
  return (
    <ul className="gantt-legend">
      {legend.map(([kind, word]) => (
        <li key={kind}>
          <span className={`gantt-swatch gantt-bar-${kind}`} aria-hidden="true" />
          {word}
        </li>
      ))}
    </ul>
  );
}

function spoken(row: GanttRow, end: number): string {
  const bars = row.kind === "node" ? [] : row.bars.slice(-6).map((bar) => barText(bar, end));
  return [row.tasks > 1 ? "tasks" : "", countText(row.counts), ...bars].join(", ");
}

const barWords: Readonly<Record<GanttBar["kind"], string>> = {
  queued: "in the queue",
  underWay: "at work",
  succeeded: "succeeded after",
  failed: "failed after",
  cancelled: "cancelled after",
  waits: "waits",
};

function barText({ kind, from, to, attempt }: GanttBar, end: number): string {
  const of = attempt === null ? "" : `attempt ${attempt} `;
  return `${of}${barWords[kind]} ${formatDuration((to ?? end) - from)}`;
}

function nextRow(key: string, at: number, count: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + 15,
    PageUp: at - 15,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
}

function isToggleKey(key: string, isOpen: boolean): boolean {
  return key === (isOpen ? "ArrowLeft" : "ArrowRight");
}

/** In the room of the bars: right of the labels, left of what is kept for the last mark. */
function nowAt(share: number): string {
  return `calc(var(--gantt-label) + (100% - var(--gantt-label) - 48px) * ${share})`;
}

function toggled(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}
