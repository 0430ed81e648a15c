/** A graph as the rows of a tree: its alternative for the keyboard and for readers of the screen. */
import type { GraphNodeView } from "@mycroft/protocol";
import type { GraphIndex, IndexedNode } from "./graph-index.ts";

export interface TreeRow {
  readonly node: IndexedNode;
  readonly isOpen: boolean;
  /** Among the nodes of its body, from 1. */
  readonly place: number;
  readonly siblings: number;
}

export function treeRows(index: GraphIndex, opened: ReadonlySet<string>): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (views: readonly GraphNodeView[], parent: string | null): void => {
    for (const [at, view] of views.entries()) {
      const node = index.nodes.get(parent === null ? view.name : `${parent}/${view.name}`);
      if (node === undefined) continue;
      const isOpen = node.hasBody && opened.has(node.path);
      rows.push({ node, isOpen, place: at + 1, siblings: views.length });
      if (isOpen) visit(view.nodes, node.path);
    }
  };
  visit(index.roots, null);
  return rows;
}

export type TreeMove = { readonly to: number } | { readonly toggle: string } | null;

/** What a key does at a row, after the ARIA pattern of a tree. */
export function moveInTree(rows: readonly TreeRow[], at: number, key: string): TreeMove {
  const row = rows[at];
  if (row === undefined) return null;
  const last = rows.length - 1;
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(last, at + 1) };
    case "ArrowUp":
      return { to: Math.max(0, at - 1) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: last };
    case "ArrowRight":
      if (!row.node.hasBody) return null;
      return row.isOpen ? { to: Math.min(last, at + 1) } : { toggle: row.node.path };
    case "ArrowLeft": {
      if (row.isOpen) return { toggle: row.node.path };
      const parent = rows.findIndex(({ node }) => node.path === row.node.parent);
      return parent < 0 ? null : { to: parent };
    }
    default:
      return null;
  }
}
