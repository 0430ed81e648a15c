/** The workflows that a backtest sets side by side: the one under test as it stands, with other policies, without an agent. */
import { compile, type JsonValue, type Plan, type StepDefinition } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { agentRecord, mayLearn } from "@mycroft/investing";
import type { Workflow } from "@mycroft/sdk";

export interface Variant {
  /** The policy's name with its settings if they are stated, or the workflow's where no policy is named; then `without AGENT`. */
  readonly name: string;
  readonly plan: Plan;
  readonly childPlans: readonly Plan[];
  /** Agents that abstain in this variant. */
  readonly without: readonly string[];
}

/** A policy with settings other than its defaults. */
export interface PolicyChoice {
  readonly policy: string;
  readonly settings: { readonly [name: string]: JsonValue };
}

export interface VariantChoice {
  /** Each makes a variant in which every resolve step follows it. None: as the workflow is. */
  readonly policies: readonly (string | PolicyChoice)[];
  /** Each makes, for each policy, another variant in which this agent abstains. */
  readonly without: readonly string[];
}

/**
 * A policy is part of a plan, so another one makes another plan with a hash of its own. An agent that is left out abstains:
 * the plan stays as it is.
 * @throws {MycroftError} INPUT_INVALID for a policy or an agent that is named twice, or an agent that no step asks.
 */
export function variantsOf(workflow: Workflow, { policies, without }: VariantChoice): readonly Variant[] {
  checkDistinct("policies", policies.map(nameOf));
  checkDistinct("without", without);
  const asked = new Set(workflow.plans.flatMap((plan) => agentsOf(plan.workflow.steps)));
  const unknown = without.find((agent) => !asked.has(agent));
  if (unknown !== undefined) {
    throw new MycroftError(
      "INPUT_INVALID",
      `The workflow ${workflow.name} asks no agent ${unknown}; it asks ${[...asked].sort().join(", ")}.`,
      { details: { field: "without", value: unknown } },
    );
  }
  const plain: Variant = {
    name: workflow.name,
    plan: workflow.plan,
    childPlans: workflow.plans,
    without: [],
  };
  const bases = policies.length === 0 ? [plain] : policies.map((policy) => withPolicy(workflow, policy));
  return bases.flatMap((base) => [
    base,
    ...without.map((agent) => ({ ...base, name: `${base.name} without ${agent}`, without: [agent] })),
  ]);
}

function nameOf(choice: string | PolicyChoice): string {
  return typeof choice === "string" ? choice : `${choice.policy} ${JSON.stringify(choice.settings)}`;
}

/** What a step is to follow; undefined settings are the policy's defaults. */
interface Followed {
  readonly policy: string;
  readonly settings: PolicyChoice["settings"] | undefined;
}

function withPolicy(workflow: Workflow, choice: string | PolicyChoice): Variant {
  const followed: Followed = typeof choice === "string" ? { policy: choice, settings: undefined } : choice;
  const childPlans = new Map<string, Plan>();
  const replace = (plan: Plan): Plan => {
    const known = childPlans.get(plan.hash);
    if (known !== undefined) return known;
    const steps = plan.workflow.steps.map((step) => replaceStep(step));
    const made = compile({ ...plan.workflow, steps });
    childPlans.set(plan.hash, made);
    return made;
  };
  const replaceStep = (step: StepDefinition): StepDefinition => {
    switch (step.kind) {
      case "resolve":
        return { ...step, policy: followed.policy, input: withSettings(step.input, followed) };
      case "call":
        return step.target.kind === "function" && step.target.name === agentRecord.name
          ? { ...step, input: withLearning(step.input, followed) }
          : step;
      case "map":
      case "repeat":
        return { ...step, steps: step.steps.map(replaceStep) };
      case "run": {
        // A plan names its children by their hashes: the innermost are made first.
        const child = workflow.plans.find(({ hash }) => hash === step.plan);
        return child === undefined ? step : { ...step, plan: replace(child).hash };
      }
      default:
        return step;
    }
  };
  const plan = replace(workflow.plan);
  return { name: nameOf(choice), plan, childPlans: [...childPlans.values()], without: [] };
}

/** The workflow's settings are those of another policy. */
function withSettings<Input extends Extract<StepDefinition, { kind: "resolve" }>["input"]>(
  input: Input,
  { settings }: Followed,
): Input {
  if (input.kind !== "object") return input;
  const { settings: _, ...fields } = input.fields;
  return { ...input, fields: { ...fields, ...stated({ settings }) } };
}

/** The agents' record says what the policy has learned, if it is one that learns. */
function withLearning<Input extends Extract<StepDefinition, { kind: "call" }>["input"]>(
  input: Input,
  { policy, settings }: Followed,
): Input {
  if (input.kind !== "object") return input;
  const { policy: _, settings: __, ...fields } = input.fields;
  if (!mayLearn(policy)) return { ...input, fields };
  return { ...input, fields: { ...fields, ...stated({ policy, settings }) } };
}

/** As constants of a plan; what is undefined is left out. */
function stated(values: { readonly [name: string]: JsonValue | undefined }) {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, { kind: "const", value } as const]],
    ),
  );
}

function agentsOf(steps: readonly StepDefinition[]): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === "map" || step.kind === "repeat") return agentsOf(step.steps);
    return step.kind === "call" && step.target.kind === "agent" ? [step.target.name] : [];
  });
}

function checkDistinct(field: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return;
  throw new MycroftError("INPUT_INVALID", `${field} names ${repeated} twice.`, {
    details: { field, value: repeated },
  });
}
