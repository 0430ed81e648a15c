/**
 * The whole of a large graph as a strip of small marks, on a canvas: the picture below it shows a part. Drawn once; then only the
 * marks of nodes that change are drawn over (E13). A click moves the picture there. The list tells the same in words.
 */
import "./graph-overview.css";
import { useReactFlow, useStore } from "@xyflow/react";
import { type PointerEvent, use, useEffect, useMemo, useRef } from "react";
import { useColorScheme } from "../design/color-scheme.ts";
import { lookOf } from "../design/status-badge.tsx";
import type { GraphLayout } from "./layout-graph.ts";
import type { Placed } from "./layout-layers.ts";
import { originsOf } from "./neighbour-node.ts";
import { BoardContext } from "./use-board.ts";

const height = 132;
const edge = 6;
const mostStretch = 6;
/** More lines than this would be a blot. */
const mostLines = 3_000;

interface Marks {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly left: number;
  readonly top: number;
  readonly boxes: ReadonlyMap<string, Placed>;
}

export function GraphOverview({ layout }: { readonly layout: GraphLayout }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const board = use(BoardContext);
  const scheme = useColorScheme();
  const width = useStore((state) => Math.max(100, Math.floor(state.width)));
  const marks = useMemo(() => marksOf(layout, width), [layout, width]);
  const { setCenter, getViewport } = useReactFlow();
  useEffect(() => {
    const pen = canvas.current?.getContext("2d") ?? null;
    if (pen === null || canvas.current === null) return;
    void scheme;
    const colours = readColours(canvas.current);
    const draw = (path: string): void => drawMark(pen, marks, path, toneOf(board.node(path).status), colours);
    const sharpness = Math.min(2, devicePixelRatio);
    pen.setTransform(sharpness, 0, 0, sharpness, 0, 0);
    pen.clearRect(0, 0, width, height);
    drawLines(pen, layout, marks, colours);
    for (const path of marks.boxes.keys()) draw(path);
    return board.subscribeAll((paths) => {
      for (const path of paths) draw(path);
    });
  }, [board, layout, marks, width, scheme]);
  const onPointer = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons !== 1) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - left - marks.left) / marks.scaleX;
    const y = (event.clientY - top - marks.top) / marks.scaleY;
    void setCenter(x, y, { zoom: getViewport().zoom });
  };
  const sharpness = Math.min(2, devicePixelRatio);
  return (
    <div className="graph-overview" style={{ height }} aria-hidden="true">
      <canvas
        ref={canvas}
        width={width * sharpness}
        height={height * sharpness}
        style={{ width, height, transition: "none" }}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
      />
      <ShownPart marks={marks} />
    </div>
  );
}

/** The frame around what the picture shows. */
function ShownPart({ marks }: { readonly marks: Marks }) {
  const [x, y, zoom] = useStore((state) => state.transform);
  const shown = useStore((state) => `${state.width} ${state.height}`);
  const [width = 0, tall = 0] = shown.split(" ").map(Number);
  const partX = marks.scaleX / zoom;
  const partY = marks.scaleY / zoom;
  return (
    <span
      className="graph-overview-part"
      style={{
        left: marks.left - x * partX,
        top: marks.top - y * partY,
        width: width * partX,
        height: tall * partY,
      }}
    />
  );
}

function marksOf(layout: GraphLayout, width: number): Marks {
  const { size } = layout;
  // A graph that is much higher than the strip is drawn wider than it is, and the other way about: a map, not a likeness.
  const [fitX, fitY] = [(width - 2 * edge) / size.width, (height - 2 * edge) / size.height];
  const scaleX = Math.min(fitX, mostStretch * fitY);
  const scaleY = Math.min(fitY, mostStretch * fitX);
  const left = (width - size.width * scaleX) / 2;
  const top = (height - size.height * scaleY) / 2;
  const origins = originsOf(layout);
  const boxes = new Map(
    layout.nodes
      .filter(({ isOpen }) => !isOpen)
      .map(({ node, width: wide, height: tall }) => {
        const { x, y } = origins.get(node.path) ?? { x: 0, y: 0 };
        const box = {
          // Whole pixels: what is drawn over leaves nothing of what was there.
          x: Math.round(left + x * scaleX),
          y: Math.round(top + y * scaleY),
          width: Math.max(1, Math.round(wide * scaleX)),
          height: Math.max(1, Math.round(tall * scaleY)),
        };
        return [node.path, box] as const;
      }),
  );
  return { scaleX, scaleY, left, top, boxes };
}

type Colours = Readonly<Record<string, string>>;

function readColours(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const resolve = (name: string): string => {
    // (Without a transition, or it would be the colour before.) A custom property gives back the text of `light-dark(...)`; a real one gives the colour in force.
    element.style.color = `var(${name})`;
    return style.color;
  };
  return {
    good: resolve("--good"),
    bad: resolve("--bad"),
    warn: resolve("--warn"),
    busy: resolve("--busy"),
    wait: resolve("--wait"),
    neutral: resolve("--flat"),
    none: resolve("--line-strong"),
    line: resolve("--line"),
    page: resolve("--sunken"),
  };
}

function toneOf(status: Parameters<typeof lookOf>[0] | null): string {
  return status === null || status === "waiting" ? "none" : lookOf(status).tone;
}

/** What has not begun is hollow: that does not hang on colour. */
function drawMark(
  pen: CanvasRenderingContext2D,
  marks: Marks,
  path: string,
  tone: string,
  colours: Colours,
): void {
  const box = marks.boxes.get(path);
  if (box === undefined) return;
  const { x, y, width, height: tall } = box;
  pen.fillStyle = colours[tone] ?? "";
  pen.fillRect(x, y, width, tall);
  if (tone !== "none" || width < 4 || tall < 4) return;
  pen.fillStyle = colours["page"] ?? "";
  pen.fillRect(x + 1, y + 1, width - 2, tall - 2);
}

function drawLines(
  pen: CanvasRenderingContext2D,
  layout: GraphLayout,
  { boxes }: Marks,
  colours: Colours,
): void {
  if (layout.edges.length > mostLines) return;
  pen.strokeStyle = colours["line"] ?? "";
  pen.lineWidth = 0.5;
  pen.beginPath();
  for (const { source, target } of layout.edges) {
    const [from, to] = [boxes.get(source), boxes.get(target)];
    if (from === undefined || to === undefined) continue;
    pen.moveTo(from.x + from.width / 2, from.y + from.height);
    pen.lineTo(to.x + to.width / 2, to.y);
  }
  pen.stroke();
}
