/** What waits for a person, to be answered right here. Nothing is shown while nothing waits. */

import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { runPath, runsPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatPlural } from "../../design/format.ts";
import { Name } from "../../design/name.tsx";
import { Panel } from "../../design/panel.tsx";
import { Time } from "../../design/time.tsx";
import { ApprovalForm } from "../../forms/approval-form.tsx";

/** More would push the decisions off the page; each has its run's page too. */
const mostShown = 5;

export function WaitsPanel() {
  const { data, error } = useApi("listWaits", {});
  if (error !== null) return <ErrorNotice title="What waits could not be read" error={error} />;
  const approvals = data?.waits.filter(({ kind }) => kind === "approval") ?? [];
  const signals = data?.waits.filter(({ kind }) => kind === "signal") ?? [];
  if (approvals.length === 0 && signals.length === 0) return null;
  const omitted = approvals.length - mostShown;
  return (
    <Panel
      className="waits"
      title={
        approvals.length > 0
          ? `${formatPlural(approvals.length, "run")} ${approvals.length === 1 ? "waits" : "wait"} for a person`
          : `${formatPlural(signals.length, "run")} ${signals.length === 1 ? "waits" : "wait"} for a signal`
      }
    >
      {approvals.length > 0 && (
        <ul className="wait-list">
          {approvals.slice(0, mostShown).map((wait) => (
            <li key={`${wait.runId} ${wait.task}`} className="wait">
              <p className="row">
                <Badge tone="warn" icon="hand">
                  awaits approval
                </Badge>
                <Link to={runPath(wait.runId, { task: wait.task })}>
                  <Name name={`${wait.workflow}, ${wait.task}`} maxLength={120} />
                </Link>
                {wait.since !== null && (
                  <span className="quiet">
                    asked <Time at={wait.since} />
                  </span>
                )}
              </p>
              <ApprovalForm wait={wait} />
            </li>
          ))}
          {omitted > 0 && (
            <li className="quiet">
              <Link to={runsPath({ status: "running" })}>{omitted} more wait</Link>
            </li>
          )}
        </ul>
      )}
      {signals.length > 0 && (
        <ul className="wait-signals">
          {signals.slice(0, mostShown).map((wait) => (
            <li key={`${wait.runId} ${wait.task}`} className="row">
              <Badge tone="wait" icon="flag">
                awaits a signal
              </Badge>
              <Link to={runPath(wait.runId, { task: wait.task })}>
                <Name name={`${wait.workflow}: ${wait.signal ?? wait.task}`} maxLength={120} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
