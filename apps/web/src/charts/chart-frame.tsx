/** What every chart stands in: its name, its canvas, what cannot be drawn, and the same numbers as a table. */
import "./chart.css";
import type { ChartConfiguration, ChartType } from "chart.js";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { useColorScheme } from "../design/color-scheme.ts";
import { ScrollX } from "../design/scroll-x.tsx";
import { type ChartPalette, readPalette } from "./chart-palette.ts";

export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface ChartFrameProps<Type extends ChartType> {
  /** What it shows, in a sentence: the name of the picture. */
  readonly label: string;
  readonly heightPx: number;
  readonly configure: (palette: ChartPalette) => ChartConfiguration<Type>;
  /** The same data; made only when a person opens it. */
  readonly table: () => ChartTable;
  /** When this changes the chart is drawn anew. */
  readonly data: unknown;
}

type AnyChart = { readonly destroy: () => void };

export function ChartFrame<Type extends ChartType>(props: ChartFrameProps<Type>) {
  const { label, heightPx, data, table } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useColorScheme();
  const [failure, setFailure] = useState<string | null>(null);
  const draw = useEffectEvent(async (isWanted: () => boolean): Promise<AnyChart | null> => {
    const { Chart } = await import("./chart-engine.ts");
    const element = canvas.current;
    const parent = element?.parentElement;
    if (!isWanted() || element === null || parent === null || parent === undefined) return null;
    return new Chart(element, props.configure(readPalette(parent)));
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: Drawn anew when the data or the colours change.
  useEffect(() => {
    let chart: AnyChart | null = null;
    let isWanted = true;
    draw(() => isWanted).then(
      (drawn) => {
        chart = drawn;
      },
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      isWanted = false;
      chart?.destroy();
    };
  }, [data, scheme]);
  return (
    <figure className="chart">
      <div className="chart-canvas" style={{ height: heightPx }}>
        <canvas ref={canvas} role="img" aria-label={label} />
      </div>
      {failure !== null && <p className="quiet">The chart could not be drawn: {failure}</p>}
      <TableOf label={label} table={table} />
    </figure>
  );
}

/** More rows than this are no reading for anybody. */
const mostRows = 500;

export function TableOf({
  label,
  table,
}: {
  readonly label: string;
  readonly table: () => ChartTable;
}): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="chart-table" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && <RowsOf label={label} table={table()} />}
    </details>
  );
}

function RowsOf({ label, table }: { readonly label: string; readonly table: ChartTable }) {
  const omitted = table.rows.length - mostRows;
  return (
    <ScrollX className="chart-rows" label={`Table: ${label}`}>
      <table className="table">
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, mostRows).map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: The rows of a chart have no other identity.
            <tr key={row}>
              {cells.map((cell, column) => (
                <td key={table.columns[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {omitted > 0 && <p className="quiet">{omitted} more rows are left out.</p>}
    </ScrollX>
  );
}
