/** A run's header as the API tells it. */
import type { RunSummary } from "@mycroft/protocol";
import type { RunHeader } from "@mycroft/runtime";

export function runSummary(header: RunHeader): RunSummary {
  const { runId, workflow, status, asOf, planHash, provenance, createdAt, settledAt } = header;
  const { events, tags, startKey, parent, forkedFrom } = header;
  return {
    ...{ runId, workflow, status, asOf, planHash, events, startKey },
    dataHash: provenance.dataHash ?? null,
    codeVersion: provenance.codeVersion,
    createdAt: new Date(createdAt).toISOString(),
    settledAt: settledAt === null ? null : new Date(settledAt).toISOString(),
    tags: [...tags],
    parent: parent === null ? null : { runId: parent.runId, task: parent.task },
    forkedFrom: forkedFrom === null ? null : { runId: forkedFrom.runId, tasks: [...forkedFrom.tasks] },
  };
}

/** The run that no other one started: a child's id goes on after a full stop. */
export function rootRunId(runId: string): string {
  const end = runId.indexOf(".");
  return end === -1 ? runId : runId.slice(0, end);
}
