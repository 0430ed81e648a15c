/**
 * The list itself: only the rows in sight are in the page. New runs come on top without moving what a person looks at; arrow
 * keys move among the rows, and the row that has the focus keeps it by its run, not by its place.
 */
import "./run-rows.css";
import type { RunSummary } from "@mycroft/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { runPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { classNames } from "../../design/class-names.ts";
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
      {/* biome-ignore lint/a11y/useSemanticElements: Rows are placed one by one, which a table cannot do. */}
      <div
        ref={scroller}
        className="run-list-scroller"
        role="table"
        aria-label="Runs, the newest first"
        aria-rowcount={list.nextCursor === null ? runs.length : -1}
        onScroll={(event) => {
          if (event.currentTarget.scrollTop < rowHeight / 2) setSeenAdded(added);
        }}
      >
        <ColumnHeads />
        {/* biome-ignore lint/a11y/useSemanticElements: As above. */}
        <div
          role="rowgroup"
          className="run-list-rows"
          style={{ height: virtual.getTotalSize() }}
          onKeyDown={onKeyDown}
        >
          {items.map(({ index: at, start, key }) => {
            const run = runs[at];
            if (run === undefined) return null;
            return (
              <RunRow
                key={String(key)}
                run={run}
                at={at}
                start={start}
                isTabStop={at === current}
                onFocus={setActiveId}
                onOpen={(runId) => void navigate(runPath(runId))}
              />
            );
          })}
        </div>
      </div>
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
    // biome-ignore lint/a11y/useSemanticElements: As above.
    <div role="rowgroup" className="run-list-columns">
      {/* biome-ignore lint/a11y/useSemanticElements: As above. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: The cells of a head are not for the keyboard. */}
      <div role="row" className="run-row">
        {heads.map((head) => (
          // biome-ignore lint/a11y/useSemanticElements: As above.
          // biome-ignore lint/a11y/useFocusableInteractive: As above.
          <span
            key={head}
            role="columnheader"
            className={`run-cell run-cell-${head.toLowerCase().replace(" ", "-")}`}
          >
            {head}
          </span>
        ))}
      </div>
    </div>
  );
}

interface RunRowProps {
  readonly run: RunSummary;
  readonly at: number;
  readonly start: number;
  readonly isTabStop: boolean;
  readonly onFocus: (runId: string) => void;
  readonly onOpen: (runId: string) => void;
}

const RunRow = memo(
  function RunRow({ run, at, start, isTabStop, onFocus, onOpen }: RunRowProps) {
    const { runId, workflow, status, asOf, tags, events, createdAt, settledAt } = run;
    return (
      // biome-ignore lint/a11y/useSemanticElements: As above.
      // biome-ignore lint/a11y/useKeyWithClickEvents: Its link is for the keyboard.
      // biome-ignore lint/a11y/useFocusableInteractive: As above.
      <div
        role="row"
        data-row={at}
        aria-rowindex={at + 1}
        className="run-row run-row-link"
        style={{ transform: `translateY(${start}px)` }}
        onClick={(event) => {
          if (!(event.target instanceof Element) || event.target.closest("a") === null) onOpen(runId);
        }}
      >
        <Cell name="status">
          <StatusBadge status={status} />
        </Cell>
        <Cell name="run">
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
        </Cell>
        <Cell name="workflow">{workflow}</Cell>
        <Cell name="as-of">{asOf}</Cell>
        <Cell name="tags">
          {tags.slice(0, 3).map((tag) => (
            <Badge key={tag}>{plainText(tag, 24)}</Badge>
          ))}
          {tags.length > 3 && <span className="quiet">+{tags.length - 3}</span>}
        </Cell>
        <Cell name="events">{formatCount(events)}</Cell>
        <Cell name="took">
          <Duration from={createdAt} to={settledAt} />
        </Cell>
        <Cell name="started">
          <Time at={createdAt} />
        </Cell>
      </div>
    );
  },
  (before, after) =>
    before.run === after.run &&
    before.at === after.at &&
    before.start === after.start &&
    before.isTabStop === after.isTabStop,
);

function Cell({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: As above.
    <span role="cell" className={classNames("run-cell", `run-cell-${name}`)}>
      {children}
    </span>
  );
}

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
