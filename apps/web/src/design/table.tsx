/** A table of rows that can be sorted by its columns. For lists without end see the pages that page through them. */
import "./table.css";
import { type ReactNode, useMemo, useState } from "react";
import { classNames } from "./class-names.ts";
import { Icon } from "./icon.tsx";
import { ScrollX } from "./scroll-x.tsx";

export interface Column<Row> {
  readonly key: string;
  readonly header: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "start" | "end";
  /** What it is sorted by; a column without cannot be sorted. Null comes last. */
  readonly sortBy?: (row: Row) => number | string | null;
  /** Not shown where there is little room. */
  readonly isSecondary?: boolean;
}

interface TableProps<Row> {
  /** What it is a table of; read aloud, not shown. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly initialSort?: { readonly key: string; readonly descending: boolean };
}

/** The first column names the row. */
export function Table<Row>({ caption, columns, rows, rowKey, initialSort }: TableProps<Row>) {
  const [sort, setSort] = useState(initialSort ?? null);
  const sorted = useMemo(() => {
    const sortBy = columns.find(({ key }) => key === sort?.key)?.sortBy;
    return sortBy === undefined || sort === null ? rows : sortRows(rows, sortBy, sort.descending);
  }, [columns, rows, sort]);
  const onSort = (key: string): void =>
    setSort((before) => ({ key, descending: before?.key === key ? !before.descending : false }));
  return (
    <ScrollX label={caption}>
      <table className="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={cellClass(column)}
                aria-sort={
                  column.key === sort?.key ? (sort.descending ? "descending" : "ascending") : undefined
                }
              >
                {column.sortBy === undefined ? (
                  column.header
                ) : (
                  <button type="button" className="table-sort" onClick={() => onSort(column.key)}>
                    {column.header}
                    {column.key === sort?.key && <Icon name={sort.descending ? "down" : "up"} size={8} />}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.key} scope="row" className={cellClass(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={cellClass(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

function cellClass<Row>({ align, isSecondary }: Column<Row>): string {
  return classNames(align === "end" && "number", isSecondary === true && "table-secondary");
}

function sortRows<Row>(
  rows: readonly Row[],
  sortBy: (row: Row) => number | string | null,
  descending: boolean,
): readonly Row[] {
  const direction = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const left = sortBy(a);
    const right = sortBy(b);
    if (left === right) return 0;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -direction : direction;
  });
}
