/**
 * Layers by the longest way from a start, ordered by where a node's needs are (the barycentre heuristic of Sugiyama,
 * Tagawa and Toda 1981, one sweep downwards). Linear in nodes and edges but for the sorting: for graphs too large for more care.
 */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed extends Size, Point {}

export interface ScopeLayout {
  /** The upper left corner of each node. */
  readonly places: ReadonlyMap<string, Point>;
  readonly size: Size;
}

interface LayeredNode extends Size {
  readonly id: string;
}

interface LayeredEdge {
  readonly source: string;
  readonly target: string;
}

/** A layer of many alike nodes is broken into rows of at most this many, so that a fan of 5,000 has a shape one can look at. */
const mostInRow = 40;

/** @param nodes in an order in which they can run: a node after all that it needs, as a plan has them. */
export function layoutLayers(
  nodes: readonly LayeredNode[],
  edges: readonly LayeredEdge[],
  gap: { readonly between: number; readonly layers: number },
): ScopeLayout {
  const needs = Map.groupBy(edges, (edge) => edge.target);
  const layers = orderLayers(layersOf(nodes, needs), needs);
  const rows = layers.flatMap((layer) => [...chunks(layer, mostInRow)]);
  const widths = rows.map((row) => row.reduce((sum, node) => sum + node.width + gap.between, -gap.between));
  const width = Math.max(0, ...widths);
  const places = new Map<string, Point>();
  let y = 0;
  for (const [at, row] of rows.entries()) {
    let x = (width - (widths[at] ?? 0)) / 2;
    for (const node of row) {
      places.set(node.id, { x, y });
      x += node.width + gap.between;
    }
    y += Math.max(...row.map((node) => node.height)) + gap.layers;
  }
  return { places, size: { width, height: Math.max(0, y - gap.layers) } };
}

function layersOf(
  nodes: readonly LayeredNode[],
  needs: ReadonlyMap<string, readonly LayeredEdge[]>,
): readonly LayeredNode[][] {
  const layerOf = new Map<string, number>();
  const layers: LayeredNode[][] = [];
  for (const node of nodes) {
    const above = (needs.get(node.id) ?? []).map(({ source }) => layerOf.get(source) ?? -1);
    const layer = above.reduce((most, each) => Math.max(most, each), -1) + 1;
    layerOf.set(node.id, layer);
    const members = layers[layer];
    if (members === undefined) layers[layer] = [node];
    else members.push(node);
  }
  return layers;
}

function orderLayers(
  layers: readonly LayeredNode[][],
  needs: ReadonlyMap<string, readonly LayeredEdge[]>,
): readonly (readonly LayeredNode[])[] {
  const place = new Map<string, number>();
  return layers.map((layer) => {
    const centres = new Map(
      layer.map((node, at) => {
        const above = (needs.get(node.id) ?? []).flatMap(({ source }) => place.get(source) ?? []);
        const centre =
          above.length === 0 ? at / layer.length : above.reduce((sum, x) => sum + x, 0) / above.length;
        return [node.id, centre] as const;
      }),
    );
    const ordered = layer.toSorted(
      (left, right) => (centres.get(left.id) ?? 0) - (centres.get(right.id) ?? 0),
    );
    for (const [at, node] of ordered.entries()) place.set(node.id, (at + 0.5) / ordered.length);
    return ordered;
  });
}

function* chunks<T>(list: readonly T[], size: number): Iterable<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}
