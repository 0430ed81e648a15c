/** The options that steps share, and what they become in a definition. Ranges are checked when the plan is compiled. */
import {
  type Condition as ConditionDefinition,
  defaultRetry,
  type RetryPolicy,
  type TriggerRule,
} from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { type Condition, defineCondition } from "./condition.ts";
import { type AnyStep, type Owner, refStateOf } from "./ref.ts";
import { toExpression } from "./template.ts";

export interface StepOptions {
  /** Steps to wait for without taking data from them. */
  readonly after?: readonly AnyStep[];
  /** The step is skipped unless this holds. */
  readonly when?: Condition;
  /** How the steps that this one needs must have settled for it to run: `allSuccess` unless given (`resolve`: `allDone`). */
  readonly trigger?: TriggerRule;
  /** Words to find the step by, at most 20. They change nothing. */
  readonly tags?: readonly string[];
}

export interface AttemptOptions extends StepOptions {
  /**
   * What is left out is as in `defaultRetry`: 3 attempts, 0.5 s before the second, then doubling, less up to half. After
   * an error whose code is in `notOn` there is no other attempt.
   */
  readonly retry?: Partial<RetryPolicy>;
  /** The longest that one attempt may take; 5 minutes unless given. */
  readonly timeoutMs?: number;
  /** The longest that an attempt may go without calling `heartbeat()`; unless given, none is asked for. */
  readonly heartbeatTimeoutMs?: number;
  /** The project's pool whose slots the attempts take; `default` unless given. */
  readonly pool?: string;
  /** Higher is sooner: -100 to 100; 0 unless given. */
  readonly priority?: number;
  /** For how long an output may stand in for that of an equal request; not at all unless given. */
  readonly cacheTtlMs?: number;
}

export interface MapOptions extends StepOptions {
  /** More items than this fail the step: 1 to 100,000, which is also the default. */
  readonly maxItems?: number;
  /** How many items may fail; what they give is null. 0 unless given. */
  readonly maxFailedItems?: number;
}

export interface RepeatOptions extends StepOptions {
  /** How many rounds there are at the most: 1 to 1,000. */
  readonly maxRounds: number;
  /** What it means when the condition does not hold after the last round: `succeed` unless given. */
  readonly atMaxRounds?: "succeed" | "fail";
}

export interface RunOptions extends StepOptions {
  /** Each attempt is a run of its own. One attempt unless given; what is left out is as in `defaultRetry`. */
  readonly retry?: Partial<RetryPolicy>;
}

export const stepOptionNames = ["after", "when", "trigger", "tags"] as const;
export const attemptOptionNames = [
  ...stepOptionNames,
  "retry",
  "timeoutMs",
  "heartbeatTimeoutMs",
  "pool",
  "priority",
  "cacheTtlMs",
] as const;
export const mapOptionNames = [...stepOptionNames, "maxItems", "maxFailedItems"] as const;
export const repeatOptionNames = [...stepOptionNames, "maxRounds", "atMaxRounds"] as const;
export const runOptionNames = [...stepOptionNames, "retry"] as const;

/**
 * Refuses options that do not exist: what the compiler catches in TypeScript, for authors who do without.
 * @throws {MycroftError} PLAN_INVALID naming step and option.
 */
export function checkOptionNames(
  options: object,
  known: readonly string[],
  step: string,
  owner: Owner,
): void {
  const unknown = Object.keys(options ?? {}).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new MycroftError(
    "PLAN_INVALID",
    `Workflow "${owner.workflow}", step "${step}": there is no option "${unknown}"; there are ${known.join(", ")}.`,
    { details: { workflow: owner.workflow, step, field: unknown } },
  );
}

/** The fields of a step definition that every kind of step has. */
export function defineStepBase(name: string, options: StepOptions, owner: Owner) {
  const { after, when, trigger, tags } = options;
  return {
    name,
    ...(after === undefined ? {} : { after: namesOfSteps(after, name, owner) }),
    ...(when === undefined ? {} : { when: defineWhen(when, name, owner) }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(tags === undefined ? {} : { tags }),
  };
}

/** As `defineStepBase`, for steps that are carried out by attempts. */
export function defineAttemptBase(name: string, options: AttemptOptions, owner: Owner) {
  const { retry, timeoutMs, heartbeatTimeoutMs, pool, priority, cacheTtlMs } = options;
  return {
    ...defineStepBase(name, options, owner),
    ...defineRetry(retry, defaultRetry),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(heartbeatTimeoutMs === undefined ? {} : { heartbeatTimeoutMs }),
    ...(pool === undefined ? {} : { pool }),
    ...(priority === undefined ? {} : { priority }),
    ...(cacheTtlMs === undefined ? {} : { cacheTtlMs }),
  };
}

/** @param otherwise what holds where the author says nothing. */
export function defineRetry(retry: Partial<RetryPolicy> | undefined, otherwise: RetryPolicy) {
  return retry === undefined ? {} : { retry: { ...otherwise, ...retry } };
}

function defineWhen(when: Condition, step: string, owner: Owner): ConditionDefinition {
  return defineCondition(when, (operand) => toExpression(operand, { owner, step, field: "when" }));
}

/** A step is one name; an `ask` is the names of all its askings. */
function namesOfSteps(after: readonly AnyStep[], step: string, owner: Owner): readonly string[] {
  return after.flatMap((item, index) => {
    const expression = refStateOf(item) && toExpression(item, { owner, step, field: `after[${index}]` });
    const steps = expression?.kind === "array" ? expression.items : [expression];
    return steps.map((one) => {
      if (one?.kind === "step" && one.path.length === 0) return one.step;
      throw new MycroftError(
        "PLAN_INVALID",
        `Workflow "${owner.workflow}", step "${step}": after[${index}] must be a step.`,
        { details: { workflow: owner.workflow, step, field: `after[${index}]` } },
      );
    });
  });
}
