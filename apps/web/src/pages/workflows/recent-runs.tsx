/** A workflow's newest runs as small squares, the newest at the right: each has its status as mark and colour, and leads to its run. */
import type { WorkflowSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { runPath } from "../../app/paths.ts";
import { formatDuration } from "../../design/format.ts";
import { Icon } from "../../design/icon.tsx";
import { lookOf } from "../../design/status-badge.tsx";

interface RecentRunsProps {
  readonly workflow: string;
  /** The newest first. */
  readonly runs: WorkflowSummary["recent"];
}

export function RecentRuns({ workflow, runs }: RecentRunsProps) {
  return (
    <ul className="recent-runs" aria-label={`The newest runs of ${workflow}`}>
      {runs.toReversed().map(({ runId, status, createdAt, settledAt }) => {
        const { icon, tone, word } = lookOf(status);
        const took =
          settledAt === null ? "" : `, took ${formatDuration(Date.parse(settledAt) - Date.parse(createdAt))}`;
        const text = `${runId}: ${word}, started ${createdAt.slice(0, 16).replace("T", " ")}${took}`;
        return (
          <li key={runId}>
            <Link to={runPath(runId)} className={`recent-run square-${tone}`} title={text} aria-label={text}>
              <Icon name={icon} size={11} />
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
