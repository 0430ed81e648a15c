/** What differs between two runs: what went in first, what came out last, each with a link to where it stands. */
import "./diff.css";
import type { RunDiff, RunSummary } from "@mycroft/protocol";
import { useCallback, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { useUpdates } from "../../api/use-live-updates.ts";
import { useSpaced } from "../../api/use-spaced.ts";
import { Page } from "../../app/page.tsx";
import { paths, runPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { DifferenceList } from "../../design/difference-list.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatCount, formatPlural } from "../../design/format.ts";
import { BoundedJson } from "../../design/json-view.tsx";
import { Panel } from "../../design/panel.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import { plainText } from "../../design/visible-text.ts";
import { type DifferenceGroup, groupDifferences, hasTask, type RunDifference } from "./group-differences.ts";
import { numberChange } from "./number-change.ts";
import { RunPairForm } from "./run-pair-form.tsx";

/** As many as the server tells at once; those of one task are folded beyond a few, so that all tasks can be looked over. */
const mostListed = 1_000;
const shownOfGroup = 5;

export function DiffPage() {
  const [search] = useSearchParams();
  const left = search.get("left")?.trim() ?? "";
  const right = search.get("right")?.trim() ?? "";
  return (
    <Page
      title="What differs between two runs"
      trail={<Link to={paths.runs}>Runs</Link>}
      about="What went in comes first, what came out last: look for a cause from the top."
    >
      <RunPairForm key={`form ${left} ${right}`} left={left} right={right} />
      {left === "" || right === "" ? (
        <EmptyState title="Choose two runs">
          The page of a run offers those of its workflow, and of a fork the run that it comes from.
        </EmptyState>
      ) : (
        <Differences key={`${left} ${right}`} left={left} right={right} />
      )}
    </Page>
  );
}

function Differences({ left, right }: { readonly left: string; readonly right: string }) {
  const { data, error, refetch } = useApi("diffRuns", { query: { left, right, limit: mostListed } });
  const renew = useSpaced(useCallback(() => void refetch(), [refetch]));
  useUpdates(({ runId }) => {
    if (runId === data?.left.runId || runId === data?.right.runId) renew();
  });
  if (error !== null)
    return <ErrorNotice title="They could not be compared" error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={8} label="Comparing the two runs" />;
  return (
    <>
      <Panel title="The two runs" isFlush>
        <Table caption="The two runs" columns={runColumns} rows={sidesOf(data)} rowKey={({ side }) => side} />
      </Panel>
      <p aria-live="polite">{summaryOf(data)}</p>
      {groupDifferences(data.differences).map((group) => (
        <Group key={`${group.task ?? "of the run"} ${group.title}`} group={group} diff={data} />
      ))}
    </>
  );
}

type SideOfDiff = { readonly side: "left" | "right"; readonly run: RunSummary };

function sidesOf({ left, right }: RunDiff): readonly SideOfDiff[] {
  return [
    { side: "left", run: left },
    { side: "right", run: right },
  ];
}

const runColumns: readonly Column<SideOfDiff>[] = [
  { key: "side", header: "Side", cell: ({ side }) => <Badge tone={tones[side]}>{side}</Badge> },
  { key: "run", header: "Run", cell: ({ run }) => <Link to={runPath(run.runId)}>{run.runId}</Link> },
  {
    key: "workflow",
    header: "Workflow",
    cell: ({ run }) => plainText(run.workflow, 60),
    isSecondary: true,
  },
  { key: "status", header: "Status", cell: ({ run }) => <StatusBadge status={run.status} /> },
  { key: "asOf", header: "As of", cell: ({ run }) => run.asOf, isSecondary: true },
  {
    key: "started",
    header: "Started",
    cell: ({ run }) => <Time at={run.createdAt} />,
    isSecondary: true,
  },
];

const tones = { left: "neutral", right: "busy" } as const;

function Group({ group, diff }: { readonly group: DifferenceGroup; readonly diff: RunDiff }) {
  const { title, task, differences } = group;
  const [isOpen, setIsOpen] = useState(false);
  const shown = isOpen ? differences : differences.slice(0, shownOfGroup);
  const links = task !== null && (
    <span className="row">
      {sidesOf(diff).map(
        ({ side, run }) =>
          hasTask(group, side) && (
            <Link
              key={side}
              to={runPath(run.runId, { task })}
              aria-label={`${plainText(task, 120)} in the ${side} run`}
            >
              {side}
            </Link>
          ),
      )}
    </span>
  );
  return (
    <Panel title={plainText(title, 200)} actions={links}>
      <DifferenceList
        differences={shown.map((difference) => ({
          path: difference.path,
          left: shownSide(difference, "left"),
          right: shownSide(difference, "right"),
          note: numberChange(difference),
        }))}
        left={{ name: "left", tone: tones.left }}
        right={{ name: "right", tone: tones.right }}
      />
      {shown.length < differences.length && (
        <Button size="small" onClick={() => setIsOpen(true)}>
          {formatPlural(differences.length - shown.length, "more difference")}
        </Button>
      )}
    </Panel>
  );
}

function shownSide(difference: RunDifference, side: "left" | "right") {
  const value = difference[side];
  return value === null ? null : <BoundedJson value={value} />;
}

function summaryOf({ left, right, differences, omitted }: RunDiff): string {
  if (left.runId === right.runId) return "Both are the same run.";
  if (differences.length === 0) return "Nothing differs but when they ran.";
  const all = formatPlural(differences.length + omitted, "difference");
  return omitted === 0 ? `${all}.` : `${all}; the first ${formatCount(differences.length)} are shown.`;
}
