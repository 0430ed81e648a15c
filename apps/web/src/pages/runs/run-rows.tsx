/**
 * The list itself: only the rows in sight are in the page. New runs come on top without moving what a person looks at; arrow
 * keys move among the rows, and the row that has the focus keeps it by its run, not by its place.
 */
import "./run-rows.css";
import type { RunSummary } from "@mycroft/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { runPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { formatCount, formatPlural } from "../../design/format.ts";
import { StatusBadge } from "../../design/status-badge.tsx";
import { Duration, Time } from "../../design/time.tsx";
import { plainText } from "../../design/visible-text.ts";
import type { RunListing } from "./use-run-list.ts";

const rowHeight = 44;

export function RunRows({ listing }: { readonly listing: RunListing }) {
  const { list, more, isLoading } = listing;
  const { runs, added } = list;
  const scroller = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const [seenAdded, setSeenAdded] = useState(added);
  const wantsFocus = useRef(false);
  const navigate = useNavigate();
  const onOpen = useCallback((runId: string) => void navigate(runPath(runId)), [navigate]);
  const virtual = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (at) => runs[at]?.runId ?? at,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const current = (activeId === null ? undefined : list.places.get(activeId)) ?? 0;

  useStillness(scroller, added, setSeenAdded);
  useEffect(() => {
    if (lastShown >= runs.length - 60) more();
  }, [lastShown, runs.length, more]);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${current}"] a`)?.focus();
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const to = nextRow(event.key, current, runs.length);
    const run = to === null ? undefined : runs[to];
    if (to === null || run === undefined) return;
    event.preventDefault();
    setActiveId(run.runId);
    virtual.scrollToIndex(to);
    wantsFocus.current = true;
  };
  const waiting = added - seenAdded;
  return (
    <div className="run-list">
      <div className="run-list-head quiet">
        <span aria-live="polite">
          {formatPlural(runs.length, "run")}
          {list.nextCursor === null ? "" : " so far; more as you scroll"}
        </span>
        {waiting > 0 && (
          <Button
            size="small"
            icon="up"
            onClick={() => {
              setSeenAdded(added);
              virtual.scrollToOffset(0);
            }}
          >
            {formatPlural(waiting, "new run")}
          </Button>
        )}
      </div>
      <section
        ref={scroller}
        className="run-list-scroller"
        aria-label="Runs, the newest first"
        onScroll={(event) => {
          if (event.currentTarget.scrollTop < rowHeight / 2) setSeenAdded(added);
        }}
      >
        <table
          className="run-table"
          aria-label="Runs, the newest first"
          aria-rowcount={list.nextCursor === null ? runs.length + 1 : -1}
          onKeyDown={onKeyDown}
        >
          <ColumnHeads />
          <tbody>
            <Filler height={items.at(0)?.start ?? 0} />
            {items.map(({ index: at, key }) => {
              const run = runs[at];
              if (run === undefined) return null;
              return (
                <RunRow
                  key={String(key)}
                  run={run}
                  at={at}
                  isTabStop={at === current}
                  onFocus={setActiveId}
                  onOpen={onOpen}
                />
              );
            })}
            <Filler height={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} />
          </tbody>
        </table>
      </section>
      {isLoading && <p className="quiet">Loading more…</p>}
    </div>
  );
}

/** When rows come on top, the scroll position moves with what is looked at, unless that is the top itself. */
function useStillness(
  scroller: { readonly current: HTMLDivElement | null },
  added: number,
  onSeen: (added: number) => void,
): void {
  const before = useRef(added);
  useLayoutEffect(() => {
    const element = scroller.current;
    const fresh = added - before.current;
    before.current = added;
    if (element === null || fresh <= 0) return;
    if (element.scrollTop < rowHeight / 2) onSeen(added);
    else element.scrollTop += fresh * rowHeight;
  }, [added, scroller, onSeen]);
}

const heads = ["Status", "Run", "Workflow", "As of", "Tags", "Events", "Took", "Started"] as const;

function ColumnHeads() {
  return (
    <thead>
      <tr>
        {heads.map((head) => (
          <th key={head} scope="col" className={`run-cell-${head.toLowerCase().replace(" ", "-")}`}>
            {head}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Stands for the rows that are out of sight. */
function Filler({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr>
      <td style={{ height, padding: 0 }} />
    </tr>
  );
}

interface RunRowProps {
  readonly run: RunSummary;
  readonly at: number;
  readonly isTabStop: boolean;
  readonly onFocus: (runId: string) => void;
  readonly onOpen: (runId: string) => void;
}

const RunRow = memo(function RunRow({ run, at, isTabStop, onFocus, onOpen }: RunRowProps) {
  const { runId, workflow, status, asOf, tags, events, createdAt, settledAt } = run;
  return (
    <tr
      data-row={at}
      aria-rowindex={at + 2}
      className="run-row"
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a") === null) onOpen(runId);
      }}
    >
      <td className="run-cell-status">
        <StatusBadge status={status} />
      </td>
      <th scope="row" className="run-cell-run">
        <Link
          to={runPath(runId)}
          className="mono"
          tabIndex={isTabStop ? 0 : -1}
          onFocus={() => onFocus(runId)}
        >
          {runId}
        </Link>
        {run.forkedFrom !== null && <Badge>fork</Badge>}
        {run.parent !== null && <Badge>child</Badge>}
      </th>
      <td className="run-cell-workflow">{workflow}</td>
      <td className="run-cell-as-of">{asOf}</td>
      <td className="run-cell-tags">
        {tags.slice(0, 2).map((tag) => (
          <Badge key={tag}>{plainText(tag, 24)}</Badge>
        ))}
        {tags.length > 2 && <span className="quiet">+{tags.length - 2}</span>}
      </td>
      <td className="run-cell-events">{formatCount(events)}</td>
      <td className="run-cell-took">
        <Duration from={createdAt} to={settledAt} />
      </td>
      <td className="run-cell-started">
        <Time at={createdAt} />
      </td>
    </tr>
  );
});

function nextRow(key: string, at: number, count: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + 12,
    PageUp: at - 12,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
}
