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
}

export interface AttemptOptions extends StepOptions {
  /** What is left out is as in `defaultRetry`: 3 attempts, 0.5 s before the second, then doubling, less up to half. */
  readonly retry?: Partial<RetryPolicy>;
  /** The longest that one attempt may take; 5 minutes unless given. */
  readonly timeoutMs?: number;
}

const stepOptionNames = ["after", "when", "trigger"] as const;
export const attemptOptionNames = [...stepOptionNames, "retry", "timeoutMs"] as const;
export const mapOptionNames = [...stepOptionNames, "maxItems", "maxFailedItems"] as const;

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
  const { after, when, trigger } = options;
  return {
    name,
    ...(after === undefined ? {} : { after: namesOfSteps(after, name, owner) }),
    ...(when === undefined ? {} : { when: defineWhen(when, name, owner) }),
    ...(trigger === undefined ? {} : { trigger }),
  };
}

/** As `defineStepBase`, for steps that are carried out by attempts. */
export function defineAttemptBase(name: string, options: AttemptOptions, owner: Owner) {
  const { retry, timeoutMs } = options;
  return {
    ...defineStepBase(name, options, owner),
    ...(retry === undefined ? {} : { retry: { ...defaultRetry, ...retry } }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
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
