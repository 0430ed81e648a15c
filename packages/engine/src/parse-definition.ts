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
import { defaultChildRetry, defaultRetry, defaultTimeoutMs, defaultTrigger, planLimits } from "./plan.ts";
import { planError } from "./plan-error.ts";
import { readCondition, readExpression } from "./read-expression.ts";
import type {
  CallTarget,
  Expression,
  JsonSchema,
  RetryPolicy,
  StepDefinition,
  TriggerRule,
  WorkflowDefinition,
} from "./workflow-definition.ts";

const triggerRules: readonly TriggerRule[] = ["allSuccess", "allDone", "anySuccess", "noneFailed"];
const stepKinds = ["call", "resolve", "map", "repeat", "run", "approve", "waitFor", "sleep"] as const;
const verdicts = ["approve", "reject"] as const;

const stepFields = ["name", "kind", "after", "trigger", "when", "tags"] as const;
const dataFields = [...stepFields, "input", "inputSchema", "outputSchema", "retry"] as const;
const attemptFields = [
  ...dataFields,
  "timeoutMs",
  "heartbeatTimeoutMs",
  "pool",
  "priority",
  "cacheTtlMs",
] as const;
const fieldsOf = {
  call: [...attemptFields, "target"],
  resolve: [...attemptFields, "policy"],
  map: [...stepFields, "over", "maxItems", "maxFailedItems", "steps", "output"],
  repeat: [...stepFields, "initial", "until", "maxRounds", "atMaxRounds", "steps", "output"],
  run: [...dataFields, "workflow", "plan"],
  approve: [...stepFields, "input", "timeoutMs", "default", "onReject"],
  waitFor: [...stepFields, "signal", "key", "outputSchema", "timeoutMs", "default"],
  sleep: [...stepFields, "durationMs", "until"],
} as const satisfies Record<StepDefinition["kind"], readonly string[]>;

type FieldName = (typeof fieldsOf)[StepDefinition["kind"]][number];
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
  const fields = readFields(value, at, ["name", "input", "steps", "output", "timeoutMs", "tags"]);
  return {
    name,
    input: readSchema(fields.input ?? {}, inside(at, "input")),
    steps: readSteps(fields.steps, inside(at, "steps"), 0),
    output: readExpression(fields.output, inside(at, "output")),
    ...(fields.timeoutMs === undefined
      ? {}
      : { timeoutMs: readDuration(fields.timeoutMs, inside(at, "timeoutMs"), 1) }),
    ...(fields.tags === undefined ? {} : { tags: readTags(fields.tags, inside(at, "tags")) }),
  };
}

function readSteps(value: unknown, at: Spot, nesting: number): readonly StepDefinition[] {
  if (nesting > planLimits.nesting) {
    throw planError("PLAN_INVALID", at, `would nest bodies more than ${planLimits.nesting} deep`);
  }
  return readList(value, at, (step, spot) => readStep(step, spot, nesting));
}

function readStep(value: unknown, place: Spot, nesting: number): StepDefinition {
  const name = readName(readRecord(value, place)["name"], inside(place, "name"));
  const at = { ...place, step: name, field: "" };
  const { kind: given } = readRecord(value, at);
  const kind = readOneOf(given, inside(at, "kind"), stepKinds);
  const fields: Fields = readFields(value, at, fieldsOf[kind]);
  const base = readBase(name, kind, fields, at);
  switch (kind) {
    case "call":
      return {
        ...base,
        kind,
        ...readAttempts(fields, at),
        target: readTarget(fields.target, inside(at, "target")),
      };
    case "resolve":
      return {
        ...base,
        kind,
        ...readAttempts(fields, at),
        policy: readName(fields.policy, inside(at, "policy")),
      };
    case "map":
      return { ...base, kind, ...readMap(fields, at, nesting) };
    case "repeat":
      return { ...base, kind, ...readRepeat(fields, at, nesting) };
    case "run":
      return { ...base, kind, ...readChildRun(fields, at) };
    case "approve":
      return { ...base, kind, ...readApprove(fields, at) };
    case "waitFor":
      return { ...base, kind, ...readWaitFor(fields, at) };
    case "sleep":
      return { ...base, kind, ...readSleep(fields, at) };
  }
}

