/** When the workflow runs by itself; runs of the past that are made up for. */
import type { ScheduleView } from "@mycroft/protocol";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useApi, useChange } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { runPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select } from "../../design/field.tsx";
import { formatCount } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { Time } from "../../design/time.tsx";
import { Backfills } from "./backfills.tsx";

export function ScheduleTab({ workflow }: { readonly workflow: string }) {
  const answer = useApi("listSchedules", {}, { everyMs: 30_000 });
  if (answer.error !== null) {
    return (
      <ErrorNotice
        error={answer.error}
        title="Its schedules cannot be shown"
        onRetry={() => void answer.refetch()}
      />
    );
  }
  if (answer.data === undefined) return <Skeleton lines={5} label="Loading schedules" />;
  const schedules = answer.data.schedules.filter((each) => each.workflow === workflow);
  if (schedules.length === 0) {
    return (
      <EmptyState title="It runs only when somebody starts it">
        A schedule is written in the project's file; backfills start what it would have started.
      </EmptyState>
    );
  }
  return (
    <div className="stack">
      {schedules.map((schedule) => (
        <SchedulePanel key={schedule.name} schedule={schedule} />
      ))}
      <Backfills schedules={schedules} />
    </div>
  );
}

function SchedulePanel({ schedule }: { readonly schedule: ScheduleView }) {
  const { nextFiring, lastFiring, underWay, failure } = schedule;
  return (
    <Panel
      title={schedule.name}
      about={
        <>
          <code>{schedule.cron}</code> {schedule.timeZone}
          {schedule.calendar !== null && `, on days of ${schedule.calendar}`}
        </>
      }
      actions={<ScheduleActions schedule={schedule} />}
    >
      <dl className="plan-facts">
        <dt>Next firing</dt>
        <dd>
          {schedule.paused && <Badge tone="warn">paused: it does not fire</Badge>}
          {!schedule.paused && nextFiring === null && "never again"}
          {!schedule.paused && nextFiring !== null && (
            <>
              <Time at={nextFiring} />, <Time at={nextFiring} as="exact" />
            </>
          )}
        </dd>
        <dt>Last firing</dt>
        <dd>
          {lastFiring === null && "not yet"}
          {lastFiring !== null && (
            <>
              <Time at={lastFiring.scheduledAt} />{" "}
              {lastFiring.runId !== null && <Link to={runPath(lastFiring.runId)}>{lastFiring.runId}</Link>}
              {lastFiring.error !== null && (
                <>
                  <code>{lastFiring.error.code}</code> <SafeText text={lastFiring.error.message} />
                </>
              )}
            </>
          )}
        </dd>
        <dt>Under way</dt>
        <dd className="row">
          {underWay.length === 0 && "nothing"}
          {underWay.slice(0, 10).map((runId) => (
            <Link key={runId} to={runPath(runId)}>
              {runId}
            </Link>
          ))}
          {underWay.length > 10 && <span>and {underWay.length - 10} more</span>}
        </dd>
        <dt>When late</dt>
        <dd>
          catches up: {schedule.catchUp}; when the one before still runs: {schedule.overlap}
        </dd>
        <dt>So far</dt>
        <dd>
          {formatCount(schedule.waiting)} waiting, {formatCount(schedule.missed)} missed,{" "}
          {formatCount(schedule.overlapping)} left out for overlap, {formatCount(schedule.failed)} could not
          be started
        </dd>
      </dl>
      {failure !== null && (
        <p className="schedule-failure">
          <SafeText text={failure} />
        </p>
      )}
    </Panel>
  );
}

function ScheduleActions({ schedule }: { readonly schedule: ScheduleView }) {
  const may = useMay("operator");
  const navigate = useNavigate();
  const renews = ["listSchedules"] as const;
  const pause = useChange("pauseSchedule", { renews });
  const trigger = useChange("triggerSchedule", { renews: ["listSchedules", "listRuns"] });
  const params = { name: schedule.name };
  if (!may) return null;
  const error = pause.error ?? trigger.error;
  return (
    <>
      {schedule.paused ? (
        <ResumeButton schedule={schedule} />
      ) : (
        <Button icon="pause" isBusy={pause.isPending} onClick={() => pause.mutate({ params })}>
          Pause
        </Button>
      )}
      <Button
        icon="play"
        isBusy={trigger.isPending}
        onClick={() =>
          trigger.mutate({ params }, { onSuccess: ({ runId }) => void navigate(runPath(runId)) })
        }
      >
        Trigger now
      </Button>
      {error !== null && <ErrorNotice error={error} title="It was not done" />}
    </>
  );
}

type CatchUp = "own" | "all" | "latest" | "none";

function ResumeButton({ schedule }: { readonly schedule: ScheduleView }) {
  const [isOpen, setIsOpen] = useState(false);
  const [catchUp, setCatchUp] = useState<CatchUp>("own");
  const resume = useChange("resumeSchedule", { renews: ["listSchedules"] });
  const onResume = (): void =>
    resume.mutate(
      { params: { name: schedule.name }, body: catchUp === "own" ? {} : { catchUp } },
      { onSuccess: () => setIsOpen(false) },
    );
  return (
    <>
      <Button kind="primary" icon="play" onClick={() => setIsOpen(true)}>
        Resume
      </Button>
      <Dialog
        title={`Resume ${schedule.name}`}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        actions={
          <Button kind="primary" isBusy={resume.isPending} onClick={onResume}>
            Resume
          </Button>
        }
      >
        <div className="stack">
          <Select<CatchUp>
            label="Firings that it missed while it was paused"
            value={catchUp}
            choices={[
              { value: "own", label: `as it is written (${schedule.catchUp})` },
              { value: "all", label: "start them all" },
              { value: "latest", label: "start the newest one" },
              { value: "none", label: "leave them" },
            ]}
            onChange={setCatchUp}
          />
          {resume.error !== null && <ErrorNotice error={resume.error} title="It was not resumed" />}
        </div>
      </Dialog>
    </>
  );
}
