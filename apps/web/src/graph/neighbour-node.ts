/** Where an arrow key leads from a node of a laid-out graph: to the nearest node on that side. */
import type { GraphLayout } from "./layout-graph.ts";
import type { Point } from "./layout-layers.ts";

const directions: Readonly<Record<string, Point>> = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
};

/** @returns the path of the node; null for other keys, or where there is nothing on that side. */
export function neighbourNode(layout: GraphLayout, from: string, key: string): string | null {
  const direction = directions[key];
  if (direction === undefined) return null;
  const centres = centresOf(layout);
  const start = centres.get(from);
  if (start === undefined) return null;
  let nearest: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [path, centre] of centres) {
    const ahead = (centre.x - start.x) * direction.x + (centre.y - start.y) * direction.y;
    if (path === from || ahead <= 1) continue;
    const aside = Math.abs((centre.x - start.x) * direction.y) + Math.abs((centre.y - start.y) * direction.x);
    // What is aside counts double: a node straight ahead comes before a nearer one to the side.
    const distance = ahead + 2 * aside;
    if (distance >= least) continue;
    least = distance;
    nearest = path;
  }
  return nearest;
}

/** Absolute positions: those of bodies are added to what is within them. */
export function originsOf(layout: GraphLayout): ReadonlyMap<string, Point> {
  const origins = new Map<string, Point>();
  for (const { node, parent, x, y } of layout.nodes) {
    const origin = parent === null ? undefined : origins.get(parent);
    origins.set(node.path, { x: x + (origin?.x ?? 0), y: y + (origin?.y ?? 0) });
  }
  return origins;
}

function centresOf(layout: GraphLayout): ReadonlyMap<string, Point> {
  const origins = originsOf(layout);
  return new Map(
    layout.nodes.map(({ node, width, height, isOpen }) => {
      const { x, y } = origins.get(node.path) ?? { x: 0, y: 0 };
      // An open body is reached by its heading.
      return [node.path, { x: x + width / 2, y: y + (isOpen ? 20 : height / 2) }];
    }),
  );
}
