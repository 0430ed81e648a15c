/**
 * Reads a workflow definition from unknown JSON: shape, names, ranges and sizes (P7). What it lets through has
 * the type that it claims; whether the steps fit together is `compile`'s business.
 */
import { MycroftError } from "@mycroft/errors";
import { defaultRetry, defaultTimeoutMs, planLimits } from "./plan.ts";
import type {
  CallTarget,
  Condition,
  Expression,
  JsonSchema,
  JsonValue,
  Path,
  RetryPolicy,
  StepDefinition,
  TriggerRule,
  WorkflowDefinition,
} from "./workflow-definition.ts";

const triggerRules: readonly TriggerRule[] = ["allSuccess", "allDone", "anySuccess", "noneFailed"];
const comparisons = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
const maxDelayMs = 366 * 24 * 3_600_000;
const maxDepth = 64;
const namePattern = /^[A-Za-z][A-Za-z0-9._-]*$/;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The definition in normal form: every default is written out, so that a later change of a default never changes
 * a recorded plan.
 * @throws {MycroftError} PLAN_INVALID, naming the place.
 */
export function parseDefinition(value: unknown): WorkflowDefinition {
  const fields = readObject(value, "the workflow");
  const name = readName(fields["name"], "the workflow's name");
  const definition = {
    name,
    input: readSchema(fields["input"] ?? {}, `workflow "${name}", input`),
    steps: readSteps(fields["steps"], `workflow "${name}"`, 0),
    output: readExpression(fields["output"], `workflow "${name}", output`),
  };
  if (fields["timeoutMs"] === undefined) return definition;
  return { ...definition, timeoutMs: readDuration(fields["timeoutMs"], `workflow "${name}", timeoutMs`) };
}

function readSteps(value: unknown, where: string, nesting: number): readonly StepDefinition[] {
  if (nesting > planLimits.nesting) fail(`${where}: maps are nested deeper than ${planLimits.nesting}`);
  return readList(value, `${where}, steps`).map((step, index) =>
    readStep(step, `${where}, steps[${index}]`, nesting),
  );
}

function readStep(value: unknown, place: string, nesting: number): StepDefinition {
  const fields = readObject(value, place);
  const name = readName(fields["name"], `${place}, name`);
  const where = `step "${name}"`;
  const kind = readOneOf(fields["kind"], ["call", "resolve", "map"] as const, `${where}, kind`);
  const fallback: TriggerRule = kind === "resolve" ? "allDone" : "allSuccess";
  const base = {
    name,
    after: readList(fields["after"] ?? [], `${where}, after`).map((item) =>
      readName(item, `${where}, after`),
    ),
    trigger: readOneOf(fields["trigger"] ?? fallback, triggerRules, `${where}, trigger`),
    ...(fields["when"] === undefined ? {} : { when: readCondition(fields["when"], `${where}, when`, 0) }),
  };
  if (kind === "map") return { ...base, kind, ...readMap(fields, where, nesting) };
  const attempts = { ...base, ...readAttemptSettings(fields, where) };
  if (kind === "call") return { ...attempts, kind, target: readTarget(fields["target"], `${where}, target`) };
  return { ...attempts, kind, policy: readName(fields["policy"], `${where}, policy`) };
}

function readMap(fields: Fields, where: string, nesting: number) {
  return {
    over: readExpression(fields["over"], `${where}, over`),
    maxItems: readInteger(fields["maxItems"], 1, planLimits.mapItems, `${where}, maxItems`),
    maxFailedItems: readInteger(
      fields["maxFailedItems"] ?? 0,
      0,
      planLimits.mapItems,
      `${where}, maxFailedItems`,
    ),
    steps: readSteps(fields["steps"], where, nesting + 1),
    output: readExpression(fields["output"], `${where}, output`),
  };
}

function readAttemptSettings(fields: Fields, where: string) {
  return {
    input: readExpression(fields["input"], `${where}, input`),
    inputSchema: readSchema(fields["inputSchema"] ?? {}, `${where}, inputSchema`),
    outputSchema: readSchema(fields["outputSchema"] ?? {}, `${where}, outputSchema`),
    retry: readRetry(fields["retry"] ?? {}, `${where}, retry`),
    timeoutMs: readDuration(fields["timeoutMs"] ?? defaultTimeoutMs, `${where}, timeoutMs`),
  };
}

function readTarget(value: unknown, where: string): CallTarget {
  const fields = readObject(value, where);
  const kind = readOneOf(fields["kind"], ["agent", "function"] as const, `${where}.kind`);
  return { kind, name: readName(fields["name"], `${where}.name`) };
}

