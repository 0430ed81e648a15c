/**
 * Reads a workflow definition from unknown JSON: shape, names, ranges and sizes (P7). What it lets through has
 * the type that it claims; whether the steps fit together is `compile`'s business.
 */
import {
  inside,
  readFields,
  readInteger,
  readJson,
  readList,
  readMembers,
  readName,
  readNumber,
  readOneOf,
  readRecord,
  readText,
  type Spot,
  startReading,
} from "./definition-reader.ts";
import { defaultRetry, defaultTimeoutMs, defaultTrigger, planLimits } from "./plan.ts";
import { planError } from "./plan-error.ts";
import type {
  CallTarget,
  Condition,
  Expression,
  JsonSchema,
  Path,
  RetryPolicy,
  StepDefinition,
  TriggerRule,
  WorkflowDefinition,
} from "./workflow-definition.ts";

const triggerRules: readonly TriggerRule[] = ["allSuccess", "allDone", "anySuccess", "noneFailed"];
const operators = ["eq", "ne", "lt", "le", "gt", "ge", "in", "exists", "and", "or", "not"] as const;
const expressionKinds = ["const", "input", "item", "index", "step", "settled", "object", "array"] as const;

const stepFields = ["name", "kind", "after", "trigger", "when"] as const;
const attemptFields = [...stepFields, "input", "inputSchema", "outputSchema", "retry", "timeoutMs"] as const;
const callFields = [...attemptFields, "target"] as const;
const resolveFields = [...attemptFields, "policy"] as const;
const mapFields = [...stepFields, "over", "maxItems", "maxFailedItems", "steps", "output"] as const;

type FieldName = (typeof callFields | typeof resolveFields | typeof mapFields)[number];
type Fields = { readonly [Name in FieldName]?: unknown };

/**
 * The definition in normal form: every default is written out, so that a later change of a default never changes
 * a recorded plan. Shares nothing with `value`.
 * @throws {MycroftError} PLAN_INVALID or LIMIT_EXCEEDED, naming workflow, step and field.
 */
export function parseDefinition(value: unknown): WorkflowDefinition {
  const top = startReading();
  const name = readName(readRecord(value, top)["name"], inside(top, "name"));
  const at = { ...top, workflow: name };
  const fields = readFields(value, at, ["name", "input", "steps", "output", "timeoutMs"]);
  return {
    name,
    input: readSchema(fields.input ?? {}, inside(at, "input")),
    steps: readSteps(fields.steps, inside(at, "steps"), 0),
    output: readExpression(fields.output, inside(at, "output")),
    ...(fields.timeoutMs === undefined
      ? {}
      : { timeoutMs: readDuration(fields.timeoutMs, inside(at, "timeoutMs"), 1) }),
  };
}

function readSteps(value: unknown, at: Spot, nesting: number): readonly StepDefinition[] {
  if (nesting > planLimits.nesting) {
    throw planError("PLAN_INVALID", at, `would nest maps more than ${planLimits.nesting} deep`);
  }
  return readList(value, at, (step, spot) => readStep(step, spot, nesting));
}

function readStep(value: unknown, place: Spot, nesting: number): StepDefinition {
  const name = readName(readRecord(value, place)["name"], inside(place, "name"));
  const at = { ...place, step: name, field: "" };
  const { kind: given } = readRecord(value, at);
  const kind = readOneOf(given, inside(at, "kind"), ["call", "resolve", "map"] as const);
  switch (kind) {
    case "call": {
      const fields = readFields(value, at, callFields);
      const target = readTarget(fields.target, inside(at, "target"));
      return { ...readBase(name, kind, fields, at), kind, ...readAttempts(fields, at), target };
    }
    case "resolve": {
      const fields = readFields(value, at, resolveFields);
      const policy = readName(fields.policy, inside(at, "policy"));
      return { ...readBase(name, kind, fields, at), kind, ...readAttempts(fields, at), policy };
    }
    case "map": {
      const fields = readFields(value, at, mapFields);
      return { ...readBase(name, kind, fields, at), kind, ...readMap(fields, at, nesting) };
    }
  }
}

function readBase(name: string, kind: StepDefinition["kind"], fields: Fields, at: Spot) {
  const { after = [], trigger = defaultTrigger(kind), when } = fields;
  return {
    name,
    after: readList(after, inside(at, "after"), readName),
    trigger: readOneOf(trigger, inside(at, "trigger"), triggerRules),
    ...(when === undefined ? {} : { when: readCondition(when, inside(at, "when")) }),
  };
}