function readBase(name: string, kind: StepDefinition["kind"], fields: Fields, at: Spot) {
  const { after = [], trigger = defaultTrigger(kind), when, tags } = fields;
  return {
    name,
    after: readList(after, inside(at, "after"), readName),
    trigger: readOneOf(trigger, inside(at, "trigger"), triggerRules),
    ...(when === undefined ? {} : { when: readCondition(when, inside(at, "when")) }),
    ...(tags === undefined ? {} : { tags: readTags(tags, inside(at, "tags")) }),
  };
}

/** What is given to a worker or a child run, what comes back, and how it is retried. */
function readData(fields: Fields, at: Spot, retryDefault: RetryPolicy) {
  const { inputSchema = {}, outputSchema = {}, retry = {} } = fields;
  return {
    input: readExpression(fields.input, inside(at, "input")),
    inputSchema: readSchema(inputSchema, inside(at, "inputSchema")),
    outputSchema: readSchema(outputSchema, inside(at, "outputSchema")),
    retry: readRetry(retry, inside(at, "retry"), retryDefault),
  };
}

function readAttempts(fields: Fields, at: Spot) {
  const { timeoutMs = defaultTimeoutMs, pool, priority } = fields;
  return {
    ...readData(fields, at, defaultRetry),
    timeoutMs: readDuration(timeoutMs, inside(at, "timeoutMs"), 1),
    ...readDurationIfThere(fields, "heartbeatTimeoutMs", at),
    ...readDurationIfThere(fields, "cacheTtlMs", at),
    ...(pool === undefined ? {} : { pool: readName(pool, inside(at, "pool")) }),
    ...(priority === undefined
      ? {}
      : {
          priority: readInteger(priority, inside(at, "priority"), -planLimits.priority, planLimits.priority),
        }),
  };
}

function readMap(fields: Fields, at: Spot, nesting: number) {
  const { mapItems } = planLimits;
  const { maxFailedItems = 0 } = fields;
  return {
    over: readExpression(fields.over, inside(at, "over")),
    maxItems: readInteger(fields.maxItems, inside(at, "maxItems"), 1, mapItems),
    maxFailedItems: readInteger(maxFailedItems, inside(at, "maxFailedItems"), 0, mapItems),
    ...readBody(fields, at, nesting),
  };
}

function readRepeat(fields: Fields, at: Spot, nesting: number) {
  const { initial = { kind: "const", value: null }, atMaxRounds = "succeed" } = fields;
  const body = readBody(fields, at, nesting);
  if (body.steps.length === 0) {
    throw planError("PLAN_INVALID", inside(at, "steps"), "must hold a step at least");
  }
  return {
    initial: readExpression(initial, inside(at, "initial")),
    until: readCondition(fields.until, inside(at, "until")),
    maxRounds: readInteger(fields.maxRounds, inside(at, "maxRounds"), 1, planLimits.rounds),
    atMaxRounds: readOneOf(atMaxRounds, inside(at, "atMaxRounds"), ["succeed", "fail"] as const),
    ...body,
  };
}

function readBody(fields: Fields, at: Spot, nesting: number) {
  return {
    steps: readSteps(fields.steps, inside(at, "steps"), nesting + 1),
    output: readExpression(fields.output, inside(at, "output")),
  };
}

function readChildRun(fields: Fields, at: Spot) {
  return {
    ...readData(fields, at, defaultChildRetry),
    workflow: readName(fields.workflow, inside(at, "workflow")),
    plan: readPlanHash(fields.plan, inside(at, "plan")),
  };
}

function readApprove(fields: Fields, at: Spot) {
  const { timeoutMs, default: verdict = "reject", onReject = "fail" } = fields;
  refuseIdleDefault(fields, at);
  return {
    input: readExpression(fields.input, inside(at, "input")),
    onReject: readOneOf(onReject, inside(at, "onReject"), ["fail", "continue"] as const),
    ...readDurationIfThere(fields, "timeoutMs", at),
    ...(timeoutMs === undefined ? {} : { default: readOneOf(verdict, inside(at, "default"), verdicts) }),
  };
}

