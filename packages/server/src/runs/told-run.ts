/**
 * A run that is told: its record folded, with the attempts of each task. It can be taken further as events come, so that whoever
 * follows a run folds each event once.
 */
import type { JsonValue, Plan, RunEvent } from "@mycroft/engine";
import type { TaskSummary } from "@mycroft/protocol";
import { type TaskStory, TimelineFold } from "@mycroft/record";
import type { RunHeader } from "@mycroft/runtime";
import { roughBytes } from "./rough-bytes.ts";
import { nodesBySteps } from "./task-nodes.ts";
import { changeMark, taskSummary } from "./task-views.ts";

export interface ToldTasks {
  readonly tasks: TaskSummary[];
  /** Of all tasks, also of those that are not listed. */
  readonly counts: Record<string, number>;
  /** Tasks that are not listed, since there are too many. */
  readonly omitted: number;
}

export class ToldRun {
  readonly plan: Plan;
  readonly nodes: ReadonlyMap<string, string>;
  readonly fold: TimelineFold;
  /** How many events have been folded, and what they take in memory, about. */
  events = 0;
  bytes = 0;
  readonly #header: RunHeader;
  readonly #marks = new Map<string, string>();
  readonly #listed = new Set<string>();

  /** @param nodes those of the plan, for whoever has them already. */
  constructor(header: RunHeader, plan: Plan, nodes: ReadonlyMap<string, string> = nodesBySteps(plan)) {
    this.#header = header;
    this.plan = plan;
    this.nodes = nodes;
    this.fold = new TimelineFold(plan, header.runId);
  }

  /** The run's header, as new as what has been folded. */
  get header(): RunHeader {
    const { result, settledAt } = this.fold.state;
    const { events } = this;
    if (result === null) return { ...this.#header, status: "running", settledAt: null, events };
    return { ...this.#header, status: result.status, settledAt, events };
  }

  get isSettled(): boolean {
    return this.fold.state.result !== null;
  }

  take(events: readonly RunEvent[]): void {
    for (const event of events) {
      this.fold.take(event);
      this.bytes += roughBytes(event as unknown as JsonValue);
    }
    this.events += events.length;
  }

  stories(): readonly TaskStory[] {
    return this.fold.tasks();
  }

  /** Every task, at most `most`: always the same ones, and those of bodies after the others. */
  everything(most: number): ToldTasks {
    const stories = this.stories();
    const { state } = this.fold;
    const listed = this.#list(stories, most).map((story) => taskSummary(story, state, this.nodes));
    return { tasks: listed, counts: countsOf(stories), omitted: stories.length - listed.length };
  }

  /** Of those, the ones that have changed since this was asked last. */
  changes(most: number): ToldTasks {
    const stories = this.stories();
    const listed = this.#list(stories, most);
    const tasks: TaskSummary[] = [];
    for (const story of listed) {
      const mark = changeMark(story);
      if (this.#marks.get(story.id) === mark) continue;
      this.#marks.set(story.id, mark);
      tasks.push(taskSummary(story, this.fold.state, this.nodes));
    }
    return { tasks, counts: countsOf(stories), omitted: stories.length - listed.length };
  }

  /** A task that was listed once is listed for ever: its end must not be missed because a map before it has grown. */
  #list(stories: readonly TaskStory[], most: number): readonly TaskStory[] {
    const open = stories.filter(({ id }) => !this.#listed.has(id));
    const isTooMuch = this.#listed.size + open.length > most;
    for (const { id } of isTooMuch ? open.toSorted(outerFirst) : open) {
      if (this.#listed.size >= most) break;
      this.#listed.add(id);
    }
    return this.#listed.size === stories.length ? stories : stories.filter(({ id }) => this.#listed.has(id));
  }
}

function outerFirst(one: TaskStory, other: TaskStory): number {
  return depthOf(one.id) - depthOf(other.id);
}

function depthOf(task: string): number {
  let depth = 0;
  for (let at = task.indexOf("/"); at !== -1; at = task.indexOf("/", at + 1)) depth += 1;
  return depth;
}

function countsOf(stories: readonly TaskStory[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of stories) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
