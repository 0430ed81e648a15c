/** One task in full: how it stands, each attempt with its times, worker and errors, what it was given and what it gave. */
import type { AttemptDetail, TaskDetail } from "@mycroft/protocol";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { agentPath, decisionPath, runPath, workflowPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select } from "../../design/field.tsx";
import { formatDuration, formatPlural } from "../../design/format.ts";
import { BoundedJson, JsonView } from "../../design/json-view.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { StatusBadge, type StatusName } from "../../design/status-badge.tsx";
import { Duration, Time } from "../../design/time.tsx";
import { plainText } from "../../design/visible-text.ts";
import { isSettledStatus } from "../../graph/status-order.ts";
import { useTask } from "../../graph/use-board.ts";
import { AttemptLog, LogAlarms } from "./attempt-log.tsx";
import { CancelButton } from "./cancel-button.tsx";
import { countedChoices, type LogLevel } from "./log-levels.ts";
import type { Place } from "./use-place.ts";
import type { RunView } from "./use-run-view.ts";

interface TaskPanelProps {
  readonly view: RunView;
  readonly task: string;
  readonly place: Place;
}

export function TaskPanel({ view, task, place }: TaskPanelProps) {
  const answer = useApi("getTask", { params: { runId: view.run.runId, task } }, { keepsPrevious: false });
  useRenewal(task, answer.refetch);
  if (answer.error !== null) {
    return (
      <ErrorNotice
        error={answer.error}
        title="The task cannot be shown"
        onRetry={() => void answer.refetch()}
      />
    );
  }
  if (answer.data === undefined) return <Skeleton lines={8} label="Loading the task" />;
  return <TaskInFull view={view} detail={answer.data} place={place} />;
}

/** What the stream says of the task is little; when it says something new, the whole is asked for again. */
function useRenewal(task: string, refetch: () => Promise<unknown>): void {
  const summary = useTask(task);
  const before = useRef(summary);
  useEffect(() => {
    if (before.current !== undefined && before.current !== summary) void refetch();
    before.current = summary;
  }, [summary, refetch]);
}

function TaskInFull({
  view,
  detail,
  place,
}: {
  readonly view: RunView;
  readonly detail: TaskDetail;
  readonly place: Place;
}) {
  const { attempts, output } = detail;
  const newest = attempts.at(-1);
  const decision = view.detail.decisions.find(({ task }) => task === detail.task);
  return (
    <>
      <TaskFacts view={view} detail={detail} place={place} />
      {decision !== undefined && (
        <Link to={decisionPath(view.run.runId, detail.task)}>
          The decision on {plainText(decision.subject, 40)}, and why
        </Link>
      )}
      {detail.error !== null && (
        <p className="failure">
          <ErrorCode code={detail.error.code} /> <SafeText text={detail.error.message} />
        </p>
      )}
      {detail.skipped !== null && (
        <p className="quiet">
          Skipped: <SafeText text={detail.skipped} />
        </p>
      )}
      {detail.waitsFor !== null && (
        <div>
          <h3 className="section-title">Waits for</h3>
          <JsonView value={detail.waitsFor} />
        </div>
      )}
      {output !== null && (
        <div>
          <h3 className="section-title">Output</h3>
          <BoundedJson value={output} />
        </div>
      )}
      {newest !== undefined && (
        <div>
          <h3 className="section-title">Input</h3>
          <BoundedJson value={newest.input} />
        </div>
      )}
      {attempts.length > 0 && (
        <div>
          <h3 className="section-title">{formatPlural(attempts.length, "attempt")}</h3>
          <LogFilter attempts={attempts} place={place} />
          {attempts.toReversed().map((attempt) => (
            <Attempt
              key={attempt.attempt}
              attempt={attempt}
              target={detail.target}
              level={place.level}
              isOpen={attempt === newest}
            />
          ))}
        </div>
      )}
      {!isSettledStatus(detail.status) && view.run.status === "running" && (
        <CancelButton view={view} task={detail.task} />
      )}
    </>
  );
}

/** One for all attempts; only where there is something to choose. */
function LogFilter({
  attempts,
  place,
}: {
  readonly attempts: readonly AttemptDetail[];
  readonly place: Place;
}) {
  const lines = attempts.flatMap(({ log }) => log?.lines ?? []);
  if (lines.length === 0) return null;
  return (
    <div className="log-filter">
      <Select
        label="Log lines"
        value={place.level}
        choices={countedChoices(lines)}
        onChange={place.setLevel}
      />
    </div>
  );
}

interface TaskFactsProps {
  readonly view: RunView;
  readonly detail: TaskDetail;
  readonly place: Place;
}