function readAttempts(fields: Fields, at: Spot) {
  const { inputSchema = {}, outputSchema = {}, retry = {}, timeoutMs = defaultTimeoutMs } = fields;
  return {
    input: readExpression(fields.input, inside(at, "input")),
    inputSchema: readSchema(inputSchema, inside(at, "inputSchema")),
    outputSchema: readSchema(outputSchema, inside(at, "outputSchema")),
    retry: readRetry(retry, inside(at, "retry")),
    timeoutMs: readDuration(timeoutMs, inside(at, "timeoutMs"), 1),
  };
}

function readMap(fields: Fields, at: Spot, nesting: number) {
  const { mapItems } = planLimits;
  const { maxFailedItems = 0 } = fields;
  return {
    over: readExpression(fields.over, inside(at, "over")),
    maxItems: readInteger(fields.maxItems, inside(at, "maxItems"), 1, mapItems),
    maxFailedItems: readInteger(maxFailedItems, inside(at, "maxFailedItems"), 0, mapItems),
    steps: readSteps(fields.steps, inside(at, "steps"), nesting + 1),
    output: readExpression(fields.output, inside(at, "output")),
  };
}

function readTarget(value: unknown, at: Spot): CallTarget {
  const fields = readFields(value, at, ["kind", "name"]);
  const kind = readOneOf(fields.kind, inside(at, "kind"), ["agent", "function"] as const);
  return { kind, name: readName(fields.name, inside(at, "name")) };
}

function readRetry(value: unknown, at: Spot): RetryPolicy {
  const names = ["maxAttempts", "initialDelayMs", "factor", "maxDelayMs", "jitter"] as const;
  const fields = readFields(value, at, names);
  const of = (name: (typeof names)[number]) =>
    [fields[name] ?? defaultRetry[name], inside(at, name)] as const;
  return {
    maxAttempts: readInteger(...of("maxAttempts"), 1, planLimits.attempts),
    initialDelayMs: readDuration(...of("initialDelayMs"), 0),
    factor: readNumber(...of("factor"), 1, 100),
    maxDelayMs: readDuration(...of("maxDelayMs"), 0),
    jitter: readNumber(...of("jitter"), 0, 1),
  };
}

function readExpression(value: unknown, at: Spot): Expression {
  const { kind: given } = readRecord(value, at);
  const kind = readOneOf(given, inside(at, "kind"), expressionKinds);
  switch (kind) {
    case "const":
      return { kind, value: readJson(readFields(value, at, ["kind", "value"]).value, inside(at, "value")) };
    case "input":
      return { kind, path: readPath(readFields(value, at, ["kind", "path"]).path, at) };
    case "item": {
      const { of, path } = readFields(value, at, ["kind", "of", "path"]);
      return { kind, of: readName(of, inside(at, "of")), path: readPath(path, at) };
    }
    case "index":
      return { kind, of: readName(readFields(value, at, ["kind", "of"]).of, inside(at, "of")) };
    case "step": {
      const { step, path } = readFields(value, at, ["kind", "step", "path"]);
      return { kind, step: readName(step, inside(at, "step")), path: readPath(path, at) };
    }
    case "settled":
      return { kind, step: readName(readFields(value, at, ["kind", "step"]).step, inside(at, "step")) };
    case "object": {
      const fields = readRecord(readFields(value, at, ["kind", "fields"]).fields, inside(at, "fields"));
      return { kind, fields: readMembers(fields, at, readExpression) };
    }
    case "array":
      return { kind, items: readList(readFields(value, at, ["kind", "items"]).items, at, readExpression) };
  }
}

function readCondition(value: unknown, at: Spot): Condition {
  const op = readOneOf(readRecord(value, at)["op"], inside(at, "op"), operators);
  switch (op) {
    case "exists":
      return { op, value: readExpression(readFields(value, at, ["op", "value"]).value, inside(at, "value")) };
    case "and":
    case "or":
      return {
        op,
        all: readList(readFields(value, at, ["op", "all"]).all, inside(at, "all"), readCondition),
      };
    case "not": {
      const { condition } = readFields(value, at, ["op", "condition"]);
      return { op, condition: readCondition(condition, inside(at, "condition")) };
    }
    default: {
      const { left, right } = readFields(value, at, ["op", "left", "right"]);
      return {
        op,
        left: readExpression(left, inside(at, "left")),
        right: readExpression(right, inside(at, "right")),
      };
    }
  }
}

function readPath(value: unknown, at: Spot): Path {
  return readList(value ?? [], inside(at, "path"), (segment, spot) =>
    typeof segment === "number"
      ? readInteger(segment, spot, 0, Number.MAX_SAFE_INTEGER)
      : readText(segment, spot),
  );
}

function readSchema(value: unknown, at: Spot): JsonSchema {
  return readMembers(readRecord(value, at), at, readJson);
}

function readDuration(value: unknown, at: Spot, least: number): number {
  return readInteger(value, at, least, planLimits.durationMs);
}
