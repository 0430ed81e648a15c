/** A node as it is drawn: what it does, and, of a run, how it stands. Its size never depends on its state. */
import { type KeyboardEvent, memo } from "react";
import { classNames } from "../design/class-names.ts";
import { Icon } from "../design/icon.tsx";
import { lookOf } from "../design/status-badge.tsx";
import { plainText } from "../design/visible-text.ts";
import type { IndexedNode } from "./graph-index.ts";
import { kindLook } from "./kind-look.ts";
import { countText, StatusCountList } from "./status-counts.tsx";
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
        aria-label={spoken(node, state, mark, hasRun)}
        aria-pressed={isSelected}
        onClick={() => onSelect(node.path)}
        onKeyDown={onKeyDown}
      >
        <span className="graph-node-head">
          <Icon name={icon} size={13} />
          <span className="graph-node-name">{node.view.name}</span>
          {mark !== null && <span className={`graph-node-mark graph-mark-${mark}`}>{mark}</span>}
          {state.status !== null && <StateIcon state={state} />}
        </span>
        <span className="graph-node-line">
          {state.total > 1 || state.withinTotal > 0 ? (
            <StatusCountList counts={state.withinTotal > 0 ? state.within : state.counts} />
          ) : (
            <span className="graph-node-label">{plainText(node.view.label || word, 90)}</span>
          )}
        </span>
      </button>
      {node.hasBody && (
        <button
          type="button"
          className="graph-node-toggle nopan"
          tabIndex={-1}
          aria-label={`${isOpen ? "Fold" : "Open"} ${node.view.name}`}
          aria-expanded={isOpen}
          onClick={() => onToggle(node.path)}
        >
          {state.items > 0 && <span>{state.items.toLocaleString("en")}×</span>}
          <Icon name={isOpen ? "up" : "down"} size={10} />
        </button>
      )}
    </div>
  );
});

function StateIcon({ state }: { readonly state: NodeState }) {
  if (state.status === null) return null;
  const { icon, tone, word } = lookOf(state.status);
  return (
    <span className={`graph-node-state tone-${tone}`} title={word}>
      <Icon name={icon} size={14} />
    </span>
  );
}

function spoken(
  { view, hasBody }: IndexedNode,
  state: NodeState,
  mark: NodeMark | null,
  hasRun: boolean,
): string {
  const parts = [view.name, kindLook(view.kind).word];
  if (mark !== null) parts.push(mark);
  if (hasRun) parts.push(state.total > 1 ? countText(state.counts) : stateWord(state));
  if (hasRun && state.withinTotal > 0) parts.push(`within: ${countText(state.within)}`);
  if (hasBody) parts.push("press o to open or fold");
  return parts.join(", ");
}

function stateWord({ status }: NodeState): string {
  return status === null ? "not begun" : lookOf(status).word;
}