function TaskFacts({ view: { run }, detail, place }: TaskFactsProps) {
  const { status, kind, target, item, needs, readyAt, settledAt, dueAt, childRunId } = detail;
  return (
    <dl className="facts">
      <dt>Status</dt>
      <dd className="row">
        <StatusBadge status={status} />
        {detail.isCached && <Badge>from the cache</Badge>}
        {detail.isTakenOver && <Badge>taken over</Badge>}
      </dd>
      {detail.isTakenOver && run.forkedFrom !== null && (
        <>
          <dt>Done in</dt>
          <dd>
            <Link to={runPath(run.forkedFrom.runId, { task: detail.task })}>{run.forkedFrom.runId}</Link>,
            where its attempts and their logs are
          </dd>
        </>
      )}
      <dt>Kind</dt>
      <dd>{kind}</dd>
      {target !== null && (
        <>
          <dt>{target.kind}</dt>
          <dd>
            <TargetLink target={target} />
          </dd>
        </>
      )}
      {item !== null && (
        <>
          <dt>Item</dt>
          <dd>
            <SafeText text={item} />
          </dd>
        </>
      )}
      {readyAt !== null && (
        <>
          <dt>Ready</dt>
          <dd>
            <Time at={readyAt} as="exact" />
          </dd>
        </>
      )}
      {settledAt !== null && readyAt !== null && (
        <>
          <dt>Took</dt>
          <dd>{formatDuration(settledAt - readyAt)}, its time in the queue included</dd>
        </>
      )}
      {dueAt !== null && !isSettledStatus(status) && (
        <>
          <dt>Due</dt>
          <dd>
            <Time at={dueAt} />
          </dd>
        </>
      )}
      {childRunId !== null && (
        <>
          <dt>Child run</dt>
          <dd>
            <Link to={runPath(childRunId)}>{childRunId}</Link>
          </dd>
        </>
      )}
      {needs.length > 0 && (
        <>
          <dt>Needs</dt>
          <dd className="row">
            {needs.slice(0, 12).map((need) => (
              <Button key={need} kind="quiet" size="small" onClick={() => place.openTask(need)}>
                {plainText(withinScope(need, detail.task), 60)}
              </Button>
            ))}
            {needs.length > 12 && <span className="quiet">and {needs.length - 12} more</span>}
          </dd>
        </>
      )}
    </dl>
  );
}

/** Needs are of the task's own scope, which its heading tells already. */
function withinScope(need: string, task: string): string {
  const scope = task.slice(0, task.lastIndexOf("/") + 1);
  return need.startsWith(scope) ? need.slice(scope.length) : need;
}

function TargetLink({ target }: { readonly target: NonNullable<TaskDetail["target"]> }) {
  if (target.kind === "agent") return <Link to={agentPath(target.name)}>{target.name}</Link>;
  if (target.kind === "workflow") return <Link to={workflowPath(target.name)}>{target.name}</Link>;
  return <span className="mono">{target.name}</span>;
}

const outcomeStatus: Readonly<Record<AttemptDetail["outcome"], StatusName>> = {
  underWay: "running",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
};

interface AttemptProps {
  readonly attempt: AttemptDetail;
  readonly target: TaskDetail["target"];
  readonly level: LogLevel;
  readonly isOpen: boolean;
}

function Attempt({ attempt, target, level, isOpen }: AttemptProps) {
  const { queuedAt, startedAt, endedAt, outcome, worker, version, error, messages } = attempt;
  return (
    <details className="attempt" open={isOpen}>
      <summary>
        <strong>#{attempt.attempt}</strong>
        <StatusBadge status={outcomeStatus[outcome]} />
        {startedAt !== null && <Duration from={startedAt} to={endedAt} />}
        {attempt.isCached && <Badge>from the cache</Badge>}
        <LogAlarms log={attempt.log} />
      </summary>
      <div className="attempt-body">
        <dl className="facts">
          <dt>Queued</dt>
          <dd>
            <Time at={queuedAt} as="exact" />
            {startedAt !== null && `, for ${formatDuration(startedAt - queuedAt)}`}
          </dd>
          {worker !== null && (
            <>
              <dt>Worker</dt>
              <dd>
                <SafeText text={worker} foldAt={80} />
              </dd>
            </>
          )}
          {version !== null && (
            <>
              <dt>Version</dt>
              <dd>
                <SafeText text={version} foldAt={80} />
              </dd>
            </>
          )}
          {attempt.childRunId !== null && (
            <>
              <dt>Child run</dt>
              <dd>
                <Link to={runPath(attempt.childRunId)}>{attempt.childRunId}</Link>
              </dd>
            </>
          )}
        </dl>
        {error !== null && (
          <div className="failure">
            <p>
              <ErrorCode code={error.code} />{" "}
              <Badge tone={error.retryable ? "warn" : "bad"}>
                {error.retryable ? "may be tried again" : "final"}
              </Badge>
            </p>
            <SafeText text={error.message} />
            {error.details !== null && <JsonView value={error.details} label="details" />}
          </div>
        )}
        <AttemptLog attempt={attempt} target={target} level={level} />
        {messages.length > 0 && (
          <div>
            <h4 className="section-title">{formatPlural(messages.length, "message")}</h4>
            <JsonView value={messages} />
          </div>
        )}
      </div>
    </details>
  );
}

/** Codes of the project's own table are documented; an agent's own code leads to the same page, which says so. */
function ErrorCode({ code }: { readonly code: string }) {
  return (
    <a className="mono" href={`/docs/errors#${encodeURIComponent(code)}`}>
      {plainText(code, 80)}
    </a>
  );
}
