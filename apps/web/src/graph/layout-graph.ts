/**
 * Places the nodes of a graph in layers, top to bottom. Bodies are laid out first, as graphs of their own, and take their
 * place as one large node. Dagre places what is small enough for it; larger scopes go in plain layers, in linear time.
 */
import { Graph, layout } from "@dagrejs/dagre";
import {
  type GraphEdge,
  type GraphIndex,
  type IndexedNode,
  type VisibleScope,
  visibleScopes,
} from "./graph-index.ts";
import { layoutLayers, type Placed, type Point, type ScopeLayout, type Size } from "./layout-layers.ts";

/** The size of every folded node, in pixels: of one size, so that no status changes the layout. */
const nodeSize: Size = { width: 216, height: 68 };
/** Around the nodes of an open body: room for its heading on top. */
const bodyEdge = { side: 16, top: 60, bottom: 16 } as const;
const gap = { between: 28, layers: 38 } as const;
/** Dagre takes about a second for 500 nodes in layers; plain layers take milliseconds for 10,000. */
const mostForDagre = 250;

export interface PlacedNode extends Placed {
  readonly node: IndexedNode;
  /** Positions are within this open body. */
  readonly parent: string | null;
  readonly isOpen: boolean;
}

export interface RoutedEdge extends GraphEdge {
  /** Where it bends on its way around other nodes, within its scope's body. */
  readonly bends: readonly Point[];
  readonly parent: string | null;
}

export interface GraphLayout {
  /** A body comes before what is in it. */
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly RoutedEdge[];
  readonly size: Size;
}

export function layoutGraph(index: GraphIndex, opened: ReadonlySet<string>): GraphLayout {
  const scopes = visibleScopes(index, opened);
  const bodies = new Map<string, Size>();
  const laidOut: { readonly nodes: readonly PlacedNode[]; readonly edges: readonly RoutedEdge[] }[] = [];
  let size: Size = nodeSize;
  // Inner scopes come later in the list, and their sizes are wanted first.
  for (const scope of scopes.toReversed()) {
    const placed = layoutScope(scope, bodies);
    laidOut.push(placed);
    if (scope.parent === null) size = placed.size;
    else bodies.set(scope.parent, bodySize(placed.size));
  }
  laidOut.reverse();
  return { nodes: laidOut.flatMap(({ nodes }) => nodes), edges: laidOut.flatMap(({ edges }) => edges), size };
}

function layoutScope({ parent, nodes, edges }: VisibleScope, bodies: ReadonlyMap<string, Size>) {
  const sizeOf = (path: string) => bodies.get(path) ?? nodeSize;
  const sized = nodes.map(({ path }) => ({ id: path, ...sizeOf(path) }));
  const { places, bends, size } =
    sized.length > mostForDagre
      ? { ...layoutLayers(sized, edges, gap), bends: new Map<string, readonly Point[]>() }
      : layoutDagre(sized, edges);
  const within = ({ x, y }: Point): Point =>
    parent === null ? { x, y } : { x: x + bodyEdge.side, y: y + bodyEdge.top };
  return {
    nodes: nodes.flatMap((node): PlacedNode[] => {
      const place = places.get(node.path);
      if (place === undefined) return [];
      return [
        { node, parent, isOpen: bodies.has(node.path), ...roundPoint(within(place)), ...sizeOf(node.path) },
      ];
    }),
    edges: edges.map((edge) => ({ ...edge, parent, bends: (bends.get(edge.id) ?? []).map(within) })),
    size,
  };
}

function bodySize({ width, height }: Size): Size {
  return {
    width: Math.ceil(Math.max(nodeSize.width, width + 2 * bodyEdge.side)),
    height: Math.ceil(height + bodyEdge.top + bodyEdge.bottom),
  };
}

function roundPoint({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}

interface SizedNode extends Size {
  readonly id: string;
}

interface DagreScope extends ScopeLayout {
  readonly bends: ReadonlyMap<string, readonly Point[]>;
}

function layoutDagre(nodes: readonly SizedNode[], edges: readonly GraphEdge[]): DagreScope {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: gap.between, ranksep: gap.layers, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { source, target } of edges) graph.setEdge(source, target);
  layout(graph);
  const places = new Map<string, Point>();
  let width = 0;
  let height = 0;
  for (const node of nodes) {
    const { x = 0, y = 0 } = graph.node(node.id) as Partial<Point>;
    places.set(node.id, { x: x - node.width / 2, y: y - node.height / 2 });
    width = Math.max(width, x + node.width / 2);
    height = Math.max(height, y + node.height / 2);
  }
  const bends = new Map(edges.map((edge) => [edge.id, bendsOf(graph.edge(edge.source, edge.target))]));
  return { places, bends, size: { width, height } };
}

/** Dagre's first and last points are on the edges of the nodes, where the drawn line begins and ends anyway. */
function bendsOf(label: unknown): readonly Point[] {
  const { points = [] } = label as { readonly points?: readonly Point[] };
  return points.length <= 3 ? [] : points.slice(1, -1);
}
