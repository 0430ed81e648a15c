/**
 * The story of a run's tasks, told by its record alone: every attempt with when it was wanted, when a worker began it,
 * and how it ended. Results that came too late (E10) are counted and not told.
 */
import {
  apply,
  createRun,
  describeTasks,
  indexPlan,
  type JsonValue,
  type RunEvent,
  type RunState,
  type TaskDescription,
  type TaskError,
} from "@mycroft/engine";
import type { RunRecord } from "@mycroft/runtime";

export interface AttemptStory {
  readonly attempt: number;
  readonly input: JsonValue;
  /** When the attempt was handed out to the workers: milliseconds since the epoch, as are all times here. */
  readonly queuedAt: number;
  /** On the worker's clock; null when no worker has reported. */
  readonly startedAt: number | null;
  /** Null while it is under way. */
  readonly endedAt: number | null;
  readonly outcome: "underWay" | "succeeded" | "failed" | "cancelled";
  readonly worker: string | null;
  /** The version of the agent, function or policy that answered. */
  readonly version: string | null;
  readonly error: TaskError | null;
}

export interface TaskStory extends TaskDescription {
  /** What the attempts call; null for a map. */
  readonly target: { readonly kind: "agent" | "function" | "policy"; readonly name: string } | null;
  readonly attempts: readonly AttemptStory[];
}

export interface Timeline {
  readonly from: number;
  /** When the run settled; while it is under way, when it was last heard of. */
  readonly to: number;
  /** In the order in which the tasks came into being. */
  readonly tasks: readonly TaskStory[];
  readonly ignoredEvents: number;
}

export function readTimeline(record: RunRecord): Timeline {
  const { plan, header, events } = record;
  const state = createRun(indexPlan(plan), header.runId);
  const attempts = new Attempts();
  for (const event of events) {
    attempts.end(state, event);
    for (const command of apply(state, event)) {
      if (command.type === "startAttempt") attempts.begin(command, event.at);
      if (command.type === "cancelAttempt") attempts.cancel(command, event.at);
    }
  }
  return {
    from: state.startedAt ?? header.createdAt,
    to: state.settledAt ?? events.at(-1)?.at ?? header.createdAt,
    tasks: describeTasks(state).map((task) => ({
      ...task,
      target: targetOf(state, task.id),
      attempts: attempts.of(task.id),
    })),
    ignoredEvents: state.ignored,
  };
}

function targetOf(state: RunState, id: string): TaskStory["target"] {
  const work = state.tasks.get(id)?.step.work;
  return work === undefined || work.kind === "map" ? null : work.target;
}

interface Numbered {
  readonly task: string;
  readonly attempt: number;
}

class Attempts {
  readonly #byTask = new Map<string, AttemptStory[]>();

  of(task: string): readonly AttemptStory[] {
    return this.#byTask.get(task) ?? [];
  }

  begin({ task, attempt, input }: Numbered & { readonly input: JsonValue }, at: number): void {
    const story: AttemptStory = {
      attempt,
      input,
      queuedAt: at,
      startedAt: null,
      endedAt: null,
      outcome: "underWay",
      worker: null,
      version: null,
      error: null,
    };
    const known = this.#byTask.get(task);
    if (known === undefined) this.#byTask.set(task, [story]);
    else known.push(story);
  }

  /** Takes note of an outcome, unless it is stale by the state before it. */
  end(state: RunState, event: RunEvent): void {
    if (event.type !== "attemptSucceeded" && event.type !== "attemptFailed") return;
    const task = state.tasks.get(event.task);
    if (state.result !== null || task?.status !== "running" || task.attempt !== event.attempt) return;
    this.#change(event, {
      startedAt: event.report?.startedAt ?? null,
      endedAt: event.at,
      outcome: event.type === "attemptSucceeded" ? "succeeded" : "failed",
      worker: event.report?.worker ?? null,
      version: event.report?.version ?? null,
      error: event.type === "attemptFailed" ? event.error : null,
    });
  }

  cancel(of: Numbered, at: number): void {
    this.#change(of, { endedAt: at, outcome: "cancelled" });
  }

  #change({ task, attempt }: Numbered, change: Partial<AttemptStory>): void {
    const stories = this.#byTask.get(task) ?? [];
    const index = stories.findIndex((story) => story.attempt === attempt);
    const story = stories[index];
    if (story !== undefined) stories[index] = { ...story, ...change };
  }
}
