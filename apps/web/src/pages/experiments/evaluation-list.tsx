/** The evaluations: who was best in each, and how far those under way are. */
import type { EvaluationSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { evaluationPath } from "../../app/paths.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatCount } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import { JobProgress, pollMs } from "./job-progress.tsx";

const columns: readonly Column<EvaluationSummary>[] = [
  {
    key: "name",
    header: "Evaluation",
    sortBy: ({ name }) => name,
    cell: ({ id, name }) => (
      <Link to={evaluationPath(id)}>
        <SafeText text={name} />
      </Link>
    ),
  },
  {
    key: "at",
    header: "Started",
    sortBy: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  {
    key: "agents",
    isSecondary: true,
    header: "Agents",
    align: "end",
    sortBy: ({ agents }) => agents,
    cell: ({ agents, best }) => (best === null ? "" : formatCount(agents)),
  },
  {
    key: "cases",
    isSecondary: true,
    header: "Cases",
    align: "end",
    sortBy: ({ cases }) => cases,
    cell: ({ cases, best }) => (best === null ? "" : formatCount(cases)),
  },
  {
    key: "best",
    header: "Ranked first",
    cell: ({ best }) => (best === null ? "" : <SafeText text={best} />),
  },
  {
    key: "state",
    header: "State",
    cell: ({ job, best }) => <JobProgress job={job} isWhole={best !== null} isShort />,
  },
];

export function EvaluationList() {
  const asked = useApi(
    "listEvaluations",
    {},
    { everyMs: (answer) => pollMs(answer?.evaluations.map(({ job }) => job) ?? []) },
  );
  const rows = asked.data?.evaluations ?? [];
  return (
    <Panel
      title="Evaluations"
      about="Every agent and every policy on the same cases, walking forward: score, regret, calibration, and whether a difference may be chance."
      isFlush
    >
      {asked.error !== null && <ErrorNotice error={asked.error} title="The evaluations could not be read" />}
      {asked.isPending && <Skeleton />}
      {asked.isSuccess && rows.length === 0 && (
        <EmptyState title="No evaluation yet">
          Start one on the project's own agents, or on a file of forecasts.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Table caption="Evaluations" columns={columns} rows={rows} rowKey={({ id }) => id} />
      )}
    </Panel>
  );
}
