/** A plan: a workflow definition that has been checked, in normal form, identified by the hash of its content. */
import type { RetryPolicy, StepDefinition, TriggerRule, WorkflowDefinition } from "./workflow-definition.ts";

export interface Plan {
  /** The form of this JSON; a newer engine still runs plans of an older format. */
  readonly format: 1;
  /** SHA-256 of the canonical JSON of everything else in the plan, in hex. */
  readonly hash: string;
  /** The definition with its steps in topological order, ties in the author's order. */
  readonly workflow: WorkflowDefinition;
}

export const planLimits = {
  steps: 10_000,
  mapItems: 100_000,
  nesting: 8,
  attempts: 100,
  nameLength: 100,
} as const;

export const defaultRetry: RetryPolicy = {
  maxAttempts: 3,
  initialDelayMs: 500,
  factor: 2,
  maxDelayMs: 60_000,
  jitter: 0.5,
};

export const defaultTimeoutMs = 5 * 60_000;

/** `resolve` runs on whatever opinions there are; every other step wants all that it needs. */
export function triggerOf(step: StepDefinition): TriggerRule {
  return step.trigger ?? (step.kind === "resolve" ? "allDone" : "allSuccess");
}
