/** The graph as a tree of words: all that the picture says, for the keyboard, readers of the screen and phones. */
import "./graph-tree.css";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from "react";
import { classNames } from "../design/class-names.ts";
import { Icon } from "../design/icon.tsx";
import { lookOf } from "../design/status-badge.tsx";
import { plainText } from "../design/visible-text.ts";
import type { FlowGraphProps } from "./flow-graph.tsx";
import type { NodeMark } from "./graph-node.tsx";
import { kindLook } from "./kind-look.ts";
import { StatusCountList } from "./status-counts.tsx";
import { moveInTree, type TreeRow, treeRows } from "./tree-rows.ts";
import { useNodeState } from "./use-board.ts";

const rowHeight = 34;

export function GraphTree(props: FlowGraphProps) {
  const { index, opened, selected, onSelect, onToggle, label, marks, hasRun = false } = props;
  const rows = useMemo(() => treeRows(index, opened), [index, opened]);
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 20,
  });
  const current = Math.min(active, rows.length - 1);
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${current}"]`)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[current];
    if (row === undefined) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onSelect(row.node.path);
      return;
    }
    const move = moveInTree(rows, current, event.key);
    if (move === null) return;
    event.preventDefault();
    if ("toggle" in move) onToggle(move.toggle);
    else {
      setActive(move.to);
      virtual.scrollToIndex(move.to);
    }
    wantsFocus.current = true;
  };
  return (
    <div ref={scroller} className="graph-tree">
      <div
        role="tree"
        aria-label={label}
        className="graph-tree-rows"
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {virtual.getVirtualItems().map(({ index: at, start }) => {
          const row = rows[at];
          if (row === undefined) return null;
          return (
            <TreeItem
              key={row.node.path}
              row={row}
              at={at}
              start={start}
              isSelected={selected === row.node.path}
              isTabStop={at === current}
              mark={marks?.get(row.node.path) ?? null}
              hasRun={hasRun}
              onFocus={setActive}
              onSelect={onSelect}
              onToggle={onToggle}
            />
          );
        })}
      </div>
    </div>
  );
}

interface TreeItemProps {
  readonly row: TreeRow;
  readonly at: number;
  readonly start: number;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly mark: NodeMark | null;
  readonly hasRun: boolean;
  readonly onFocus: (at: number) => void;
  readonly onSelect: (path: string) => void;
  readonly onToggle: (path: string) => void;
}

const TreeItem = memo(function TreeItem(props: TreeItemProps) {
  const { row, at, start, isSelected, isTabStop, mark, hasRun, onFocus, onSelect, onToggle } = props;
  const { node, isOpen } = row;
  const state = useNodeState(node.path);
  const { icon, word } = kindLook(node.view.kind);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Keys are handled by the tree, which moves the focus among its items.
    <div
      role="treeitem"
      data-row={at}
      className={classNames("graph-tree-item", isSelected && "graph-tree-selected")}
      style={{ transform: `translateY(${start}px)`, paddingLeft: `${8 + node.depth * 20}px` }}
      aria-level={node.depth + 1}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-selected={isSelected}
      {...(node.hasBody && { "aria-expanded": isOpen })}
      tabIndex={isTabStop ? 0 : -1}
      onFocus={() => onFocus(at)}
      onClick={() => onSelect(node.path)}
    >
      {node.hasBody ? (
        // biome-ignore lint/a11y/useKeyWithClickEvents: As above: left and right arrow keys.
        // biome-ignore lint/a11y/noStaticElementInteractions: As above.
        <span
          className={classNames("graph-tree-toggle", isOpen && "graph-tree-toggle-open")}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(node.path);
          }}
        >
          <Icon name="chevron" size={12} />
        </span>
      ) : (
        <span className="graph-tree-toggle" />
      )}
      <Icon name={icon} size={13} />
      <span className="graph-tree-name">{node.view.name}</span>
      <span className="graph-tree-label">{plainText(node.view.label || word, 160)}</span>
      {mark !== null && <span className={`graph-mark-${mark}`}>{mark}</span>}
      {hasRun && (
        <span className="graph-tree-state">
          {state.status === null && <span className="quiet">not begun</span>}
          {state.status !== null && state.total <= 1 && (
            <span className={`status-count tone-${lookOf(state.status).tone}`}>
              <Icon name={lookOf(state.status).icon} size={12} />
              {lookOf(state.status).word}
            </span>
          )}
          {state.total > 1 && <StatusCountList counts={state.counts} />}
          {state.withinTotal > 0 && <StatusCountList counts={state.within} />}
        </span>
      )}
    </div>
  );
});
