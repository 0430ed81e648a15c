/**
 * `workflow()`: from what an author writes to a compiled plan. A workflow that exists is valid: names, references and
 * types have been checked when it was made.
 */
import { compile, type WorkflowDefinition } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { entityName, parseWith } from "@mycroft/protocol";
import { z } from "zod";
import { openAssembly } from "./assembly.ts";
import { toJsonSchema } from "./json-schema.ts";
import { openScope } from "./open-scope.ts";
import { makeRef, type Owner, type Ref } from "./ref.ts";
import type { StepBuilder } from "./step-builder.ts";
import { type AnyTemplate, toExpression, type ValueOf } from "./template.ts";
import type { Workflow } from "./workflow.ts";

export interface WorkflowOptions<Input, Given> {
  /** A letter, then letters, digits and `. _ -`; at most 100 characters. */
  readonly name: string;
  readonly input: z.ZodType<Input, Given>;
  /** The longest that a whole run may take; no limit unless given. */
  readonly timeoutMs?: number;
  readonly description?: string;
  /** Words that every run of it is found by: at most 20, each a letter, then letters, digits and `. _ -`. */
  readonly tags?: readonly string[];
}

export interface WorkflowBuilder<Input> extends StepBuilder {
  /** The run's input, after its defaults have been filled in. */
  readonly input: Ref<Input>;
}

/**
 * Makes a workflow. `author` is called once, now; what it returns (a step, a reference, or data with references
 * inside) is the workflow's output.
 * @throws {MycroftError} PLAN_INVALID, PLAN_DUPLICATE_STEP, PLAN_UNKNOWN_STEP, PLAN_CYCLE, PLAN_TYPE_MISMATCH,
 *   PLAN_UNREACHABLE_STEP or LIMIT_EXCEEDED, naming the workflow, the step and the field.
 */
export function workflow<Input, Given, const Returned extends AnyTemplate>(
  options: WorkflowOptions<Input, Given>,
  author: (w: WorkflowBuilder<Input>) => Returned,
): Workflow<Input, ValueOf<Returned>, Given> {
  const { name, input: inputSchema, timeoutMs, tags } = checkOptions(options);
  const owner: Owner = { workflow: name };
  const assembly = openAssembly(owner);
  const { steps, builder } = openScope(assembly);
  const input = makeRef<Ref<Input>>({ owner, expression: { kind: "input", path: [] } });
  const returned = callAuthor(author, { ...builder, input }, name);
  assembly.closed = true;
  const definition: WorkflowDefinition = {
    name,
    // A run is given the parsed input, so steps see it with its defaults.
    input: toJsonSchema(inputSchema, "output", `the input of workflow "${name}"`),
    steps,
    output: toExpression(returned, { owner, step: null, field: "output" }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(tags === undefined ? {} : { tags }),
  };
  const plan = compile(definition);
  return {
    kind: "workflow",
    name,
    description: options.description ?? "",
    inputSchema,
    definition,
    plan,
    plans: [plan, ...assembly.childPlans.values()],
    agents: [...assembly.agents.values()],
    functions: [...assembly.functions.values()],
    policies: [...assembly.policies.values()],
    parseInput: (given) => parseWith(inputSchema, given, `The input of workflow "${name}"`),
  };
}

function callAuthor<Input, Returned>(
  author: (w: WorkflowBuilder<Input>) => Returned,
  builder: WorkflowBuilder<Input>,
  name: string,
): Returned {
  if (typeof author !== "function") {
    throw new MycroftError("PLAN_INVALID", `Workflow "${name}" needs an author's function: (w) => ...`);
  }
  try {
    return author(builder);
  } catch (thrown) {
    // What running oneself comes to: the constant that the workflow is to be has no value yet.
    if (!(thrown instanceof ReferenceError)) throw thrown;
    throw new MycroftError(
      "PLAN_INVALID",
      `Workflow "${name}": its author's function uses a name that has no value: ${thrown.message}. ` +
        "A workflow cannot run itself, nor one that is made after it; rounds are what repeat() is for.",
      { details: { workflow: name }, cause: thrown },
    );
  }
}

function checkOptions<Input, Given>(options: WorkflowOptions<Input, Given>): WorkflowOptions<Input, Given> {
  const shape = z.strictObject({
    name: entityName,
    input: z.instanceof(z.ZodType, { error: "input must be a zod schema" }),
    timeoutMs: z.number().optional(),
    description: z.string().max(1_000).optional(),
    tags: z.array(z.string()).optional(),
  });
  parseWith(shape, options, "A workflow's options", "PLAN_INVALID");
  return options;
}
