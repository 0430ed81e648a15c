/** What agents and functions have written to their logs in this run, by time. */
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { runPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select } from "../../design/field.tsx";
import { formatCount, formatPlural } from "../../design/format.ts";
import { Skeleton } from "../../design/skeleton.tsx";
import { plainText } from "../../design/visible-text.ts";
import { levelChoices } from "./log-levels.ts";
import { LogLines } from "./log-lines.tsx";
import type { Place } from "./use-place.ts";
import type { RunView } from "./use-run-view.ts";

const pageSize = 500;
const renewalMs = 2_000;

interface LogTabProps {
  readonly view: RunView;
  readonly place: Place;
}

export function LogTab({ view, place }: LogTabProps) {
  const { data } = useLogPage(view, place, 0);
  return (
    <>
      <div className="log-filter">
        <Select label="Log lines" value={place.level} choices={levelChoices} onChange={place.setLevel} />
        {data !== undefined && (
          <p className="quiet">
            {formatPlural(data.total, "line")}; the times are since the run began
            {data.leftOut > 0 && `; ${formatPlural(data.leftOut, "line")} more were too much for the record`}
          </p>
        )}
      </div>
      <LogPages view={view} place={place} from={0} pages={1} />
      <TakenOver view={view} />
    </>
  );
}

/** Lines of tasks that were not done again are on the record of the run that did them. */
function TakenOver({ view: { run, detail } }: Pick<LogTabProps, "view">) {
  const count = detail.tasks.filter(({ isTakenOver }) => isTakenOver).length;
  if (run.forkedFrom === null || count === 0) return null;
  const { runId } = run.forkedFrom;
  return (
    <p className="quiet">
      {formatPlural(count, "task")} taken over: what they wrote is in the log of{" "}
      <Link to={runPath(runId, { tab: "log" })}>{runId}</Link>
    </p>
  );
}

function useLogPage({ run }: RunView, { level }: Place, from: number) {
  const isRunning = run.status === "running";
  const answer = useApi(
    "listLogLines",
    { params: { runId: run.runId }, query: { level, from, limit: pageSize } },
    { everyMs: isRunning ? renewalMs : false, keepsPrevious: true },
  );
  const { refetch } = answer;
  useEffect(() => {
    // What came between the last look and the end.
    if (!isRunning) void refetch();
  }, [isRunning, refetch]);
  return answer;
}

interface LogPagesProps extends LogTabProps {
  readonly from: number;
  /** How many to show from there on. */
  readonly pages: number;
}

/** A page, and those after it: each says where the next one begins. */
function LogPages({ view, place, from, pages }: LogPagesProps) {
  const [added, setAdded] = useState(0);
  const { data, error, refetch } = useLogPage(view, place, from);
  if (error !== null) {
    return <ErrorNotice error={error} title="The log cannot be shown" onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <Skeleton lines={8} label="Loading the log" />;
  if (data.total === 0) return <NoLines level={place.level} />;
  const rest = pages - 1 + added;
  return (
    <>
      <div className="log-sheet">
        <LogLines
          lines={data.lines}
          since={Date.parse(view.run.createdAt)}
          before={({ task, attempt }) => <TaskLink task={task} attempt={attempt} place={place} />}
        />
      </div>
      {data.next !== null && rest > 0 && <LogPages view={view} place={place} from={data.next} pages={rest} />}
      {data.next !== null && rest === 0 && (
        <Button onClick={() => setAdded(1)}>Show more of {formatCount(data.total - data.next)}</Button>
      )}
    </>
  );
}

interface TaskLinkProps {
  readonly task: string;
  readonly attempt: number;
  readonly place: Place;
}

function TaskLink({ task, attempt, place }: TaskLinkProps) {
  return (
    <span className="log-task">
      <Link
        to={{ search: new URLSearchParams({ tab: "log", task }).toString() }}
        onClick={(event) => {
          event.preventDefault();
          place.openTask(task);
        }}
      >
        {plainText(task, 80)}
      </Link>
      {attempt > 1 && ` #${attempt}`}{" "}
    </span>
  );
}

function NoLines({ level }: Pick<Place, "level">) {
  if (level !== "debug") return <EmptyState title="No line in the log weighs as much" />;
  return (
    <EmptyState title="Nothing is in the log">
      Agents and functions write to it with <code>context.log.info(&quot;...&quot;)</code>; a line is on
      record when its attempt has ended.
    </EmptyState>
  );
}
