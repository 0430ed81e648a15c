/** How far a job is, or how it ended. */
import "./experiments.css";
import type { JobState } from "@mycroft/protocol";
import { Badge } from "../../design/badge.tsx";
import { formatCount } from "../../design/format.ts";
import { SafeText } from "../../design/safe-text.tsx";

export function JobProgress({
  job,
  isWhole,
  what,
}: {
  readonly job: JobState | null;
  readonly isWhole: boolean;
  /** What is counted, such as "days". */
  readonly what: string;
}) {
  if (job?.status === "running") {
    const share = job.total === 0 ? 0 : job.done / job.total;
    const text =
      job.total === 0 ? "starting" : `${formatCount(job.done)} of ${formatCount(job.total)} ${what}`;
    return (
      <span className="job-progress">
        <progress value={share} max={1} aria-label={text} />
        <span>{text}</span>
      </span>
    );
  }
  if (job?.status === "failed") {
    return (
      <span className="job-progress">
        <Badge tone="bad" icon="cross">
          failed
        </Badge>
        <SafeText text={`${job.error?.code ?? ""}: ${job.error?.message ?? ""}`} />
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
      {job?.status === "cancelled" ? "cancelled" : "interrupted"}
    </Badge>
  );
}

/** While something runs, its list is asked for anew each second. */
export function pollMs(jobs: readonly (JobState | null)[]): number | false {
  return jobs.some((job) => job?.status === "running") ? 1_000 : false;
}
