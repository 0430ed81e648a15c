/**
 * Steps that run another workflow (E7). The child is pinned as it is now: by the hash of its plan, with the schemas of
 * what it takes and gives. Its runs take their input as it comes, so its defaults are written into what it is given.
 */
import {
  type ChildRunStep,
  defaultChildRetry,
  type Expression,
  type JsonValue,
  outputTypeOf,
} from "@mycroft/engine";
import { parseWith } from "@mycroft/protocol";
import { z } from "zod";
import { stepError } from "./assembly.ts";
import type { Owner } from "./ref.ts";
import {
  checkOptionNames,
  defineRetry,
  defineStepBase,
  type RunOptions,
  runOptionNames,
} from "./step-options.ts";
import { toExpression } from "./template.ts";
import { isWorkflow, type Workflow } from "./workflow.ts";

/** @throws {MycroftError} PLAN_INVALID when it is no workflow; PLAN_TYPE_MISMATCH when a constant does not fit its input. */
export function defineChildRun(
  name: string,
  child: Workflow,
  input: unknown,
  options: RunOptions,
  owner: Owner,
): ChildRunStep {
  checkOptionNames(options, runOptionNames, name, owner);
  if (!isWorkflow(child)) {
    const problem = "runs something that workflow() did not make";
    throw stepError(name, `${problem}, or that is not made yet: a workflow cannot run itself`, owner);
  }
  const { plan, inputSchema } = child;
  const given = toExpression(input, { owner, step: name, field: "input" });
  return {
    ...defineStepBase(name, options, owner),
    ...defineRetry(options.retry, defaultChildRetry),
    kind: "run",
    workflow: child.name,
    plan: plan.hash,
    input: withDefaults(given, inputSchema, `Workflow "${owner.workflow}", step "${name}": input`),
    inputSchema: plan.workflow.input,
    outputSchema: outputTypeOf(plan),
  };
}

/** The expression with the schema's defaults filled in, as far as it is known what it is made of. */
function withDefaults(expression: Expression, schema: z.ZodType, what: string): Expression {
  if (expression.kind === "const") {
    const value = parseWith(schema, expression.value, what, "PLAN_TYPE_MISMATCH");
    // A schema that JSON Schema can state, as that of any workflow's input, gives JSON.
    return { kind: "const", value: value as JsonValue };
  }
  const shape = shapeOf(schema);
  if (expression.kind !== "object" || shape === null) return expression;
  const given = Object.entries(expression.fields).map(([key, field]) => {
    const member = Object.hasOwn(shape, key) ? shape[key] : undefined;
    return [key, member === undefined ? field : withDefaults(field, member, `${what}.${key}`)] as const;
  });
  const added = Object.entries(shape).flatMap(([key, member]) => {
    const value = Object.hasOwn(expression.fields, key) ? undefined : member.safeParse(undefined).data;
    return value === undefined ? [] : [[key, { kind: "const", value: value as JsonValue }] as const];
  });
  return { kind: "object", fields: Object.fromEntries([...given, ...added]) };
}

/** The members of an object, be it optional or with a default; null for any other schema. */
function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | null {
  if (schema instanceof z.ZodObject) return schema.shape;
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return isWrapped ? shapeOf(schema.unwrap() as z.ZodType) : null;
}
