/**
 * A workflow's graph to look around in. It is laid out when its shape changes and never when a state does: nodes read their
 * state from the board by themselves.
 */
import "@xyflow/react/dist/base.css";
import "./flow-graph.css";
import {
  Controls,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStoreApi,
} from "@xyflow/react";
import { createContext, type KeyboardEvent, use, useEffect, useMemo, useRef } from "react";
import type { BentEdge } from "./graph-edge.tsx";
import { BentEdgeLine } from "./graph-edge.tsx";
import type { GraphIndex, IndexedNode } from "./graph-index.ts";
import { GraphNodeBox, type NodeMark } from "./graph-node.tsx";
import { GraphOverview } from "./graph-overview.tsx";
import { type GraphLayout, layoutGraph } from "./layout-graph.ts";
import { neighbourNode, originsOf } from "./neighbour-node.ts";

export interface FlowGraphProps {
  readonly index: GraphIndex;
  /** Bodies that are open. */
  readonly opened: ReadonlySet<string>;
  readonly onToggle: (path: string) => void;
  readonly selected: string | null;
  readonly onSelect: (path: string | null) => void;
  readonly marks?: ReadonlyMap<string, NodeMark>;
  readonly hasRun?: boolean;
  /** What it is a graph of; read aloud. */
  readonly label: string;
}

type BoxNode = Node<{ readonly node: IndexedNode; readonly isOpen: boolean }, "box">;

interface GraphActions {
  readonly selected: string | null;
  readonly tabStop: string | null;
  readonly marks: ReadonlyMap<string, NodeMark>;
  readonly hasRun: boolean;
  readonly onSelect: (path: string) => void;
  readonly onToggle: (path: string) => void;
}

const noMarks: ReadonlyMap<string, NodeMark> = new Map();
const ActionsContext = createContext<GraphActions | null>(null);
const nodeTypes = { box: BoxNodeView };
const edgeTypes = { bent: BentEdgeLine };
/** A graph with more nodes than this is large: only the nodes in sight are in the page, never too many of them, and a strip shows the whole. */
const mostDrawnAtOnce = 150;
const leastZoom = { small: 0.1, large: 0.35 } as const;
const firstZoom = 0.7;
const fitOptions = { maxZoom: 1, padding: 0.08 } as const;

export function FlowGraph(props: FlowGraphProps) {
  return (
    <ReactFlowProvider>
      <GraphCanvas {...props} />
    </ReactFlowProvider>
  );
}

function GraphCanvas(props: FlowGraphProps) {
  const { index, opened, selected, onSelect, onToggle, label, marks = noMarks, hasRun = false } = props;
  const layout = useMemo(() => layoutGraph(index, opened), [index, opened]);
  const nodes = useMemo(() => layout.nodes.map(toFlowNode), [layout]);
  const edges = useMemo(() => toFlowEdges(layout), [layout]);
  const isLarge = nodes.length > mostDrawnAtOnce;
  const frame = useRef<HTMLDivElement>(null);
  const reveal = useReveal(layout);
  const tabStop = selected ?? layout.nodes[0]?.node.path ?? null;
  const actions = useMemo<GraphActions>(
    () => ({ selected, tabStop, marks, hasRun, onSelect, onToggle }),
    [selected, tabStop, marks, hasRun, onSelect, onToggle],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = event.target instanceof HTMLElement ? event.target.dataset["path"] : undefined;
    const to = from === undefined ? null : neighbourNode(layout, from, event.key);
    if (to === null) return;
    event.preventDefault();
    reveal(to, () => focusNode(frame.current, to));
  };
  return (
    <ActionsContext value={actions}>
      {isLarge && <GraphOverview layout={layout} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Arrow keys move among the buttons within. */}
      <div ref={frame} className="flow-graph" onKeyDown={onKeyDown}>
        <ReactFlow<BoxNode, BentEdge>
          aria-label={label}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          onlyRenderVisibleElements={isLarge}
          onPaneClick={() => onSelect(null)}
          minZoom={isLarge ? leastZoom.large : leastZoom.small}
          maxZoom={1.5}
          fitViewOptions={fitOptions}
          preventScrolling={false}
          zoomOnScroll={false}
          panOnDrag
          zoomActivationKeyCode={["Control", "Meta"]}
        >
          <Controls showInteractive={false} position="bottom-right" />
        </ReactFlow>
      </div>
    </ActionsContext>
  );
}

function BoxNodeView({ data }: NodeProps<BoxNode>) {
  const actions = use(ActionsContext);
  if (actions === null) return null;
  const { path } = data.node;
  return (
    <GraphNodeBox
      node={data.node}
      isOpen={data.isOpen}
      isSelected={actions.selected === path}
      isTabStop={actions.tabStop === path}
      mark={actions.marks.get(path) ?? null}
      hasRun={actions.hasRun}
      onSelect={actions.onSelect}
      onToggle={actions.onToggle}
    />
  );
}

/** Brings a node into sight when it is not, and fits the whole graph when its shape has changed. */
function useReveal(layout: GraphLayout): (path: string, then: () => void) => void {
  const { fitView, getViewport, setCenter, setViewport, viewportInitialized } = useReactFlow();
  const store = useStoreApi();
  useEffect(() => {
    const [first] = layout.nodes;
    if (!viewportInitialized || first === undefined) return;
    if (layout.nodes.length <= mostDrawnAtOnce) void fitView(fitOptions);
    else {
      const x = (store.getState().width - layout.size.width * firstZoom) / 2;
      void setViewport({ x, y: 24 - first.y * firstZoom, zoom: firstZoom });
    }
  }, [layout, viewportInitialized, fitView, setViewport, store]);
  return (path, then) => {
    const at = originsOf(layout).get(path);
    const node = layout.nodes.find((each) => each.node.path === path);
    if (at === undefined || node === undefined) return;
    const zoom = Math.max(getViewport().zoom, 0.5);
    const y = node.isOpen ? at.y + 20 : at.y + node.height / 2;
    // The node may come into the page only when it is in sight.
    void setCenter(at.x + node.width / 2, y, { zoom }).then(() => requestAnimationFrame(then));
  };
}

function focusNode(frame: HTMLElement | null, path: string): void {
  frame?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus({ preventScroll: true });
}

/** Sizes and handles are stated, so that nothing has to be measured in the page. */
function toFlowNode({ node, parent, isOpen, x, y, width, height }: GraphLayout["nodes"][number]): BoxNode {
  const handle = { x: width / 2, width: 1, height: 1 };
  return {
    id: node.path,
    type: "box",
    position: { x, y },
    width,
    height,
    measured: { width, height },
    handles: [
      { ...handle, y: 0, type: "target", position: Position.Top },
      { ...handle, y: height, type: "source", position: Position.Bottom },
    ],
    data: { node, isOpen },
    ...(parent !== null && { parentId: parent }),
  };
}

function toFlowEdges(layout: GraphLayout): BentEdge[] {
  const origins = originsOf(layout);
  return layout.edges.map(({ id, source, target, bends, parent }) => {
    const origin = (parent === null ? undefined : origins.get(parent)) ?? { x: 0, y: 0 };
    return {
      id,
      source,
      target,
      type: "bent",
      data: { bends: bends.map(({ x, y }) => ({ x: x + origin.x, y: y + origin.y })) },
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14 },
    };
  });
}
