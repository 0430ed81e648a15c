/** The workflow's newest runs side by side: a column for each run, a row for each node. One cell is reached by Tab, the others by arrow keys. */
import "./grid-tab.css";
import type { RunGrid } from "@mycroft/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { runPath } from "../../app/paths.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select } from "../../design/field.tsx";
import { formatDuration } from "../../design/format.ts";
import { Icon } from "../../design/icon.tsx";
import { SkeletonBlock } from "../../design/skeleton.tsx";
import { lookOf } from "../../design/status-badge.tsx";
import { runNodePath } from "../run/run-links.ts";
import { type GridPlace, type GridRow, gridRows, moveInGrid } from "./grid-rows.ts";

const limits = ["15", "30", "60", "100"] as const;
type Limit = (typeof limits)[number];

export function GridTab({ workflow }: { readonly workflow: string }) {
  const [limit, setLimit] = useState<Limit>("30");
  const answer = useApi(
    "getGrid",
    { params: { name: workflow }, query: { limit: Number(limit) } },
    { keepsPrevious: true },
  );
  if (answer.error !== null) {
    return (
      <ErrorNotice
        error={answer.error}
        title="Its runs cannot be shown"
        onRetry={() => void answer.refetch()}
      />
    );
  }
  if (answer.data === undefined) return <SkeletonBlock heightRem={18} />;
  if (answer.data.runs.length === 0) return <EmptyState title="It has never run" />;
  return (
    <div className="stack">
      <div className="grid-tools">
        <Select
          label="Newest runs"
          value={limit}
          choices={limits.map((value) => ({ value, label: value }))}
          onChange={setLimit}
        />
        <p className="quiet">
          Bars are durations. A cell is the worst status of the node's tasks in that run. Arrow keys move,
          Enter opens.
        </p>
      </div>
      <Grid grid={answer.data} workflow={workflow} />
    </div>
  );
}

const rowHeight = 26;

function Grid({ grid, workflow }: { readonly grid: RunGrid; readonly workflow: string }) {
  // The newest at the right, as time goes.
  const runs = useMemo(() => grid.runs.toReversed(), [grid.runs]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => gridRows(grid.nodes, folded), [grid.nodes, folded]);
  // Row 0 is that of the runs themselves.
  const [place, setPlace] = useState<GridPlace>({ row: 0, column: runs.length - 1 });
  const wantsFocus = useRef(false);
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 20,
    initialRect: { width: 800, height: 600 },
  });
  const current: GridPlace = {
    row: Math.min(place.row, rows.length),
    column: Math.min(Math.max(0, place.column), runs.length - 1),
  };
  useEffect(() => {
    const element = scroller.current;
    if (element !== null) element.scrollLeft = element.scrollWidth;
  }, []);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-cell="${current.row} ${current.column}"]`)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const isCell = event.target instanceof HTMLElement && event.target.dataset["cell"] !== undefined;
    const to = isCell
      ? moveInGrid(current, event.key, { rows: rows.length + 1, columns: runs.length })
      : null;
    if (to === null) return;
    event.preventDefault();
    setPlace(to);
    if (to.row > 0) virtual.scrollToIndex(to.row - 1);
    wantsFocus.current = true;
  };
  const toggle = (path: string): void =>
    setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  const longest = Math.max(1, ...runs.map(({ durationMs }) => durationMs ?? 0));
  const cellProps = { current, onFocus: setPlace };
  const items = virtual.getVirtualItems();
  return (
    <section ref={scroller} className="run-grid" aria-label={`Runs of ${workflow} by node, scrollable`}>
      <table aria-label={`Runs of ${workflow} by node`} aria-rowcount={rows.length + 1} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            <th scope="col" className="run-grid-name quiet">
              Run
            </th>
            {runs.map((run, column) => (
              <RunHead key={run.runId} run={run} column={column} longest={longest} {...cellProps} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Filler height={items.at(0)?.start ?? 0} />
          {items.map(({ index }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <tr key={row.path} aria-rowindex={index + 2} className="run-grid-node">
                <RowHead row={row} onToggle={toggle} />
                {runs.map((run, column) => (
                  <Cell
                    key={run.runId}
                    run={run}
                    row={row}
                    place={{ row: index + 1, column }}
                    {...cellProps}
                  />
                ))}
              </tr>
            );
          })}
          <Filler height={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
    </section>
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

const barHeight = 30;

interface FocusProps {
  readonly current: GridPlace;
  readonly onFocus: (place: GridPlace) => void;
}

interface RunHeadProps extends FocusProps {
  readonly run: RunGrid["runs"][number];
  readonly column: number;
  readonly longest: number;
}

function RunHead({ run, column, longest, current, onFocus }: RunHeadProps) {
  const { icon, tone, word } = lookOf(run.status);
  const took = run.durationMs === null ? "" : `, took ${formatDuration(run.durationMs)}`;
  const text = `Run ${run.runId}, as of ${run.asOf}: ${word}${took}`;
  return (
    <th scope="col" className="run-grid-run">
      <span
        className={`run-grid-bar square-${tone}`}
        style={{ height: 3 + ((run.durationMs ?? longest) / longest) * (barHeight - 3) }}
        aria-hidden="true"
      />
      <Link
        to={runPath(run.runId)}
        className={`run-grid-cell square-${tone}`}
        data-cell={`0 ${column}`}
        tabIndex={current.row === 0 && current.column === column ? 0 : -1}
        title={text}
        aria-label={text}
        onFocus={() => onFocus({ row: 0, column })}
      >
        <Icon name={icon} size={11} />
      </Link>
    </th>
  );
}

function RowHead({ row, onToggle }: { readonly row: GridRow; readonly onToggle: (path: string) => void }) {
  return (
    <th scope="row" className="run-grid-name" style={{ paddingLeft: 8 + row.depth * 14 }}>
      {row.hasBody ? (
        <button
          type="button"
          className="run-grid-fold"
          aria-expanded={row.isOpen}
          aria-label={`${row.isOpen ? "Fold" : "Open"} ${row.path}`}
          onClick={() => onToggle(row.path)}
        >
          <span className={row.isOpen ? "run-grid-chevron run-grid-chevron-open" : "run-grid-chevron"}>
            <Icon name="chevron" size={11} />
          </span>
          {row.name}
        </button>
      ) : (
        row.name
      )}
    </th>
  );
}

interface CellProps extends FocusProps {
  readonly run: RunGrid["runs"][number];
  readonly row: GridRow;
  readonly place: GridPlace;
}

function Cell({ run, row, place, current, onFocus }: CellProps) {
  const cell = run.cells[row.at] ?? null;
  const isTabStop = current.row === place.row && current.column === place.column;
  const shared = {
    "data-cell": `${place.row} ${place.column}`,
    tabIndex: isTabStop ? 0 : -1,
    onFocus: () => onFocus(place),
  };
  if (cell === null) {
    const text = `${row.path} in ${run.runId}: not in its plan, or not begun`;
    return (
      <td {...shared} aria-label={text} title={text}>
        <span className="run-grid-none" />
      </td>
    );
  }
  const { icon, tone, word } = lookOf(cell.status);
  const text = `${row.path} in ${run.runId} (${run.asOf}): ${word}${cell.tasks > 1 ? `, ${cell.tasks} tasks` : ""}`;
  return (
    <td>
      <Link
        to={runNodePath(run.runId, row.path)}
        className={`run-grid-cell square-${tone}`}
        title={text}
        aria-label={text}
        {...shared}
      >
        <Icon name={icon} size={11} />
      </Link>
    </td>
  );
}
