/**
 * A run that is told: its record folded, with the attempts of each task. It can be taken further as events come, so that whoever
 * follows a run folds each event once.
 */
import type { Plan, RunEvent } from "@mycroft/engine";
import type { TaskSummary } from "@mycroft/protocol";
import { type TaskStory, TimelineFold } from "@mycroft/record";
import type { RunHeader } from "@mycroft/runtime";
import { nodesBySteps } from "./task-nodes.ts";
import { changeMark, taskSummary } from "./task-views.ts";

export class ToldRun {
  readonly plan: Plan;
  readonly nodes: ReadonlyMap<string, string>;
  readonly fold: TimelineFold;
  /** How many events have been folded. */
  events = 0;
  #header: RunHeader;
  #marks = new Map<string, string>();

  constructor(header: RunHeader, plan: Plan) {
    this.#header = header;
    this.plan = plan;
    this.nodes = nodesBySteps(plan);
    this.fold = new TimelineFold(plan, header.runId);
  }

  /** The run's header, as new as what has been folded. */
  get header(): RunHeader {
    const { state } = this.fold;
    const { result } = state;
    if (result === null) return { ...this.#header, status: "running", settledAt: null, events: this.events };
    return { ...this.#header, status: result.status, settledAt: state.settledAt, events: this.events };
  }

  get isSettled(): boolean {
    return this.fold.state.result !== null;
  }

  take(events: readonly RunEvent[]): void {
    for (const event of events) this.fold.take(event);
    this.events += events.length;
  }

  stories(): readonly TaskStory[] {
    return this.fold.tasks();
  }

  /** Every task, at most `most`. */
  everything(most: number): { readonly tasks: TaskSummary[]; readonly counts: Record<string, number> } {
    const stories = this.stories();
    const { state } = this.fold;
    const tasks = stories.slice(0, most).map((story) => taskSummary(story, state, this.nodes));
    return { tasks, counts: countsOf(stories) };
  }

  /** The tasks that have changed since this was asked last, at most `most`, and how many there are in each status. */
  changes(most: number): { readonly tasks: TaskSummary[]; readonly counts: Record<string, number> } {
    const tasks: TaskSummary[] = [];
    const counts: Record<string, number> = {};
    let index = 0;
    for (const story of this.stories()) {
      counts[story.status] = (counts[story.status] ?? 0) + 1;
      if (index++ >= most) continue;
      const mark = changeMark(story);
      if (this.#marks.get(story.id) === mark) continue;
      this.#marks.set(story.id, mark);
      tasks.push(taskSummary(story, this.fold.state, this.nodes));
    }
    return { tasks, counts };
  }
}

export function countsOf(stories: readonly TaskStory[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of stories) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