function readRetry(value: unknown, where: string): RetryPolicy {
  const fields = { ...defaultRetry, ...readObject(value, where) };
  return {
    maxAttempts: readInteger(fields.maxAttempts, 1, planLimits.attempts, `${where}.maxAttempts`),
    initialDelayMs: readNumber(fields.initialDelayMs, 0, maxDelayMs, `${where}.initialDelayMs`),
    factor: readNumber(fields.factor, 1, 100, `${where}.factor`),
    maxDelayMs: readNumber(fields.maxDelayMs, 0, maxDelayMs, `${where}.maxDelayMs`),
    jitter: readNumber(fields.jitter, 0, 1, `${where}.jitter`),
  };
}

function readExpression(value: unknown, where: string, depth = 0): Expression {
  if (depth > maxDepth) fail(`${where}: an expression is nested deeper than ${maxDepth}`);
  const fields = readObject(value, where);
  switch (fields["kind"]) {
    case "const":
      return { kind: "const", value: readJson(fields["value"], where, depth) };
    case "input":
      return { kind: "input", path: readPath(fields["path"], where) };
    case "item":
      return { kind: "item", of: readName(fields["of"], where), path: readPath(fields["path"], where) };
    case "index":
      return { kind: "index", of: readName(fields["of"], where) };
    case "step":
      return { kind: "step", step: readName(fields["step"], where), path: readPath(fields["path"], where) };
    case "settled":
      return { kind: "settled", step: readName(fields["step"], where) };
    case "object": {
      const entries = Object.entries(readObject(fields["fields"], `${where}.fields`));
      return {
        kind: "object",
        fields: Object.fromEntries(
          entries.map(([key, item]) => [key, readExpression(item, `${where}.${key}`, depth + 1)]),
        ),
      };
    }
    case "array":
      return {
        kind: "array",
        items: readList(fields["items"], `${where}.items`).map((item, index) =>
          readExpression(item, `${where}[${index}]`, depth + 1),
        ),
      };
    default:
      return fail(`${where}: ${describe(fields["kind"])} is no kind of expression`);
  }
}

function readCondition(value: unknown, where: string, depth: number): Condition {
  if (depth > maxDepth) fail(`${where}: a condition is nested deeper than ${maxDepth}`);
  const fields = readObject(value, where);
  const op = readOneOf(
    fields["op"],
    [...comparisons, "in", "exists", "and", "or", "not"] as const,
    `${where}.op`,
  );
  switch (op) {
    case "exists":
      return { op, value: readExpression(fields["value"], `${where}.value`) };
    case "and":
    case "or":
      return {
        op,
        all: readList(fields["all"], `${where}.all`).map((item, index) =>
          readCondition(item, `${where}.all[${index}]`, depth + 1),
        ),
      };
    case "not":
      return { op, condition: readCondition(fields["condition"], `${where}.condition`, depth + 1) };
    default:
      return {
        op,
        left: readExpression(fields["left"], `${where}.left`),
        right: readExpression(fields["right"], `${where}.right`),
      };
  }
}

function readPath(value: unknown, where: string): Path {
  return readList(value ?? [], `${where}, path`).map((segment) => {
    if (typeof segment === "string") return segment;
    return readInteger(segment, 0, Number.MAX_SAFE_INTEGER, `${where}, path`);
  });
}

function readJson(value: unknown, where: string, depth: number): JsonValue {
  if (depth > maxDepth) fail(`${where}: a value is nested deeper than ${maxDepth}`);
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => readJson(item, where, depth + 1));
  if (!isPlainObject(value)) return fail(`${where}: ${describe(value)} is not JSON`);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, readJson(item, `${where}.${key}`, depth + 1)]),
  );
}

function readSchema(value: unknown, where: string): JsonSchema {
  readJson(value, where, 0);
  return readObject(value, where);
}

function readDuration(value: unknown, where: string): number {
  return readInteger(value, 1, maxDelayMs, where);
}

function readInteger(value: unknown, least: number, most: number, where: string): number {
  if (Number.isInteger(value)) return readNumber(value, least, most, where);
  return fail(`${where} must be a whole number, not ${describe(value)}`);
}

function readNumber(value: unknown, least: number, most: number, where: string): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  return fail(`${where} must be ${least} to ${most}, not ${describe(value)}`);
}

function readOneOf<T extends string>(value: unknown, choices: readonly T[], where: string): T {
  const found = choices.find((choice) => choice === value);
  return found ?? fail(`${where} must be one of ${choices.join(", ")}, not ${describe(value)}`);
}

function readName(value: unknown, where: string): string {
  if (typeof value === "string" && value.length <= planLimits.nameLength && namePattern.test(value))
    return value;
  return fail(
    `${where}: ${describe(value)} is not a name (a letter, then letters, digits and . _ -; at most ${planLimits.nameLength})`,
  );
}

function readList(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`${where} must be a list, not ${describe(value)}`);
}

function readObject(value: unknown, where: string): Fields {
  return isPlainObject(value) ? value : fail(`${where} must be an object, not ${describe(value)}`);
}

function isPlainObject(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function fail(message: string): never {
  throw new MycroftError("PLAN_INVALID", `${message}.`);
}
