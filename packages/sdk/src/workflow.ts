/**
 * `workflow()`: from what an author writes to a compiled plan. A workflow that exists is valid: names, references and
 * types have been checked when it was made.
 */
import { compile, type Plan, type WorkflowDefinition } from "@mycroft/engine";
import type { Policy } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { entityName, parseWith } from "@mycroft/protocol";
import { z } from "zod";
import type { AgentDefinition, FunctionDefinition } from "./agent.ts";
import { toJsonSchema } from "./json-schema.ts";
import { makeRef, type Owner, type Ref } from "./ref.ts";
import { type Assembly, openScope, type StepBuilder } from "./step-builder.ts";
import { type AnyTemplate, toExpression, type ValueOf } from "./template.ts";

declare const outputType: unique symbol;

/** A workflow and its plan. `Given` is what a caller may write: fields with a default may be left out of it. */
export interface Workflow<Input = unknown, Output = unknown, Given = unknown> {
  readonly kind: "workflow";
  readonly name: string;
  readonly description: string;
  readonly inputSchema: z.ZodType<Input, Given>;
  readonly definition: WorkflowDefinition;
  readonly plan: Plan;
  /** What steps were given as definitions rather than by name. */
  readonly agents: readonly AgentDefinition[];
  readonly functions: readonly FunctionDefinition[];
  readonly policies: readonly Policy[];
  /**
   * What a run is started with: the given input with its defaults filled in.
   * @throws {MycroftError} INPUT_INVALID with the field, the value and the limit.
   */
  parseInput(input: unknown): Input;
  /** Exists for the compiler alone. */
  readonly [outputType]?: Output;
}

export interface WorkflowOptions<Input, Given> {
  /** A letter, then letters, digits and `. _ -`; at most 100 characters. */
  readonly name: string;
  readonly input: z.ZodType<Input, Given>;
  /** The longest that a whole run may take; no limit unless given. */
  readonly timeoutMs?: number;
  readonly description?: string;
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
  const { name, input: inputSchema } = checkOptions(options);
  const owner: Owner = { workflow: name };
  const assembly: Assembly = {
    owner,
    agents: new Map(),
    functions: new Map(),
    policies: new Map(),
    closed: false,
  };
  const { steps, builder } = openScope(assembly);
  const input = makeRef<Ref<Input>>({ owner, expression: { kind: "input", path: [] } });
  if (typeof author !== "function") {
    throw new MycroftError("PLAN_INVALID", `Workflow "${name}" needs an author's function: (w) => ...`);
  }
  const returned = author({ ...builder, input });
  assembly.closed = true;
  const definition: WorkflowDefinition = {
    name,
    // A run is given the parsed input, so steps see it with its defaults.
    input: toJsonSchema(inputSchema, "output", `the input of workflow "${name}"`),
    steps,
    output: toExpression(returned, { owner, step: null, field: "output" }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
  return {
    kind: "workflow",
    name,
    description: options.description ?? "",
    inputSchema,
    definition,
    plan: compile(definition),
    agents: [...assembly.agents.values()],
    functions: [...assembly.functions.values()],
    policies: [...assembly.policies.values()],
    parseInput: (given) => parseWith(inputSchema, given, `The input of workflow "${name}"`),
  };
}

function checkOptions<Input, Given>(options: WorkflowOptions<Input, Given>): WorkflowOptions<Input, Given> {
  const shape = z.strictObject({
    name: entityName,
    input: z.instanceof(z.ZodType, { error: "input must be a zod schema" }),
    timeoutMs: z.number().optional(),
    description: z.string().max(1_000).optional(),
  });
  parseWith(shape, options, "A workflow's options", "PLAN_INVALID");
  return options;
}
