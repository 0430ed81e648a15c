/** The workflow's graph, without a run: what each step does, takes and waits for. */
import type { PlanView } from "@mycroft/protocol";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { agentPath } from "../../app/paths.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { type IndexedNode, indexGraph } from "../../graph/graph-index.ts";
import { kindLook } from "../../graph/kind-look.ts";
import { WorkflowGraph } from "../../graph/workflow-graph.tsx";

/** Graphs of up to so many nodes are shown with all bodies open. */
const mostOpenNodes = 30;

export function PlanTab({ plan }: { readonly plan: PlanView }) {
  const index = useMemo(() => indexGraph(plan.nodes), [plan]);
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => bodiesOf(index.nodes));
  const [selected, setSelected] = useState<string | null>(null);
  const [onToggle] = useState(() => (path: string) => setOpened((before) => toggled(before, path)));
  const node = selected === null ? undefined : index.nodes.get(selected);
  return (
    <div className="stack">
      <WorkflowGraph
        index={index}
        opened={opened}
        onToggle={onToggle}
        selected={selected}
        onSelect={setSelected}
        label={`The graph of ${plan.workflow}`}
      />
      {node === undefined ? (
        <p className="quiet">
          Choose a node to read what it does. The workflow gives <SafeText text={plan.output} foldAt={300} />
        </p>
      ) : (
        <NodeFacts node={node} />
      )}
    </div>
  );
}

function NodeFacts({ node: { path, view } }: { readonly node: IndexedNode }) {
  return (
    <Panel title={path}>
      <dl className="plan-facts">
        <dt>Kind</dt>
        <dd>{kindLook(view.kind).word}</dd>
        <dt>Does</dt>
        <dd>
          <SafeText text={view.label} />
        </dd>
        {view.agents.length > 0 && (
          <>
            <dt>Agents</dt>
            <dd className="row">
              {view.agents.map((agent) => (
                <Link key={agent} to={agentPath(agent)}>
                  {agent}
                </Link>
              ))}
            </dd>
          </>
        )}
        {view.needs.length > 0 && (
          <>
            <dt>Needs</dt>
            <dd>{view.needs.join(", ")}</dd>
          </>
        )}
        {view.takes.length > 0 && (
          <>
            <dt>Takes</dt>
            <dd>
              <SafeText text={view.takes.join(", ")} />
            </dd>
          </>
        )}
        {view.rules.length > 0 && (
          <>
            <dt>Rules</dt>
            <dd>
              <SafeText text={view.rules.join("; ")} />
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

function bodiesOf(nodes: ReadonlyMap<string, IndexedNode>): ReadonlySet<string> {
  if (nodes.size > mostOpenNodes) return new Set();
  return new Set([...nodes.values()].flatMap(({ path, hasBody }) => (hasBody ? [path] : [])));
}

function toggled(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}
