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
  const update: RunUpdate = {
    runId: header.runId,
    workflow: header.workflow,
    status: append.settle?.status ?? "running",
    fromSeq: append.fromSeq,
    events: append.events.map((event) =>
      "task" in event
        ? { type: event.type, at: event.at, task: event.task, attempt: event.attempt }
        : { type: event.type, at: event.at },
    ),
  };
  return update as unknown as JsonValue;
}
