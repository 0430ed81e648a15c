/**
 * A task message as a BullMQ job and back. A job carries ids only.
 *
 * A message that is published again while it waits is the same job; while it is in hand, it is one more job after that, since
 * whoever has it in hand may already have refused it, or be dead. So it is BullMQ's deduplication that run, task and attempt
 * are given to: with a job id of its own, the second publication would be lost.
 */
import { MycroftError } from "@mycroft/errors";
import type { TaskMessage } from "@mycroft/runtime";
import type { BulkJobOptions } from "bullmq";
import { toBullmqPriority } from "./bullmq-priority.ts";

export interface TaskJob {
  readonly name: string;
  readonly data: JobData;
  readonly opts: BulkJobOptions;
}

/** Run, task, attempt, priority. */
export type JobData = readonly [string, string, number, number];

const jobName = "task";

/** @throws {MycroftError} INPUT_INVALID. */
export function toJob({ runId, task, attempt, priority }: TaskMessage, deliveryLimit: number): TaskJob {
  if (!Number.isSafeInteger(priority)) {
    throw new MycroftError("INPUT_INVALID", `A message's priority is a whole number, not ${priority}.`, {
      details: { field: "priority", value: priority },
    });
  }
  return {
    name: jobName,
    data: [runId, task, attempt, priority],
    opts: {
      priority: toBullmqPriority(priority),
      attempts: deliveryLimit,
      deduplication: { id: `${attempt}/${runId}/${task}`, keepLastIfActive: true },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 0,
    },
  };
}

/** Null when it is none: others may have written to the same Redis (P7). */
export function fromJob(pool: string, data: unknown): TaskMessage | null {
  if (!Array.isArray(data)) return null;
  const [runId, task, attempt, priority] = data as readonly unknown[];
  if (typeof runId !== "string" || typeof task !== "string") return null;
  if (typeof attempt !== "number" || typeof priority !== "number") return null;
  return { runId, task, attempt, pool, priority };
}
