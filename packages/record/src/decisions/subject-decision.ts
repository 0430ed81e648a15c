/**
 * What a run decided on each subject, gathered from its record: the views that went in, the resolution, what the risk
 * limits made of it, and the position. Any workflow that resolves opinions has the first two; the others are there
 * when its functions gave what the built-in ones give.
 */
import type { Fact, Resolution } from "@mycroft/ensemble";
import {
  type BaseRate,
  baseRateSchema,
  type Decision,
  decisionSchema,
  type Position,
  portfolioSchema,
} from "@mycroft/investing";
import { viewSchema } from "@mycroft/protocol";
import type { RunRecord } from "@mycroft/runtime";
import { z } from "zod";
import { readTimeline, type TaskStory, type Timeline } from "../timeline/run-timeline.ts";

export interface SubjectDecision {
  readonly subject: string;
  /** The task of the resolve step. */
  readonly task: string;
  readonly resolution: Resolution;
  /** What each agent that gave an opinion rests it on. */
  readonly evidence: readonly AgentEvidence[];
  readonly decision: Decision | null;
  readonly position: Position | null;
  /** How often each outcome follows, whatever anybody says: what a view must be held against. */
  readonly usual: BaseRate;
}

export interface AgentEvidence {
  readonly agent: string;
  readonly facts: readonly Fact[];
}

/** In the order in which the run decided on them. @param timeline of that record, for whoever has it already. */
export function readSubjectDecisions(
  record: RunRecord,
  timeline: Timeline = readTimeline(record),
): readonly SubjectDecision[] {
  return [...eachSubjectDecision(timeline)].flatMap((one) => (one === null ? [] : [one]));
}

/**
 * As `readSubjectDecisions`, in small steps, for whoever has other work to do in between; null for a step that gave none.
 * @param only the resolve step whose decision is wanted; all of them unless given.
 */
export function* eachSubjectDecision(
  { tasks }: Pick<Timeline, "tasks">,
  only?: string,
): Generator<SubjectDecision | null> {
  const succeeded = tasks.filter((task) => task.status === "succeeded");
  const said = new SaidByFunctions();
  for (const task of succeeded) {
    if (task.target?.kind !== "function") continue;
    said.take(task);
    yield null;
  }
  for (const task of succeeded) {
    if (task.kind === "resolve" && (only ?? task.id) === task.id) yield decisionOf(task, said);
  }
}

function decisionOf(task: TaskStory, { decisions, positions, usual }: SaidByFunctions): SubjectDecision {
  // The gateway gives nothing else as the output of a resolve step, and the record holds what it gave.
  const resolution = task.output as unknown as Resolution;
  const { subject } = resolution;
  const decision = decisions.get(scopeOf(task.id))?.find((one) => one.subject === subject) ?? null;
  const position = positions.get(subject) ?? null;
  const isComparable = usual?.outcomes.join() === resolution.outcomes.join();
  const common = { subject, task: task.id, resolution, evidence: evidenceOf(task) };
  return { ...common, decision, position, usual: isComparable ? usual : null };
}

/** What functions of a run have said of its decisions. */
class SaidByFunctions {
  readonly decisions = new Map<string, Decision[]>();
  /** By subject; of several the last. */
  readonly positions = new Map<string, Position>();
  /** The first that was said. */
  usual: BaseRate = null;

  take({ id, output }: TaskStory): void {
    const decision = decisionSchema.safeParse(output);
    if (decision.success) {
      const scope = scopeOf(id);
      const known = this.decisions.get(scope);
      if (known === undefined) this.decisions.set(scope, [decision.data]);
      else known.push(decision.data);
    }
    const portfolio = portfolioSchema.safeParse(output);
    if (portfolio.success) {
      for (const position of portfolio.data.positions) this.positions.set(position.subject, position);
    }
    if (this.usual === null) this.usual = baseRateSchema.safeParse(output).data ?? null;
  }
}

/** The subject on which the agents disagree most; the first of equals. */
export function mostDisputed(decisions: readonly SubjectDecision[]): SubjectDecision | undefined {
  return decisions.reduce<SubjectDecision | undefined>((most, one) => {
    const divergence = most?.resolution.conflict.divergence ?? -1;
    return one.resolution.conflict.divergence > divergence ? one : most;
  }, undefined);
}

/** `companies[3]/` of `companies[3]/resolution`. */
function scopeOf(task: string): string {
  return task.slice(0, task.lastIndexOf("/") + 1);
}

const resolveInput = z.object({
  views: z.array(z.object({ agent: z.string(), settled: z.object({ output: z.unknown().optional() }) })),
});

/** The resolution itself leaves evidence out; the resolve step's input has it. */
function evidenceOf(task: TaskStory): readonly AgentEvidence[] {
  const input = resolveInput.safeParse(task.attempts.at(-1)?.input);
  if (!input.success) return [];
  return input.data.views.flatMap(({ agent, settled }) => {
    const view = viewSchema.safeParse(settled.output);
    return view.success && view.data.type === "opinion" ? [{ agent, facts: view.data.evidence }] : [];
  });
}
