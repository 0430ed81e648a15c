/** The first page: what was decided last on every company, where the agents disagree most, what runs, and what waits for a person. */
import "./today.css";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { Page } from "../../app/page.tsx";
import { paths, runPath, runsPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatPlural } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SkeletonBlock } from "../../design/skeleton.tsx";
import { StartRunForm } from "../../forms/start-run-form.tsx";
import { AgentsPanel } from "./agents-panel.tsx";
import { DecisionsTable } from "./decisions-table.tsx";
import { RunningPanel } from "./running-panel.tsx";
import { SharpestConflict } from "./sharpest-conflict.tsx";
import { summarize } from "./summarize.ts";
import { WaitsPanel } from "./waits-panel.tsx";

export function TodayPage() {
  const { data, error, refetch } = useApi("latestDecisions", {});
  const [isStarting, setIsStarting] = useState(false);
  const may = useMay("operator");
  // Above all else, so nothing is shown before it is known.
  const isWaitKnown = !useApi("listWaits", {}).isPending;
  const isKnown = isWaitKnown && (data !== undefined || error !== null);
  const workflows = useApi("listWorkflows", {}).data?.workflows;
  const hasWorkflows = workflows === undefined || workflows.length > 0;
  const navigate = useNavigate();
  const decisions = data?.decisions ?? [];
  const sharpest = decisions[0];
  const startButton = may && hasWorkflows && (
    <Button kind="primary" icon="play" onClick={() => setIsStarting(true)}>
      Start a run
    </Button>
  );
  return (
    <Page
      title="Today"
      heading={data === undefined ? "Today" : summarize(decisions)}
      about="Narrow agents study the same companies and disagree. Here is what they said last, how it was resolved into one view each, and why."
      actions={startButton}
    >
      {error !== null && (
        <ErrorNotice title="The decisions could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {isKnown && <WaitsPanel />}
      {!isKnown && (
        <>
          <SkeletonBlock heightRem={14} />
          <SkeletonBlock heightRem={20} />
        </>
      )}
      {isKnown && sharpest !== undefined && <SharpestConflict decision={sharpest} />}
      {isKnown && (
        <div className="today">
          <Panel
            title="All companies, the sharpest conflict first"
            about={
              data === undefined || decisions.length === 0 ? undefined : (
                <>
                  The newest decision on each, out of{" "}
                  {data.isAll ? formatPlural(data.runs, "run") : `the ${newestRuns(data)}`}.{" "}
                  <LatestRuns runIds={decisions.map(({ runId }) => runId)} />
                </>
              )
            }
            isFlush
          >
            {decisions.length > 0 && <DecisionsTable decisions={decisions} />}
            {data !== undefined && decisions.length === 0 && !hasWorkflows && (
              <EmptyState title="This project has no workflows yet">
                A workflow asks agents and resolves what they say. <code>mycroft init</code>, in a folder of
                its own, writes a project with both to begin with; meanwhile the{" "}
                <Link to={paths.lab}>Lab</Link> works without any.
              </EmptyState>
            )}
            {data !== undefined && decisions.length === 0 && hasWorkflows && (
              <EmptyState
                title={data.isAll ? "No decisions yet" : `No decision in the ${newestRuns(data)}`}
                action={startButton}
              >
                {!data.isAll && <OlderRuns />}A run of a workflow asks its agents about each company and
                resolves what they say. Start one, or run <code>mycroft start</code>.
              </EmptyState>
            )}
          </Panel>
          <div className="stack today-side">
            <RunningPanel />
            <AgentsPanel />
          </div>
        </div>
      )}
      <Dialog title="Start a run" isOpen={isStarting} onClose={() => setIsStarting(false)}>
        <StartRunForm workflow={null} onStarted={(runId) => void navigate(runPath(runId))} />
      </Dialog>
    </Page>
  );
}

function newestRuns({ runs }: { readonly runs: number }): string {
  return runs === 1 ? "newest run" : `newest ${formatPlural(runs, "run")}`;
}

function OlderRuns() {
  return (
    <>
      Older runs were not looked through: they are in <Link to={runsPath()}>the list of runs</Link>.{" "}
    </>
  );
}

function LatestRuns({ runIds }: { readonly runIds: readonly string[] }) {
  const [first, ...others] = new Set(runIds);
  if (first === undefined) return null;
  return (
    <>
      {others.length === 0 ? "All are of one run: " : `They are of ${others.length + 1} runs; the newest: `}
      <Link to={runPath(first)}>{first}</Link>.
    </>
  );
}
