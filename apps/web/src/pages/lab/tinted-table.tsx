/** A table of numbers from 0 to 1 with each cell tinted by its size; the number itself is always there. */
import type { ReactNode } from "react";
import { ScrollX } from "../../design/scroll-x.tsx";

interface TintedTableProps {
  readonly caption: string;
  readonly corner: string;
  readonly columns: readonly { readonly key: string; readonly header: ReactNode }[];
  readonly rows: readonly {
    readonly key: string;
    readonly header: ReactNode;
    readonly isChosen?: boolean;
    /** In order of the columns; null: there is none. */
    readonly values: readonly (number | null)[];
  }[];
  readonly format: (value: number) => string;
  /** A CSS colour. */
  readonly color?: string;
}

/** Text stays readable on what is left of the surface. */
const strongest = 32;

export function TintedTable({
  caption,
  corner,
  columns,
  rows,
  format,
  color = "var(--accent)",
}: TintedTableProps) {
  return (
    <ScrollX label={caption}>
      <table className="table lab-tinted">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map(({ key, header }) => (
              <th key={key} scope="col" className="number">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, header, values, isChosen }) => (
            <tr key={key} className={isChosen === true ? "lab-chosen" : undefined}>
              <th scope="row">{header}</th>
              {columns.map((column, index) => {
                const value = values[index] ?? null;
                const percent = Math.round(strongest * Math.min(1, Math.max(0, value ?? 0)));
                return (
                  <td
                    key={column.key}
                    className="number"
                    title={value === null ? undefined : String(value)}
                    style={{ background: `color-mix(in oklab, ${color} ${percent}%, transparent)` }}
                  >
                    {value === null ? "\u2013" : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
