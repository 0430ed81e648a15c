/** What the bus tells of a run when events of it have become durable: enough to follow it, without the payloads. */
import type { JsonValue, RunEvent, RunStatus } from "@mycroft/engine";
import type { NewRun, RunAppend } from "./ports/store.ts";

export const runUpdatesTopic = "run-updates";

export interface RunUpdate {
  readonly runId: string;
  readonly workflow: string;
  readonly status: RunStatus;
  /** The sequence number of the first of `events`. */
  readonly fromSeq: number;
  readonly events: readonly RunUpdateEvent[];
}

export interface RunUpdateEvent {
  readonly type: RunEvent["type"];
  readonly at: number;
  readonly task?: string;
  readonly attempt?: number;
}

export function runUpdate(header: NewRun, append: RunAppend): JsonValue {
  // In the order of canonical JSON, which spares whoever writes it the sorting: there is an update per commit and run.
  const update: RunUpdate = {
    events: append.events.map(updateEvent),
    fromSeq: append.fromSeq,
    runId: header.runId,
    status: append.settle?.status ?? "running",
    workflow: header.workflow,
  };
  return update as unknown as JsonValue;
}

function updateEvent(event: RunEvent): RunUpdateEvent {
  if ("attempt" in event) {
    return { at: event.at, attempt: event.attempt, task: event.task, type: event.type };
  }
  const task = "task" in event ? event.task : undefined;
  return task === undefined ? { at: event.at, type: event.type } : { at: event.at, task, type: event.type };
}
