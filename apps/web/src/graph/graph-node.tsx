/** A node as it is drawn: what it does, and, of a run, how it stands. Its size never depends on its state. */
import { type KeyboardEvent, memo } from "react";
import { classNames } from "../design/class-names.ts";
import { Icon } from "../design/icon.tsx";
import { lookOf } from "../design/status-badge.tsx";
import { plainText } from "../design/visible-text.ts";
import type { IndexedNode } from "./graph-index.ts";
import { kindLook } from "./kind-look.ts";
import { StatusCountList } from "./status-counts.tsx";
import type { NodeState } from "./task-board.ts";
import { useNodeState } from "./use-board.ts";

/** How a node differs between two versions. */
export type NodeMark = "added" | "removed" | "changed";

export interface GraphNodeProps {
  readonly node: IndexedNode;
  readonly isOpen: boolean;
  readonly isSelected: boolean;
  /** Reached by Tab; the others by arrow keys from there. */
  readonly isTabStop: boolean;
  readonly mark: NodeMark | null;
  readonly hasRun: boolean;
  readonly onSelect: (path: string) => void;
  readonly onToggle: (path: string) => void;
}

export const GraphNodeBox = memo(function GraphNodeBox(props: GraphNodeProps) {
  const { node, isOpen, isSelected, isTabStop, mark, hasRun, onSelect, onToggle } = props;
  const state = useNodeState(node.path);
  const tone = state.status === null ? "none" : lookOf(state.status).tone;
  const { icon, word } = kindLook(node.view.kind);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!node.hasBody || (event.key !== "o" && event.key !== " ")) return;
    event.preventDefault();
    onToggle(node.path);
  };
  return (
    <div
      className={classNames(
        "graph-node",
        `graph-node-${tone}`,
        isOpen && "graph-node-open",
        isSelected && "graph-node-selected",
        mark !== null && `graph-node-${mark}`,
        hasRun && state.status === null && "graph-node-idle",
      )}
    >
      <button
        type="button"
        className="graph-node-main nopan"
        data-path={node.path}
        tabIndex={isTabStop ? 0 : -1}
        aria-pressed={isSelected}
        onClick={() => onSelect(node.path)}
        onKeyDown={onKeyDown}
      >
        <span className="graph-node-head">
          <span className="graph-node-kind" title={word}>
            <Icon name={icon} size={13} />
          </span>
          <span className="graph-node-name">{node.view.name}</span>
          <span className="visually-hidden">{word}</span>
          {mark !== null && <span className={`graph-node-mark graph-mark-${mark}`}>{mark}</span>}
          {hasRun && <StateMark state={state} />}
        </span>
        <span className="graph-node-line">
          {state.total > 1 || state.withinTotal > 0 ? (
            <StatusCountList counts={state.withinTotal > 0 ? state.within : state.counts} />
          ) : (
            <span className="graph-node-label">{plainText(node.view.label || word, 90)}</span>
          )}
        </span>
        {node.hasBody && <span className="visually-hidden">press o to open or fold</span>}
      </button>
      {/* The canvas measures where lines end by these. */}
      <span className="target graph-node-end graph-node-top" data-handlepos="top" />
      <span className="source graph-node-end graph-node-bottom" data-handlepos="bottom" />
      {node.hasBody && (
        <button
          type="button"
          className="graph-node-toggle nopan"
          tabIndex={-1}
          title={isOpen ? "Fold" : "Open"}
          aria-expanded={isOpen}
          onClick={() => onToggle(node.path)}
        >
          <span className="visually-hidden">
            {isOpen ? "Fold" : "Open"} {node.view.name}
          </span>
          {state.items > 0 && <span>{state.items.toLocaleString("en")}×</span>}
          <Icon name={isOpen ? "up" : "down"} size={10} />
        </button>
      )}
    </div>
  );
});

function StateMark({ state: { status } }: { readonly state: NodeState }) {
  if (status === null) return <span className="visually-hidden">not begun</span>;
  const { icon, tone, word } = lookOf(status);
  return (
    <span className={`graph-node-state tone-${tone}`} title={word}>
      <Icon name={icon} size={14} />
      <span className="visually-hidden">{word}</span>
    </span>
  );
}
