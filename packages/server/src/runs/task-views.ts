/** A run's tasks as the API tells them: in lists without what went in and out, alone with all of it. */
import type { JsonValue, RunState } from "@mycroft/engine";
import { apiLimits, type TaskDetail, type TaskSummary } from "@mycroft/protocol";
import type { AttemptStory, TaskStory } from "@mycroft/record";
import { cut } from "@mycroft/record/text";
import { boundedJson, ValueBudget } from "./bounded-json.ts";
import { attemptLogView } from "./log-views.ts";

export function taskSummary(
  story: TaskStory,
  state: RunState,
  nodes: ReadonlyMap<string, string>,
): TaskSummary {
  const last = story.attempts.at(-1);
  return {
    task: story.id,
    step: story.step,
    kind: story.kind,
    node: nodes.get(story.step) ?? story.step,
    target: story.target === null ? null : { ...story.target },
    status: story.status,
    readyAt: story.readyAt,
    settledAt: story.settledAt,
    dueAt: story.dueAt ?? null,
    attempts: story.attempts.map(({ attempt, queuedAt, startedAt, endedAt, outcome }) => {
      return { attempt, queuedAt, startedAt, endedAt, outcome };
    }),
    item: itemText(state, story.id),
    error:
      story.error === undefined
        ? null
        : { code: story.error.code, message: cut(story.error.message, apiLimits.shownText) },
    skipped: story.skipped ?? null,
    isTakenOver: story.isTakenOver,
    isCached: last?.isCached ?? false,
    childRunId: last?.childRunId ?? null,
  };
}

/** What tells a summary from the one before it; cheap, since it is made for each task of a run at each change of it. */
export function changeMark(story: TaskStory): string {
  const { status, attempt, attempts, dueAt } = story;
  const last = attempts.at(-1);
  return `${status} ${attempt} ${attempts.length} ${last?.outcome ?? ""} ${last?.startedAt ?? ""} ${dueAt ?? ""}`;
}

const itemLength = 40;
const mostMessages = 1_000;

/** What a map's item is, where that is short. */
function itemText(state: RunState, task: string): string | null {
  const scope = state.tasks.get(task)?.scope;
  const item = scope?.parent?.step.work.kind === "map" ? scope.item : null;
  if (typeof item !== "string" && typeof item !== "number") return null;
  return cut(String(item), itemLength);
}

export function taskDetail(
  story: TaskStory,
  state: RunState,
  nodes: ReadonlyMap<string, string>,
): TaskDetail {
  const { attempts: _, ...summary } = taskSummary(story, state, nodes);
  const values = new ValueBudget();
  return {
    ...summary,
    error: story.error === undefined ? null : { code: story.error.code, message: story.error.message },
    output: story.output === undefined ? null : boundedJson(story.output, values),
    // Where there are too many, it is the newest that are told whole.
    attempts: story.attempts
      .toReversed()
      .map((attempt) => attemptDetail(attempt, values))
      .reverse(),
    waitsFor: story.waitsFor === undefined ? null : (story.waitsFor as unknown as JsonValue),
    needs: needsOf(state, story.id),
  };
}

function attemptDetail(attempt: AttemptStory, values: ValueBudget): TaskDetail["attempts"][number] {
  const { input, messages, log, error, ...rest } = attempt;
  return {
    ...rest,
    log: log === null ? null : attemptLogView(log, values),
    input: boundedJson(input, values),
    messages: messages.slice(0, mostMessages) as unknown as JsonValue[],
    error: error === null ? null : errorView(error),
  };
}

function errorView(error: NonNullable<AttemptStory["error"]>) {
  const { code, message, retryable } = error;
  const details = "details" in error ? (error.details as JsonValue | undefined) : undefined;
  return { code, message: cut(message, 10 * apiLimits.shownText), retryable, details: details ?? null };
}

/** The tasks of its scope that it waits for. */
function needsOf(state: RunState, id: string): string[] {
  const task = state.tasks.get(id);
  if (task === undefined) return [];
  const place = id.slice(0, id.lastIndexOf("/") + 1);
  return task.scope.tasks
    .filter((other) => other.step.dependents.some((index) => task.scope.tasks[index] === task))
    .map((other) => other.id)
    .filter((other) => other.startsWith(place));
}
