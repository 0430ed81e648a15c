/** How far a job is, or how it ended. */
import "./experiments.css";
import type { JobState } from "@mycroft/protocol";
import { Badge } from "../../design/badge.tsx";
import { formatCount, formatDuration, formatPercent } from "../../design/format.ts";
import { SafeText } from "../../design/safe-text.tsx";

interface JobProgressProps {
  readonly job: JobState | null;
  readonly isWhole: boolean;
  /** What is counted, such as "days"; shares of the whole unless given. */
  readonly what?: string;
  /** Whether why it failed is told too. */
  readonly isShort?: boolean;
}

export function JobProgress({ job, isWhole, what, isShort = false }: JobProgressProps) {
  if (job?.status === "running") {
    const text = progressText(job, what);
    return (
      <span className="job-progress">
        {/* Without a value it says that it is under way, and no more. */}
        <progress {...(job.total === 0 ? {} : { value: job.done / job.total })} max={1} aria-label={text} />
        <span>{text}</span>
        {!isShort && <span className="job-progress-left">{timeLeft(job, Date.now())}</span>}
      </span>
    );
  }
  if (job?.status === "failed") {
    return (
      <span className="experiment-failure">
        <Badge tone="bad" icon="cross">
          failed
        </Badge>
        {isShort ? (
          <code>{job.error?.code ?? ""}</code>
        ) : (
          <>
            <SafeText text={job.error?.message ?? ""} />
            <code>{job.error?.code ?? ""}</code>
          </>
        )}
      </span>
    );
  }
  if (isWhole) {
    return (
      <Badge tone="good" icon="check">
        done
      </Badge>
    );
  }
  return (
    <Badge tone="warn" icon="ban">
      {job?.status === "cancelled" ? "stopped" : "interrupted"}
    </Badge>
  );
}

function progressText({ done, total }: JobState, what: string | undefined): string {
  if (total === 0) return "starting";
  return what === undefined
    ? formatPercent(done / total, 0)
    : `${formatCount(done)} of ${formatCount(total)} ${what}`;
}

/** After a while, and by what was done until now. */
function timeLeft({ done, total, startedAt }: JobState, now: number): string {
  const elapsedMs = now - Date.parse(startedAt);
  if (done === 0 || done >= total || elapsedMs < 3_000) return "";
  return `about ${formatDuration((elapsedMs / done) * (total - done))} left`;
}

/** While something runs, its list is asked for anew each second. */
export function pollMs(jobs: readonly (JobState | null)[]): number | false {
  return jobs.some((job) => job?.status === "running") ? 1_000 : false;
}
