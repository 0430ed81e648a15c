/** What an agent said last, in the runs on record. */
import type { OpinionView } from "@mycroft/protocol";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { runPath } from "../../app/paths.ts";
import { DistributionStrip } from "../../charts/distribution-bars.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";

export const opinionsId = "opinions";

export function OpinionsPanel({ agent }: { readonly agent: string }) {
  const { data, error, refetch } = useApi("listOpinions", { query: { agent, limit: 12 } });
  return (
    <Panel
      title="Newest opinions"
      anchor={opinionsId}
      about="Each leads to the task in which it was asked."
      isFlush={data !== undefined && data.opinions.length > 0}
    >
      {error !== null && (
        <ErrorNotice title="The opinions could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton lines={4} label="Loading opinions" />}
      {data?.opinions.length === 0 && <p className="quiet">It has not been asked yet.</p>}
      {data !== undefined && data.opinions.length > 0 && (
        <Table
          caption="Newest opinions"
          columns={columns}
          rows={data.opinions}
          rowKey={({ runId, task }) => `${runId} ${task}`}
        />
      )}
    </Panel>
  );
}

const columns: readonly Column<OpinionView>[] = [
  {
    key: "subject",
    header: "On",
    cell: ({ runId, task, subject, asOf }) => (
      <Link className="case-link" to={runPath(runId, { task })}>
        <SafeText text={subject} foldAt={32} /> of {asOf}
      </Link>
    ),
  },
  {
    key: "opinion",
    header: "Opinion",
    cell: ({ probabilities, outcomes, agent, abstains }) =>
      probabilities === null ? (
        <span className="quiet">
          abstains: <SafeText text={abstains ?? "no reason given"} foldAt={80} />
        </span>
      ) : (
        <div className="opinion-strip">
          <DistributionStrip outcomes={outcomes} probabilities={probabilities} label={agent} />
        </div>
      ),
  },
  {
    key: "rationale",
    header: "Why",
    cell: ({ rationale }) => <SafeText text={rationale} foldAt={120} />,
    isSecondary: true,
  },
];
