/** Two versions of the workflow side by side: which nodes came, went and changed, in one graph, and how exactly. */
import type { PlanView, WorkflowDetail } from "@mycroft/protocol";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { runsPath } from "../../app/paths.ts";
import { Badge, type Tone } from "../../design/badge.tsx";
import { DifferenceList } from "../../design/difference-list.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select } from "../../design/field.tsx";
import { formatPlural } from "../../design/format.ts";
import { JsonView } from "../../design/json-view.tsx";
import { Panel } from "../../design/panel.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { indexGraph } from "../../graph/graph-index.ts";
import type { NodeMark } from "../../graph/graph-node.tsx";
import { WorkflowGraph } from "../../graph/workflow-graph.tsx";
import type { JsonDifference } from "./compare-json.ts";
import { comparePlans, type NodeComparison, type PlanComparison } from "./compare-plans.ts";

export function VersionsTab({ workflow }: { readonly workflow: WorkflowDetail }) {
  const [search, setSearch] = useSearchParams();
  const hashes = useMemo(() => versionHashes(workflow), [workflow]);
  const newer = search.get("newer") ?? workflow.planHash;
  const older = search.get("older") ?? hashes.find((hash) => hash !== newer) ?? newer;
  const choose = (side: "older" | "newer", hash: string): void =>
    setSearch({ tab: "versions", older, newer, [side]: hash }, { replace: true });
  const choices = [...new Set([...hashes, older, newer])].map((hash) => ({
    value: hash,
    label: labelOf(workflow, hash),
  }));
  return (
    <div className="stack">
      <div className="version-choice">
        <Select label="From" value={older} choices={choices} onChange={(hash) => choose("older", hash)} />
        <Select label="To" value={newer} choices={choices} onChange={(hash) => choose("newer", hash)} />
        <Link to={runsPath({ workflow: workflow.name })}>its runs</Link>
      </div>
      {older === newer ? (
        <OneVersion hash={newer} isOnly={hashes.length < 2} />
      ) : (
        <TwoVersions key={`${older} ${newer}`} older={older} newer={newer} />
      )}
    </div>
  );
}

function usePlan(hash: string) {
  return useApi("getPlan", { params: { id: hash } }, { staleMs: Number.POSITIVE_INFINITY });
}

function OneVersion({ hash, isOnly }: { readonly hash: string; readonly isOnly: boolean }) {
  const plan = usePlan(hash);
  if (plan.error !== null) return <ErrorNotice error={plan.error} title="The plan cannot be shown" />;
  if (plan.data === undefined) return <Skeleton lines={6} label="Loading the plan" />;
  return (
    <Panel
      title={`Plan ${hash.slice(0, 12)}`}
      about={
        isOnly
          ? "It is the only version so far: another one comes with a run after a change of the workflow."
          : "Choose another version on one side to compare it with."
      }
    >
      <JsonView value={plan.data.definition} />
    </Panel>
  );
}

function TwoVersions({ older, newer }: { readonly older: string; readonly newer: string }) {
  const before = usePlan(older);
  const after = usePlan(newer);
  const error = before.error ?? after.error;
  if (error !== null) return <ErrorNotice error={error} title="The plans cannot be compared" />;
  if (before.data === undefined || after.data === undefined)
    return <Skeleton lines={6} label="Loading the plans" />;
  return <Comparison older={before.data} newer={after.data} />;
}

