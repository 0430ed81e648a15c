/** A workflow's graph with its two faces: the picture, which is loaded when somebody looks at it, and the tree of words. */
import { lazy, Suspense, useState } from "react";
import { Icon } from "../design/icon.tsx";
import { SkeletonBlock } from "../design/skeleton.tsx";
import type { FlowGraphProps } from "./flow-graph.tsx";
import { GraphTree } from "./graph-tree.tsx";
import "./workflow-graph.css";

const FlowGraph = lazy(() => import("./flow-graph.tsx").then(({ FlowGraph }) => ({ default: FlowGraph })));

type Face = "picture" | "list";

/** On a phone, words come first. */
function firstFace(): Face {
  return window.matchMedia("(max-width: 48rem)").matches ? "list" : "picture";
}

export function WorkflowGraph(props: FlowGraphProps) {
  const [face, setFace] = useState(firstFace);
  return (
    <div className="workflow-graph">
      <div className="workflow-graph-head">
        {face === "picture" && (
          <p className="workflow-graph-hint">
            Drag to move, Ctrl and wheel to zoom, arrow keys between nodes.
          </p>
        )}
        <fieldset className="workflow-graph-faces">
          <legend className="visually-hidden">Show the graph as</legend>
          {(["picture", "list"] as const).map((each) => (
            <label key={each} className="workflow-graph-face">
              <input
                type="radio"
                name="graph-face"
                className="visually-hidden"
                checked={face === each}
                onChange={() => setFace(each)}
              />
              <Icon name={each === "picture" ? "workflows" : "menu"} size={13} />
              {each === "picture" ? "Picture" : "List"}
            </label>
          ))}
        </fieldset>
      </div>
      {face === "list" ? (
        <GraphTree {...props} />
      ) : (
        <Suspense fallback={<SkeletonBlock heightRem={24} />}>
          <FlowGraph {...props} />
        </Suspense>
      )}
    </div>
  );
}
