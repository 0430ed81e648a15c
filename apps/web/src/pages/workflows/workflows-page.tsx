/** The project's workflows: how each has done of late, and when it runs next. */
import "./workflows-page.css";
import type { ScheduleView, WorkflowSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { runsPath, workflowPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatPlural } from "../../design/format.ts";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { Time } from "../../design/time.tsx";
import { plainText } from "../../design/visible-text.ts";
import { RecentRuns } from "./recent-runs.tsx";

export function WorkflowsPage() {
  const workflows = useApi("listWorkflows", {});
  const schedules = useApi("listSchedules", {});
  const list = workflows.data?.workflows;
  return (
    <Page title="Workflows" about="What can run here: each with its newest runs, and when it runs by itself.">
      {workflows.error !== null && (
        <ErrorNotice
          error={workflows.error}
          title="Workflows could not be listed"
          onRetry={() => void workflows.refetch()}
        />
      )}
      {list === undefined && workflows.error === null && <Skeleton lines={6} label="Loading workflows" />}
      {list?.length === 0 && (
        <EmptyState title="This project has no workflows">
          They are written in TypeScript, with <code>workflow()</code>, and named in the project's file.
        </EmptyState>
      )}
      {list !== undefined && list.length > 0 && (
        <ul className="workflow-list">
          {list.map((workflow) => (
            <WorkflowCard
              key={workflow.name}
              workflow={workflow}
              schedules={(schedules.data?.schedules ?? []).filter((each) => each.workflow === workflow.name)}
            />
          ))}
        </ul>
      )}
    </Page>
  );
}

interface WorkflowCardProps {
  readonly workflow: WorkflowSummary;
  readonly schedules: readonly ScheduleView[];
}

function WorkflowCard({ workflow, schedules }: WorkflowCardProps) {
  const { name, description, tags, steps, agents, recent } = workflow;
  return (
    <li className="workflow-card">
      <div className="workflow-card-words">
        <h2>
          <Link to={workflowPath(name)}>{name}</Link>
        </h2>
        {description !== "" && (
          <p className="quiet">
            <SafeText text={description} foldAt={240} />
          </p>
        )}
        <p className="row quiet">
          <span>{formatPlural(steps, "step")}</span>
          {agents.length > 0 && <span title={agents.join(", ")}>{formatPlural(agents.length, "agent")}</span>}
          {tags.map((tag) => (
            <Badge key={tag}>{plainText(tag, 40)}</Badge>
          ))}
        </p>
      </div>
      <div className="workflow-card-runs">
        {recent.length === 0 ? (
          <span className="quiet">never run</span>
        ) : (
          <>
            <RecentRuns workflow={name} runs={recent} />
            <Link to={runsPath({ workflow: name })}>all its runs</Link>
          </>
        )}
      </div>
      <div className="workflow-card-schedule">
        {schedules.length === 0 && <span className="quiet">by hand only</span>}
        {schedules.map((schedule) => (
          <p key={schedule.name}>
            <span className="mono">{plainText(schedule.cron, 40)}</span>{" "}
            <span className="quiet">{plainText(schedule.timeZone, 40)}</span>
            <br />
            {schedule.paused && <Badge tone="warn">paused</Badge>}
            {!schedule.paused && schedule.nextFiring !== null && (
              <>
                next <Time at={schedule.nextFiring} />
              </>
            )}
          </p>
        ))}
      </div>
    </li>
  );
}
