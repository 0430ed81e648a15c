/** The rows of a grid of runs that are in sight while some bodies are folded. */
import type { RunGrid } from "@mycroft/protocol";

export interface GridRow {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Its place in `nodes` and in the `cells` of each run. */
  readonly at: number;
  readonly hasBody: boolean;
  readonly isOpen: boolean;
}

export function gridRows(nodes: RunGrid["nodes"], folded: ReadonlySet<string>): readonly GridRow[] {
  const rows: GridRow[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const [at, { path, depth }] of nodes.entries()) {
    if (depth > hiddenBelow) continue;
    const hasBody = (nodes[at + 1]?.depth ?? 0) > depth;
    const isOpen = hasBody && !folded.has(path);
    hiddenBelow = hasBody && !isOpen ? depth : Number.POSITIVE_INFINITY;
    rows.push({ path, name: path.slice(path.lastIndexOf("/") + 1), depth, at, hasBody, isOpen });
  }
  return rows;
}

export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads from a cell (as in the ARIA pattern of a grid); null for keys that are not for moving. */
export function moveInGrid(
  { row, column }: GridPlace,
  key: string,
  size: { readonly rows: number; readonly columns: number },
): GridPlace | null {
  const to = (nextRow: number, nextColumn: number): GridPlace => ({
    row: Math.min(size.rows - 1, Math.max(0, nextRow)),
    column: Math.min(size.columns - 1, Math.max(0, nextColumn)),
  });
  switch (key) {
    case "ArrowUp":
      return to(row - 1, column);
    case "ArrowDown":
      return to(row + 1, column);
    case "ArrowLeft":
      return to(row, column - 1);
    case "ArrowRight":
      return to(row, column + 1);
    case "Home":
      return to(row, 0);
    case "End":
      return to(row, size.columns - 1);
    case "PageUp":
      return to(row - 10, column);
    case "PageDown":
      return to(row + 10, column);
    default:
      return null;
  }
}
