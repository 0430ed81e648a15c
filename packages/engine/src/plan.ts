/** A plan: a workflow definition that has been checked, in normal form, identified by the hash of its content. */
import type { RetryPolicy, StepDefinition, TriggerRule, WorkflowDefinition } from "./workflow-definition.ts";

export interface Plan {
  /** The form of this JSON; a newer engine still runs plans of an older format. */
  readonly format: 1;
  /** SHA-256 of the canonical JSON of everything else in the plan, in hex. */
  readonly hash: string;
  /** The definition with each scope's steps in an order in which they can run, the author's where that is one. */
  readonly workflow: WorkflowDefinition;
}

/** What a workflow and its runs may hold at the most. */
export const planLimits = {
  steps: 10_000,
  mapItems: 100_000,
  rounds: 1_000,
  /** Bodies within bodies. */
  nesting: 8,
  attempts: 100,
  /** A step's priority lies between this and its negative. */
  priority: 100,
  tags: 20,
  nameLength: 100,
  durationMs: 366 * 24 * 3_600_000,
  /** Levels of nesting, and values in all, of a definition's JSON. */
  depth: 200,
  values: 1_000_000,
  /**
   * Tasks, items and rounds of one run. Runs that met this limit are on record: it belongs to the plan's format. Of maps
   * and repeats that meet it together, the order in which attempts end decides which one fails.
   */
  tasks: 1_000_000,
  /** Signals that one run may be sent. */
  signals: 10_000,
  /** Characters of a signal's key. */
  signalKeyLength: 200,
} as const;

/** How steps are retried that do not say: three attempts within a few seconds. */
export const defaultRetry: RetryPolicy = {
  maxAttempts: 3,
  initialDelayMs: 500,
  factor: 2,
  maxDelayMs: 60_000,
  jitter: 0.5,
};

/** How child runs are retried that do not say: not at all, since their own steps are. */
export const defaultChildRetry: RetryPolicy = { ...defaultRetry, maxAttempts: 1 };

export const defaultTimeoutMs = 5 * 60_000;

/** The pool of steps that name none. */
export const defaultPool = "default";

/** A step's trigger rule, stated or not. */
export function triggerOf(step: StepDefinition): TriggerRule {
  return step.trigger ?? defaultTrigger(step.kind);
}

/** `resolve` runs on whatever opinions there are; every other step wants all that it needs. */
export function defaultTrigger(kind: StepDefinition["kind"]): TriggerRule {
  return kind === "resolve" ? "allDone" : "allSuccess";
}