function refuseIdleDefault({ timeoutMs, default: fallback }: Fields, at: Spot): void {
  if (fallback === undefined || timeoutMs !== undefined) return;
  const problem = "is for when the time is over, and there is no timeoutMs";
  throw planError("PLAN_INVALID", inside(at, "default"), problem);
}

function readWaitFor(fields: Fields, at: Spot) {
  const { outputSchema = {} } = fields;
  refuseIdleDefault(fields, at);
  return {
    signal: readName(fields.signal, inside(at, "signal")),
    outputSchema: readSchema(outputSchema, inside(at, "outputSchema")),
    ...readExpressionIfThere(fields, "key", at),
    ...readExpressionIfThere(fields, "default", at),
    ...readDurationIfThere(fields, "timeoutMs", at),
  };
}

function readSleep(fields: Fields, at: Spot) {
  const { durationMs, until } = fields;
  if ((durationMs === undefined) === (until === undefined)) {
    throw planError("PLAN_INVALID", at, "needs either durationMs or until, and not both");
  }
  return {
    ...readExpressionIfThere(fields, "durationMs", at),
    ...readExpressionIfThere(fields, "until", at),
  };
}

function readExpressionIfThere<Name extends FieldName>(
  fields: Fields,
  name: Name,
  at: Spot,
): { readonly [K in Name]?: Expression } {
  const value: unknown = fields[name];
  return (value === undefined ? {} : { [name]: readExpression(value, inside(at, name)) }) as {
    readonly [K in Name]?: Expression;
  };
}

function readDurationIfThere<Name extends FieldName>(
  fields: Fields,
  name: Name,
  at: Spot,
): { readonly [K in Name]?: number } {
  const value: unknown = fields[name];
  return (value === undefined ? {} : { [name]: readDuration(value, inside(at, name), 1) }) as {
    readonly [K in Name]?: number;
  };
}

function readTags(value: unknown, at: Spot): readonly string[] {
  const tags = readList(value, at, readName);
  if (tags.length <= planLimits.tags) return [...new Set(tags)].sort();
  throw planError("LIMIT_EXCEEDED", at, `has ${tags.length} tags; there may be ${planLimits.tags}`);
}

function readPlanHash(value: unknown, at: Spot): string {
  const hash = readText(value, at);
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw planError("PLAN_INVALID", at, "must be the hash of a plan: 64 digits of hexadecimal");
}

function readTarget(value: unknown, at: Spot): CallTarget {
  const fields = readFields(value, at, ["kind", "name"]);
  const kind = readOneOf(fields.kind, inside(at, "kind"), ["agent", "function"] as const);
  return { kind, name: readName(fields.name, inside(at, "name")) };
}

function readRetry(value: unknown, at: Spot, otherwise: RetryPolicy): RetryPolicy {
  const numbers = ["maxAttempts", "initialDelayMs", "factor", "maxDelayMs", "jitter"] as const;
  const fields = readFields(value, at, [...numbers, "notOn"]);
  const of = (name: (typeof numbers)[number]) => [fields[name] ?? otherwise[name], inside(at, name)] as const;
  const { notOn } = fields;
  return {
    maxAttempts: readInteger(...of("maxAttempts"), 1, planLimits.attempts),
    initialDelayMs: readDuration(...of("initialDelayMs"), 0),
    factor: readNumber(...of("factor"), 1, 100),
    maxDelayMs: readDuration(...of("maxDelayMs"), 0),
    jitter: readNumber(...of("jitter"), 0, 1),
    ...(notOn === undefined ? {} : { notOn: readList(notOn, inside(at, "notOn"), readText) }),
  };
}

function readSchema(value: unknown, at: Spot): JsonSchema {
  return readMembers(readRecord(value, at), at, readJson);
}

function readDuration(value: unknown, at: Spot, least: number): number {
  return readInteger(value, at, least, planLimits.durationMs);
}
