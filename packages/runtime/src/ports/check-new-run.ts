/**
 * What a new run must look like (P7). An append that breaks this spoils its whole batch, so whoever takes a run from
 * outside checks it with these before it is handed to a store, which checks it again.
 */
import type { NewRun, RunFork, RunParent } from "./store.ts";
import { wrongField } from "./wrong-field.ts";

/** The most that a run may carry with it; lengths in characters. */
export const runLimits = {
  runIdLength: 200,
  startKeyLength: 200,
  tags: 20,
  tagLength: 100,
  forkTasks: 10_000,
  /** Of a task's id: room for the names and numbers of eight maps within each other. */
  taskLength: 2_000,
} as const;

const runIdForm = /^[!-~]{1,200}$/;
const startKeyForm = /^[ -~]{1,200}$/;

/** @throws {MycroftError} INPUT_INVALID, naming the field and its limit. */
export function checkNewRun(run: NewRun): void {
  checkRunId("runId", run.runId);
  if (!Number.isFinite(run.createdAt)) {
    throw wrongField("createdAt", run.createdAt, "A run's createdAt is a number of milliseconds");
  }
  checkTags(run.tags);
  checkStartKey(run.startKey);
  if (run.parent !== null) checkParent(run.runId, run.parent);
  if (run.forkedFrom !== null) checkFork(run.runId, run.forkedFrom);
}

/** @throws {MycroftError} INPUT_INVALID unless `tag` is one that a run may have. */
export function checkTag(tag: string): void {
  if (isText(tag, runLimits.tagLength)) return;
  throw wrongField("tag", tag, "A tag is 1 to 100 characters of well-formed text", runLimits.tagLength);
}

function checkRunId(field: string, runId: unknown): void {
  if (typeof runId === "string" && runIdForm.test(runId)) return;
  const rule = "A run id is 1 to 200 printable ASCII characters without spaces";
  throw wrongField(field, runId, rule, runLimits.runIdLength);
}

function checkTags(tags: readonly string[]): void {
  if (!Array.isArray(tags)) throw wrongField("tags", tags, "A run's tags are a list");
  if (tags.length > runLimits.tags) {
    throw wrongField("tags", tags.length, "A run has at most 20 tags", runLimits.tags);
  }
  for (const [index, tag] of tags.entries()) {
    checkTag(tag);
    const before = tags[index - 1];
    if (before === undefined || before < tag) continue;
    throw wrongField("tags", tag, "A run's tags are sorted and each is there once");
  }
}

function checkStartKey(startKey: string | null): void {
  if (startKey === null || (typeof startKey === "string" && startKeyForm.test(startKey))) return;
  const rule = "A start key is 1 to 200 printable ASCII characters";
  throw wrongField("startKey", startKey, rule, runLimits.startKeyLength);
}

function checkParent(runId: string, parent: RunParent): void {
  checkRunId("parent.runId", parent.runId);
  if (parent.runId === runId) throw wrongField("parent.runId", runId, "A run is not its own parent");
  checkTask("parent.task", parent.task);
  if (Number.isSafeInteger(parent.attempt) && parent.attempt >= 1) return;
  throw wrongField("parent.attempt", parent.attempt, "An attempt's token is a whole number from 1 on");
}

function checkFork(runId: string, fork: RunFork): void {
  checkRunId("forkedFrom.runId", fork.runId);
  if (fork.runId === runId) throw wrongField("forkedFrom.runId", runId, "A run is not its own fork");
  if (!Array.isArray(fork.tasks))
    throw wrongField("forkedFrom.tasks", fork.tasks, "A fork's tasks are a list");
  if (fork.tasks.length > runLimits.forkTasks) {
    const rule = "A fork names at most 10,000 tasks";
    throw wrongField("forkedFrom.tasks", fork.tasks.length, rule, runLimits.forkTasks);
  }
  for (const task of fork.tasks) checkTask("forkedFrom.tasks", task);
}

function checkTask(field: string, task: string): void {
  if (isText(task, runLimits.taskLength)) return;
  const rule = "A task's id is 1 to 2,000 characters of well-formed text";
  throw wrongField(field, task, rule, runLimits.taskLength);
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === "string" && value !== "" && value.length <= maxLength && value.isWellFormed();
}
