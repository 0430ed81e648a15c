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
  const { tasks } = timeline;
  const succeeded = tasks.filter((task) => task.status === "succeeded");
  const decisions = decisionsByScope(succeeded);
  const positions = positionsBySubject(succeeded);
  const usual = usualOutcomes(succeeded);
  return succeeded.flatMap((task) => {
    if (task.kind !== "resolve") return [];
    // The gateway gives nothing else as the output of a resolve step, and the record holds what it gave.
    const resolution = task.output as unknown as Resolution;
    const { subject } = resolution;
    const decision = decisions.get(scopeOf(task.id))?.find((one) => one.subject === subject) ?? null;
    const position = positions.get(subject) ?? null;
    const isComparable = usual?.outcomes.join() === resolution.outcomes.join();
    const common = { subject, task: task.id, resolution, evidence: evidenceOf(task) };
    return [{ ...common, decision, position, usual: isComparable ? usual : null }];
  });
}

/** The subject on which the agents disagree most; the first of equals. */
export function mostDisputed(decisions: readonly SubjectDecision[]): SubjectDecision | undefined {
  return decisions.reduce<SubjectDecision | undefined>((most, one) => {
    const divergence = most?.resolution.conflict.divergence ?? -1;
    return one.resolution.conflict.divergence > divergence ? one : most;
  }, undefined);
}

function decisionsByScope(tasks: readonly TaskStory[]): ReadonlyMap<string, readonly Decision[]> {
  const found = tasks.flatMap((task) => {
    if (task.target?.kind !== "function") return [];
    const parsed = decisionSchema.safeParse(task.output);
    return parsed.success ? [{ scope: scopeOf(task.id), decision: parsed.data }] : [];
  });
  const byScope = Map.groupBy(found, ({ scope }) => scope);
  return new Map(Array.from(byScope, ([scope, members]) => [scope, members.map(({ decision }) => decision)]));
}

function positionsBySubject(tasks: readonly TaskStory[]): ReadonlyMap<string, Position> {
  const found = tasks.flatMap((task) => {
    if (task.target?.kind !== "function") return [];
    const parsed = portfolioSchema.safeParse(task.output);
    return parsed.success ? parsed.data.positions : [];
  });
  return new Map(found.map((position) => [position.subject, position]));
}

function usualOutcomes(tasks: readonly TaskStory[]): BaseRate {
  for (const task of tasks) {
    if (task.target?.kind !== "function") continue;
    const parsed = baseRateSchema.safeParse(task.output);
    if (parsed.success && parsed.data !== null) return parsed.data;
  }
  return null;
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