function Comparison({ older, newer }: { readonly older: PlanView; readonly newer: PlanView }) {
  const comparison = useMemo(() => comparePlans(older, newer), [older, newer]);
  const changed = comparison.nodes.filter(({ change }) => change !== "same");
  const [selected, setSelected] = useState<string | null>(null);
  const shown = changed.filter(({ path }) => selected === null || path === selected);
  if (changed.length === 0 && comparison.around.length === 0) {
    return <EmptyState title="The two do the same">Their definitions differ in nothing.</EmptyState>;
  }
  return (
    <>
      <p aria-live="polite">{summaryOf(comparison)}</p>
      <ChangedGraph comparison={comparison} selected={selected} onSelect={setSelected} />
      {comparison.around.length > 0 && (
        <Panel title="Around the steps" about="Input, output, timeout, tags.">
          <Differences differences={comparison.around} />
        </Panel>
      )}
      {shown.slice(0, 100).map((node) => (
        <ChangedNode key={node.path} node={node} />
      ))}
      {selected !== null && shown.length === 0 && <p className="quiet">{selected} is the same in both.</p>}
    </>
  );
}

interface ChangedGraphProps {
  readonly comparison: PlanComparison;
  readonly selected: string | null;
  readonly onSelect: (path: string | null) => void;
}

function ChangedGraph({ comparison, selected, onSelect }: ChangedGraphProps) {
  const index = useMemo(() => indexGraph(comparison.union), [comparison]);
  const marks = useMemo(
    () =>
      new Map<string, NodeMark>(
        comparison.nodes.flatMap(({ path, change }) => (change === "same" ? [] : [[path, change] as const])),
      ),
    [comparison],
  );
  // Bodies in which something has changed are open.
  const [opened, setOpened] = useState<ReadonlySet<string>>(
    () => new Set([...marks.keys()].flatMap((path) => index.nodes.get(path)?.parent ?? [])),
  );
  const [onToggle] = useState(() => (path: string) => setOpened((before) => toggled(before, path)));
  return (
    <WorkflowGraph
      index={index}
      opened={opened}
      onToggle={onToggle}
      selected={selected}
      onSelect={onSelect}
      marks={marks}
      label="Both versions in one graph, with what was added, removed and changed"
    />
  );
}

const tones: Readonly<Record<NodeMark, Tone>> = { added: "good", removed: "bad", changed: "warn" };

function ChangedNode({ node }: { readonly node: NodeComparison }) {
  const { path, change, differences } = node;
  if (change === "same") return null;
  return (
    <Panel title={path} actions={<Badge tone={tones[change]}>{change}</Badge>}>
      {differences.length > 0 ? (
        <Differences differences={differences} />
      ) : (
        <p className="quiet">{change === "added" ? "It is new." : "It is no longer there."}</p>
      )}
    </Panel>
  );
}

function Differences({ differences }: { readonly differences: readonly JsonDifference[] }) {
  return (
    <DifferenceList
      differences={differences.map((difference) => ({
        path: difference.path,
        left: "left" in difference ? <JsonView value={difference.left} /> : null,
        right: "right" in difference ? <JsonView value={difference.right} /> : null,
      }))}
      left={{ name: "before", tone: "bad" }}
      right={{ name: "after", tone: "good" }}
    />
  );
}

function summaryOf({ nodes, around }: PlanComparison): string {
  const count = (change: NodeMark) => nodes.filter((node) => node.change === change).length;
  const parts = (["added", "removed", "changed"] as const)
    .map((change) => [count(change), change] as const)
    .filter(([many]) => many > 0)
    .map(([many, change]) => `${formatPlural(many, "node")} ${change}`);
  if (around.length > 0) parts.push(`${formatPlural(around.length, "difference")} around the steps`);
  return `${parts.join(", ")}.`;
}

function versionHashes({ planHash, versions }: WorkflowDetail): readonly string[] {
  return [...new Set([planHash, ...versions.map((version) => version.planHash)])];
}

function labelOf({ planHash, versions }: WorkflowDetail, hash: string): string {
  const version = versions.find((each) => each.planHash === hash);
  const runs =
    version === undefined
      ? "no runs"
      : `${formatPlural(version.runs, "run")}, last ${version.lastRunAt.slice(0, 10)}`;
  return `${hash.slice(0, 12)} (${hash === planHash ? "now, " : ""}${runs})`;
}

function toggled(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}
