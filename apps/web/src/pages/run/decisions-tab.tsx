/** What the run has decided, each a link to the whole of it. */
import type { DecisionSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { decisionPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatNumber, formatSigned, formatSignedPercent } from "../../design/format.ts";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import type { RunView } from "./use-run-view.ts";

export function DecisionsTab({ view }: { readonly view: RunView }) {
  const { runId } = view.run;
  const answer = useApi("listRunDecisions", { params: { runId } });
  if (answer.error !== null) {
    return (
      <ErrorNotice
        error={answer.error}
        title="Its decisions cannot be shown"
        onRetry={() => void answer.refetch()}
      />
    );
  }
  if (answer.data === undefined) return <Skeleton lines={5} label="Loading decisions" />;
  if (answer.data.decisions.length === 0) {
    return (
      <EmptyState title="Nothing is decided">
        {view.run.status === "running"
          ? "Decisions appear as its resolve steps end."
          : "The workflow has no resolve step, or none of them came to an end."}
      </EmptyState>
    );
  }
  return (
    <Table
      caption="What the run has decided, subject by subject"
      columns={columns}
      rows={answer.data.decisions}
      rowKey={({ task }) => task}
    />
  );
}

const columns: readonly Column<DecisionSummary>[] = [
  {
    key: "subject",
    header: "Subject",
    cell: ({ runId, task, subject }) => <Link to={decisionPath(runId, task)}>{subject}</Link>,
    sortBy: ({ subject }) => subject,
  },
  {
    key: "lean",
    header: "Lean",
    cell: ({ status, side, tilt }) => <Lean status={status} side={side} tilt={tilt} />,
    sortBy: ({ tilt }) => tilt,
  },
  {
    key: "weight",
    header: "Weight",
    cell: ({ weight }) => formatSignedPercent(weight),
    align: "end",
    sortBy: ({ weight }) => weight,
    isSecondary: true,
  },
  {
    key: "conflict",
    header: "Divergence",
    cell: ({ divergence }) => formatNumber(divergence, 3),
    align: "end",
    sortBy: ({ divergence }) => divergence,
  },
  {
    key: "headline",
    header: "In a sentence",
    cell: ({ headline }) => <SafeText text={headline} foldAt={240} />,
    isSecondary: true,
  },
];

function Lean({ status, side, tilt }: Pick<DecisionSummary, "status" | "side" | "tilt">) {
  if (status !== "decided") return <Badge tone="warn">{status === "vetoed" ? "vetoed" : "no view"}</Badge>;
  if (side === "lower") return <Badge tone="down">down {formatSigned(tilt)}</Badge>;
  if (side === "upper") return <Badge tone="up">up {formatSigned(tilt)}</Badge>;
  return <Badge>flat {formatSigned(tilt)}</Badge>;
}
