/** One workflow: its graph, its runs over time, its versions side by side, its schedules and backfills; and a way to start it. */
import "./workflow-page.css";
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { Page } from "../../app/page.tsx";
import { paths, runPath, runsPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Hash } from "../../design/hash.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { Tabs } from "../../design/tabs.tsx";
import { plainText } from "../../design/visible-text.ts";
import { StartRunForm } from "../../forms/start-run-form.tsx";
import { GridTab } from "./grid-tab.tsx";
import { PlanTab } from "./plan-tab.tsx";
import { ScheduleTab } from "./schedule-tab.tsx";
import { VersionsTab } from "./versions-tab.tsx";

const tabs = [
  { id: "graph", label: "Graph" },
  { id: "grid", label: "Runs over time" },
  { id: "versions", label: "Versions" },
  { id: "schedule", label: "Schedule & backfill" },
] as const;
type TabId = (typeof tabs)[number]["id"];

export function WorkflowPage() {
  const { name = "" } = useParams();
  const answer = useApi("getWorkflow", { params: { name } });
  const [search, setSearch] = useSearchParams();
  const tab: TabId = tabs.find(({ id }) => id === search.get("tab"))?.id ?? "graph";
  const workflow = answer.data;
  return (
    <Page
      title={plainText(name, 100)}
      trail={<Link to={paths.workflows}>Workflows</Link>}
      {...(workflow !== undefined && { about: <SafeText text={workflow.description} /> })}
      actions={workflow !== undefined && <StartButton name={name} />}
    >
      {workflow === undefined && answer.error === null && <Skeleton lines={8} label="Loading the workflow" />}
      {workflow === undefined && answer.error !== null && (
        <ErrorNotice
          error={answer.error}
          title="The workflow cannot be shown"
          onRetry={() => void answer.refetch()}
        />
      )}
      {workflow !== undefined && (
        <>
          <p className="row quiet">
            <span>
              Plan <Hash hash={workflow.planHash} label="hash of the plan" />
            </span>
            {workflow.tags.map((tag) => (
              <Badge key={tag}>{plainText(tag, 40)}</Badge>
            ))}
            <Link to={runsPath({ workflow: name })}>all its runs</Link>
          </p>
          <Tabs
            label="What to see of the workflow"
            tabs={tabs}
            selected={tab}
            onSelect={(id) => setSearch(id === "graph" ? {} : { tab: id }, { replace: true })}
          >
            {tab === "graph" && <PlanTab plan={workflow.plan} />}
            {tab === "grid" && <GridTab workflow={name} />}
            {tab === "versions" && <VersionsTab workflow={workflow} />}
            {tab === "schedule" && <ScheduleTab workflow={name} />}
          </Tabs>
        </>
      )}
    </Page>
  );
}

function StartButton({ name }: { readonly name: string }) {
  const may = useMay("operator");
  const [isOpen, setIsOpen] = useState(false);
  const navigate = useNavigate();
  if (!may) return null;
  return (
    <>
      <Button kind="primary" icon="play" onClick={() => setIsOpen(true)}>
        Start a run
      </Button>
      <Dialog
        title={`Start a run of ${plainText(name, 60)}`}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
      >
        <StartRunForm workflow={name} onStarted={(runId) => void navigate(runPath(runId))} />
      </Dialog>
    </>
  );
}
