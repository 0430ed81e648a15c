/** The facts of a run in a few lines, each a link to where it leads; and why it ended as it did. */
import type { ReactNode } from "react";
import { Link } from "react-router";
import { diffPath, runPath, runsPath, workflowPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { formatCount } from "../../design/format.ts";
import { Hash } from "../../design/hash.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Duration, Time } from "../../design/time.tsx";
import { plainText } from "../../design/visible-text.ts";
import { StatusCountList } from "../../graph/status-counts.tsx";
import { RunId } from "./run-heading.tsx";
import type { RunView } from "./use-run-view.ts";

export function RunFacts({ view }: { readonly view: RunView }) {
  const { run, detail, counts } = view;
  return (
    <>
      <dl className="run-facts">
        <Fact name="Run">
          <RunId id={run.runId} />
        </Fact>
        <Fact name="As of">{run.asOf}</Fact>
        <Fact name="Started">
          <Time at={run.createdAt} />
        </Fact>
        <Fact name={run.settledAt === null ? "Running for" : "Took"}>
          <Duration from={run.createdAt} to={run.settledAt} />
        </Fact>
        <Fact name="Tasks">
          <StatusCountList counts={counts} />
        </Fact>
        <Fact name="Plan">
          <Link to={`${workflowPath(run.workflow)}?tab=versions&newer=${encodeURIComponent(run.planHash)}`}>
            <code>{run.planHash.slice(0, 12)}</code>
          </Link>
        </Fact>
        {run.tags.length > 0 && (
          <Fact name="Tags">
            {run.tags.map((tag) => (
              <Link key={tag} to={runsPath({ tag })}>
                <Badge>{plainText(tag, 60)}</Badge>
              </Link>
            ))}
          </Fact>
        )}
        {run.parent !== null && (
          <Fact name="Child of">
            <Link to={runPath(run.parent.runId, { task: run.parent.task })}>{run.parent.runId}</Link>
          </Fact>
        )}
        {run.forkedFrom !== null && (
          <Fact name="Forked from">
            <Link to={runPath(run.forkedFrom.runId)}>{run.forkedFrom.runId}</Link>
            {run.forkedFrom.tasks.length > 0 && (
              <span className="quiet" title={run.forkedFrom.tasks.slice(0, 50).join(", ")}>
                from {forkedTasks(run.forkedFrom.tasks)}
              </span>
            )}
            <Link to={diffPath(run.forkedFrom.runId, run.runId)}>what differs</Link>
          </Fact>
        )}
        {run.dataHash !== null && (
          <Fact name="Data">
            <Hash hash={run.dataHash} label="hash of the data" />
          </Fact>
        )}
        {detail.decisionHash !== null && (
          <Fact name="Decision">
            <Hash hash={detail.decisionHash} label="hash of the decision" />
          </Fact>
        )}
        <Fact name="Code">{plainText(run.codeVersion, 40)}</Fact>
        <Fact name="Children">
          <Link to={runsPath({ parent: run.runId })}>child runs</Link>
        </Fact>
        {detail.ignoredEvents > 0 && <Fact name="Ignored events">{formatCount(detail.ignoredEvents)}</Fact>}
      </dl>
      <RunEnd view={view} />
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function RunEnd({ view: { detail } }: { readonly view: RunView }) {
  const { result, obstacle } = detail;
  return (
    <>
      {obstacle !== null && (
        <p className="failure">
          It cannot go on here: <SafeText text={obstacle} />
        </p>
      )}
      {result !== null && result.error !== null && (
        <p className="failure">
          <a href={`/docs/errors#${encodeURIComponent(result.error.code)}`} className="mono">
            {plainText(result.error.code, 80)}
          </a>{" "}
          <SafeText text={result.error.message} />
        </p>
      )}
      {result !== null && result.status === "cancelled" && (
        <p className="failure">
          Cancelled: <SafeText text={result.reason ?? "no reason was given"} />
        </p>
      )}
    </>
  );
}

function forkedTasks(tasks: readonly string[]): string {
  const [first = "", ...rest] = tasks;
  return rest.length === 0 ? first : `${first} and ${formatCount(rest.length)} more`;
}
