/** What is out of the ordinary about a step: its condition, trigger rule and retries, where and how it is carried out. */
import {
  defaultChildRetry,
  defaultPool,
  defaultRetry,
  defaultTimeoutMs,
  type RetryPolicy,
  type StepDefinition,
  triggerOf,
} from "@mycroft/engine";
import { durationText } from "../text/time-text.ts";
import type { ExpressionText } from "./expression-text.ts";

/** One short text for each. */
export function rulesOf(step: StepDefinition, text: ExpressionText): readonly string[] {
  const trigger = triggerOf(step);
  const usual = triggerOf({ ...step, trigger: undefined } as unknown as StepDefinition);
  return [
    ...(step.when === undefined ? [] : [`only if ${text.ofCondition(step.when)}`]),
    ...(trigger === usual ? [] : [triggerTexts[trigger]]),
    ...rulesOfKind(step),
    ...(step.tags === undefined || step.tags.length === 0 ? [] : [`tags: ${step.tags.join(", ")}`]),
  ];
}

const triggerTexts = {
  allSuccess: "once all that it needs has succeeded (allSuccess)",
  allDone: "however what it needs has settled (allDone)",
  anySuccess: "if anything that it needs has succeeded (anySuccess)",
  noneFailed: "if nothing that it needs has failed (noneFailed)",
} as const;

function rulesOfKind(step: StepDefinition): readonly string[] {
  switch (step.kind) {
    case "call":
    case "resolve":
      return [...retryRules(step.retry, defaultRetry), ...attemptRules(step)];
    case "run":
      return retryRules(step.retry, defaultChildRetry);
    case "approve":
      return step.onReject === "continue" ? ["goes on when it is rejected"] : [];
    case "map":
    case "repeat":
    case "waitFor":
    case "sleep":
      return [];
  }
}

function retryRules(retry: RetryPolicy | undefined, usual: RetryPolicy): readonly string[] {
  const { maxAttempts, notOn = [] } = retry ?? usual;
  const attempts = maxAttempts === 1 ? "tried once" : `up to ${maxAttempts} attempts`;
  return [
    ...(maxAttempts === usual.maxAttempts ? [] : [attempts]),
    ...(notOn.length === 0 ? [] : [`not tried again after ${notOn.join(", ")}`]),
  ];
}

function attemptRules(
  step: Extract<StepDefinition, { readonly kind: "call" | "resolve" }>,
): readonly string[] {
  const {
    timeoutMs = defaultTimeoutMs,
    heartbeatTimeoutMs,
    pool = defaultPool,
    priority = 0,
    cacheTtlMs,
  } = step;
  return [
    ...(timeoutMs === defaultTimeoutMs ? [] : [`at most ${durationText(timeoutMs)} an attempt`]),
    ...(heartbeatTimeoutMs === undefined ? [] : [`a heartbeat every ${durationText(heartbeatTimeoutMs)}`]),
    ...(cacheTtlMs === undefined
      ? []
      : [`an equal request is not made again for ${durationText(cacheTtlMs)}`]),
    ...(pool === defaultPool ? [] : [`pool ${pool}`]),
    ...(priority === 0 ? [] : [`priority ${priority}`]),
  ];
}
