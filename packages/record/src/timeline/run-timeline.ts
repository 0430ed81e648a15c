/**
 * The story of a run's tasks, told by its record alone: every attempt with when it was wanted, when a worker began it,
 * and how it ended. Results that came too late (E10) are counted and not told.
 */
import {
  type AttemptLog,
  apply,
  type Command,
  createRun,
  describeTasks,
  indexPlan,
  type JsonValue,
  type MessageRecord,
  type Plan,
  type RunEvent,
  type RunState,
  type TaskDescription,
  type TaskError,
} from "@mycroft/engine";
import { childRunId, type RunRecord } from "@mycroft/runtime";
import { RunLog } from "./run-log.ts";

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
  /** Whether the answer was taken from an earlier, equal request. */
  readonly isCached: boolean;
  /** The run that the attempt is, when it is one (E7). */
  readonly childRunId: string | null;
  /** What passed between it and other agents. */
  readonly messages: readonly MessageRecord[];
  /** What it has written to its log; null when that is nothing. */
  readonly log: AttemptLog | null;
  readonly error: TaskError | null;
}

/** What attempts call, or the workflow that they are runs of. */
export interface Target {
  readonly kind: "agent" | "function" | "policy" | "workflow";
  readonly name: string;
}

export interface TaskStory extends TaskDescription {
  /** Null for tasks without attempts: maps, repeats and waits. */
  readonly target: Target | null;
  readonly attempts: readonly AttemptStory[];
  /** Whether it came out as in the run that this one began from, without being done again. */
  readonly isTakenOver: boolean;
}

export interface Timeline {
  readonly from: number;
  /** When the run settled; while it is under way, when it was last heard of. */
  readonly to: number;
  /** In the order in which the tasks came into being. */
  readonly tasks: readonly TaskStory[];
  /** What they have written to their logs. */
  readonly log: RunLog;
  readonly ignoredEvents: number;
}

export function readTimeline(record: RunRecord): Timeline {
  const { plan, header, events } = record;
  const fold = new TimelineFold(plan, header.runId);
  for (const event of events) fold.take(event);
  const { state } = fold;
  return {
    from: state.startedAt ?? header.createdAt,
    to: state.settledAt ?? events.at(-1)?.at ?? header.createdAt,
    tasks: fold.tasks(),
    log: fold.log,
    ignoredEvents: state.ignored,
  };
}

/** The story as far as it has been told: for whoever follows a run event by event. */
export class TimelineFold {
  readonly state: RunState;
  readonly log = new RunLog();
  readonly #attempts: Attempts;

  constructor(plan: Plan, runId: string) {
    this.state = createRun(indexPlan(plan), runId);
    this.#attempts = new Attempts(runId, this.log);
  }

  /** Events come in their order, each once. */
  take(event: RunEvent): void {
    this.#attempts.end(this.state, event);
    for (const command of apply(this.state, event)) this.#attempts.take(command, event.at);
  }

  /** In the plan's order, items and rounds after the step that they belong to. */
  tasks(): readonly TaskStory[] {
    return [...this.eachTask()];
  }

  /** As `tasks`, one after the other: for whoever has other work to do in between. */
  *eachTask(): Generator<TaskStory> {
    for (const task of describeTasks(this.state)) yield storyOf(task, this.state, this.#attempts.of(task.id));
  }
}

function storyOf(task: TaskDescription, state: RunState, attempts: readonly AttemptStory[]): TaskStory {
  const target = targetOf(state, task.id);
  const isDone = task.status === "succeeded" || task.status === "failed";
  // Nothing else settles a task that is carried out by attempts without one.
  return { ...task, target, attempts, isTakenOver: isDone && target !== null && attempts.length === 0 };
}

function targetOf(state: RunState, id: string): Target | null {
  const work = state.tasks.get(id)?.step.work;
  switch (work?.kind) {
    case "call":
    case "resolve":
      return work.target;
    case "run":
      return { kind: "workflow", name: work.workflow };
    default:
      return null;
  }
}

interface Numbered {
  readonly task: string;
  readonly attempt: number;
}

class Attempts {
  readonly #runId: string;
  readonly #log: RunLog;
  readonly #byTask = new Map<string, AttemptStory[]>();

  constructor(runId: string, log: RunLog) {
    this.#runId = runId;
    this.#log = log;
  }

  of(task: string): readonly AttemptStory[] {
    return this.#byTask.get(task) ?? [];
  }

  take(command: Command, at: number): void {
    switch (command.type) {
      case "startAttempt":
        this.#begin(command, at, null);
        break;
      case "startChildRun":
        this.#begin(command, at, childRunId(this.#runId, command));
        break;
      case "cancelAttempt":
      case "cancelChildRun":
        this.#change(command, { endedAt: at, outcome: "cancelled" });
        break;
      default:
        break;
    }
  }

  /** Takes note of an outcome, unless it is stale by the state before it. */
  end(state: RunState, event: RunEvent): void {
    if (event.type !== "attemptSucceeded" && event.type !== "attemptFailed") return;
    const task = state.tasks.get(event.task);
    if (state.result !== null || task?.status !== "running" || task.attempt !== event.attempt) return;
    const log = event.report?.log ?? null;
    if (log !== null) this.#log.take(event.task, event.attempt, log);
    this.#change(event, {
      startedAt: event.report?.startedAt ?? null,
      endedAt: event.at,
      outcome: event.type === "attemptSucceeded" ? "succeeded" : "failed",
      worker: event.report?.worker ?? null,
      version: event.report?.version ?? null,
      isCached: event.report?.cached ?? false,
      // One that could not be started is no run.
      childRunId: event.report?.childRunId ?? null,
      messages: event.report?.messages ?? [],
      log,
      error: event.type === "attemptFailed" ? event.error : null,
    });
  }

  #begin(
    { task, attempt, input }: Numbered & { readonly input: JsonValue },
    at: number,
    childId: string | null,
  ): void {
    const story: AttemptStory = {
      attempt,
      input,
      queuedAt: at,
      startedAt: null,
      endedAt: null,
      outcome: "underWay",
      worker: null,
      version: null,
      isCached: false,
      childRunId: childId,
      messages: [],
      log: null,
      error: null,
    };
    const known = this.#byTask.get(task);
    if (known === undefined) this.#byTask.set(task, [story]);
    else known.push(story);
  }

  #change({ task, attempt }: Numbered, change: Partial<AttemptStory>): void {
    const stories = this.#byTask.get(task) ?? [];
    const index = stories.findIndex((story) => story.attempt === attempt);
    const story = stories[index];
    if (story !== undefined) stories[index] = { ...story, ...change };
  }
}
