/** What runs now, live, and what ran last. */

import type { RunSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { paths, runPath, runsPath } from "../../app/paths.ts";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Name } from "../../design/name.tsx";
import { Panel } from "../../design/panel.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import { Duration, Time } from "../../design/time.tsx";

const shownRunning = 8;
const shownLast = 5;

export function RunningPanel() {
  const running = useApi("listRuns", { query: { status: "running", limit: shownRunning } });
  const last = useApi("listRuns", { query: { limit: shownLast } });
  const error = running.error ?? last.error;
  const runningRuns = running.data?.runs ?? [];
  const lastRuns = last.data?.runs.filter(({ status }) => status !== "running") ?? [];
  const hasMore = running.data?.nextCursor != null;
  return (
    <Panel title="Runs" actions={<Link to={paths.runs}>All runs</Link>}>
      {error !== null && <ErrorNotice error={error} />}
      {running.data === undefined && error === null && <Skeleton lines={3} />}
      {running.data !== undefined && runningRuns.length === 0 && <p className="quiet">Nothing runs now.</p>}
      <ul className="run-lines">
        {runningRuns.map((run) => (
          <RunLine key={run.runId} run={run} />
        ))}
        {hasMore && (
          <li>
            <Link to={runsPath({ status: "running" })}>more are running</Link>
          </li>
        )}
        {lastRuns.map((run) => (
          <RunLine key={run.runId} run={run} />
        ))}
      </ul>
    </Panel>
  );
}

function RunLine({ run }: { readonly run: RunSummary }) {
  return (
    <li className="run-line">
      <StatusBadge status={run.status} />
      <Link to={runPath(run.runId)} title={run.runId}>
        <Name name={run.workflow} />
      </Link>
      <span className="quiet run-line-time">
        {run.settledAt === null ? <Duration from={run.createdAt} to={null} /> : <Time at={run.settledAt} />}
      </span>
    </li>
  );
}
