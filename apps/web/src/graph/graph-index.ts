/** A workflow's graph by the paths of its nodes, and the part of it that is in sight while some bodies are folded. */
import type { GraphNodeView } from "@mycroft/protocol";
import { pathsAround } from "./node-path.ts";

export interface IndexedNode {
  readonly path: string;
  readonly view: GraphNodeView;
  readonly depth: number;
  /** The path of the node in whose body it is. */
  readonly parent: string | null;
  /** Its place in the plan's order. */
  readonly rank: number;
  readonly hasBody: boolean;
}

export interface GraphIndex {
  readonly roots: readonly GraphNodeView[];
  /** In the plan's order: a node, then those of its body. */
  readonly nodes: ReadonlyMap<string, IndexedNode>;
}

export interface GraphEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
}

export interface VisibleScope {
  /** The node whose body it is; null for the run itself. */
  readonly parent: string | null;
  readonly nodes: readonly IndexedNode[];
  readonly edges: readonly GraphEdge[];
}

export function indexGraph(roots: readonly GraphNodeView[]): GraphIndex {
  const nodes = new Map<string, IndexedNode>();
  const visit = (views: readonly GraphNodeView[], parent: string | null, depth: number): void => {
    for (const view of views) {
      const path = childPath(parent, view.name);
      nodes.set(path, { path, view, depth, parent, rank: nodes.size, hasBody: view.nodes.length > 0 });
      visit(view.nodes, path, depth + 1);
    }
  };
  visit(roots, null, 0);
  return { roots, nodes };
}

/** The scopes in sight: the run's own first, then each open body, outer ones first. */
export function visibleScopes(index: GraphIndex, opened: ReadonlySet<string>): readonly VisibleScope[] {
  const scopes: VisibleScope[] = [];
  const visit = (views: readonly GraphNodeView[], parent: string | null): void => {
    const nodes = views.flatMap((view) => index.nodes.get(childPath(parent, view.name)) ?? []);
    scopes.push({ parent, nodes, edges: edgesAmong(nodes) });
    for (const node of nodes) if (node.hasBody && opened.has(node.path)) visit(node.view.nodes, node.path);
  };
  visit(index.roots, null);
  return scopes;
}

/** The node itself, or the folded node that it is within. */
export function shownPath(path: string, opened: ReadonlySet<string>): string {
  const outermostFirst = pathsAround(path).toReversed();
  return outermostFirst.find((outer) => !opened.has(outer)) ?? path;
}

function edgesAmong(nodes: readonly IndexedNode[]): readonly GraphEdge[] {
  const known = new Set(nodes.map((node) => node.path));
  return nodes.flatMap((node) =>
    node.view.needs
      .map((need) => childPath(node.parent, need))
      .filter((source) => known.has(source) && source !== node.path)
      .map((source) => ({ id: `${source} ${node.path}`, source, target: node.path })),
  );
}

function childPath(parent: string | null, name: string): string {
  return parent === null ? name : `${parent}/${name}`;
}
