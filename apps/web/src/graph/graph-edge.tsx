/** A line from a node to one that needs it, around what is between them. */
import { BaseEdge, type Edge, type EdgeProps, getBezierPath, Position } from "@xyflow/react";
import type { Point } from "./layout-layers.ts";

export type BentEdge = Edge<{ readonly bends: readonly Point[] }, "bent">;

export function BentEdgeLine({
  id,
  sourceX,
  sourceY,
  targetX,
  targetY,
  data,
  markerEnd,
}: EdgeProps<BentEdge>) {
  const bends = data?.bends ?? [];
  const path =
    bends.length === 0
      ? getBezierPath({
          sourceX,
          sourceY,
          sourcePosition: Position.Bottom,
          targetX,
          targetY,
          targetPosition: Position.Top,
        })[0]
      : smoothPath([{ x: sourceX, y: sourceY }, ...bends, { x: targetX, y: targetY }]);
  return <BaseEdge id={id} path={path} {...(markerEnd !== undefined && { markerEnd })} />;
}

/** Through the points from top to bottom, leaving and reaching each one straight down. */
function smoothPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let from = first;
  let path = `M${from.x},${from.y}`;
  for (const to of rest) {
    const middle = (from.y + to.y) / 2;
    path += ` C${from.x},${middle} ${to.x},${middle} ${to.x},${to.y}`;
    from = to;
  }
  return path;
}
