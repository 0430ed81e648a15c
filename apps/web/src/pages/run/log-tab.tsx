/** What agents and functions have written to their logs in this run, by time. */
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select } from "../../design/field.tsx";
import { formatCount, formatPlural } from "../../design/format.ts";
import { Skeleton } from "../../design/skeleton.tsx";
import { plainText } from "../../design/visible-text.ts";
import { type LogLevel, LogLines, levelChoices } from "./log-lines.tsx";
import type { Place } from "./use-place.ts";
import type { RunView } from "./use-run-view.ts";

const pageSize = 500;
const renewalMs = 2_000;

export function LogTab({ view, place }: { readonly view: RunView; readonly place: Place }) {
  const [level, setLevel] = useState<LogLevel>("debug");
  const [pages, setPages] = useState(1);
  const { data } = useLogPage(view, level, 0);
  const total = data?.total ?? 0;
  const shown = Math.min(total, pages * pageSize);
  return (
    <>
      <div className="log-filter">
        <Select label="Show" value={level} choices={levelChoices} onChange={setLevel} />
        {data !== undefined && (
          <p className="quiet">
            {formatPlural(total, "line")}; the times are since the run began
            {data.leftOut > 0 && `; ${formatPlural(data.leftOut, "line")} more were too much for the record`}
          </p>
        )}
      </div>
      {Array.from({ length: pages }, (_, page) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: Pages never change places.
        <LogPage key={page} view={view} place={place} level={level} from={page * pageSize} />
      ))}
      {shown < total && (
        <Button onClick={() => setPages(pages + 1)}>Show more of {formatCount(total - shown)}</Button>
      )}
    </>
  );
}

function useLogPage({ run }: RunView, level: LogLevel, from: number) {
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

interface LogPageProps {
  readonly view: RunView;
  readonly place: Place;
  readonly level: LogLevel;
  readonly from: number;
}

function LogPage({ view, place, level, from }: LogPageProps) {
  const { data, error, refetch } = useLogPage(view, level, from);
  if (error !== null) {
    return <ErrorNotice error={error} title="The log cannot be shown" onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <Skeleton lines={8} label="Loading the log" />;
  if (data.total === 0) return <NoLines level={level} />;
  return (
    <LogLines
      lines={data.lines}
      since={Date.parse(view.run.createdAt)}
      before={({ task, attempt }) => (
        <span className="log-task">
          <Link
            to={{ search: taskSearch(task) }}
            onClick={(event) => {
              event.preventDefault();
              place.openTask(task);
            }}
          >
            {plainText(task, 80)}
          </Link>
          {attempt > 1 && ` #${attempt}`}{" "}
        </span>
      )}
    />
  );
}

function taskSearch(task: string): string {
  return new URLSearchParams({ tab: "log", task }).toString();
}

function NoLines({ level }: { readonly level: LogLevel }) {
  if (level !== "debug") return <EmptyState title="Nothing of that weight is in the log" />;
  return (
    <EmptyState title="Nothing is in the log">
      Agents and functions write to it with <code>context.log.info(&quot;...&quot;)</code>; a line is on
      record when its attempt has ended.
    </EmptyState>
  );
}
