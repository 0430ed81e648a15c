/** Checks that what steps give fits what steps take, by their schemas, and that maps go over lists (E5). */
import { bounded } from "./bounded-schema.ts";
import { momentOf } from "./moment.ts";
import { planLimits, triggerOf } from "./plan.ts";
import { fieldWithin, type Place, planError, within } from "./plan-error.ts";
import { findMisfit } from "./schema-fit.ts";
import { type Found, itemOf, lookUp } from "./schema-shape.ts";
import { needsInScope } from "./scope-needs.ts";
import { type Body, expressionsOf } from "./step-references.ts";
import type {
  ApproveStep,
  CallStep,
  ChildRunStep,
  Condition,
  Expression,
  JsonSchema,
  MapStep,
  Path,
  RepeatStep,
  ResolveStep,
  SleepStep,
  StepDefinition,
  TriggerRule,
  WaitForStep,
  WorkflowDefinition,
} from "./workflow-definition.ts";

/** What is known of a step's output. */
interface Output {
  readonly schema: JsonSchema;
  /** Whether the step may be skipped without anything having failed. */
  readonly maySkip: boolean;
}

/** Whether an output may be absent where it is read: there, it is known how steps have settled. */
type Absence = (output: Output) => boolean;

/** What names mean at one place of a scope. */
interface View {
  readonly outputs: ReadonlyMap<string, Output>;
  readonly isAbsent: Absence;
  /** The step whose body the scope is; null for the root. */
  readonly owner: string | null;
  /** What the scope works on: a map's item, what the round before gave, or the workflow's input; and its name. */
  readonly item: JsonSchema;
  readonly itemIs: string;
  /** Whether only the most that a body can give is wanted. */
  readonly isRough: boolean;
  readonly around: View | null;
}

/** What a body is given. */
type Setting = Pick<View, "owner" | "item" | "itemIs" | "isRough" | "around">;

const never: Absence = () => false;
const always: Absence = () => true;
const whenSkipped: Absence = (output) => output.maySkip;

/** What a trigger rule promises to the step that runs by it. */
const absenceUnder: Readonly<Record<TriggerRule, Absence>> = {
  allSuccess: never,
  noneFailed: whenSkipped,
  anySuccess: always,
  allDone: always,
};

/**
 * @returns the type of what a run gives.
 * @throws {MycroftError} PLAN_TYPE_MISMATCH naming the step, the place in its input, and both types.
 */
export function checkTypes({ name, steps, output, input }: WorkflowDefinition): JsonSchema {
  const place = { workflow: name, step: null, field: "" };
  const setting = {
    owner: null,
    item: input,
    itemIs: "the workflow's input",
    isRough: false,
    around: null,
  };
  return checkBody({ steps, output, until: null }, setting, place);
}

/** @returns the type of what the body gives. */
function checkBody(body: Body, setting: Setting, outer: Place): JsonSchema {
  const { steps } = body;
  const scope = { ...setting, item: bounded(setting.item) };
  const outputs = new Map<string, Output>();
  const needs = needsInScope(steps);
  for (const [position, step] of steps.entries()) {
    const view = { ...scope, outputs, isAbsent: absenceUnder[triggerOf(step)] };
    const place = { ...outer, step: step.name };
    if (step.when !== undefined) checkCondition(step.when, view, within(place, "when"));
    const schema = checkStep(step, view, place);
    const needed = (needs[position] ?? []).flatMap((need) => outputs.get(steps[need]?.name ?? "") ?? []);
    outputs.set(step.name, { schema, maySkip: maySkip(step, needed) });
  }
  const view = { ...scope, outputs, isAbsent: whenSkipped };
  if (body.until !== null) checkCondition(body.until, view, within(outer, "until"));
  return bounded(orNull(typeOf(body.output, view, within(outer, "output"))));
}

function checkCondition(condition: Condition, view: View, place: Place): void {
  for (const part of expressionsOf(condition)) typeOf(part, view, place);
}

/** A trigger rule that a failure keeps from holding passes the failure on, so only skipped steps count here. */
function maySkip(step: StepDefinition, needed: readonly Output[]): boolean {
  if (step.when !== undefined) return true;
  switch (triggerOf(step)) {
    case "allSuccess":
      return needed.some(whenSkipped);
    case "anySuccess":
      return needed.every(whenSkipped);
    case "allDone":
    case "noneFailed":
      return false;
  }
}

/** @returns the type of what the step gives. */
function checkStep(step: StepDefinition, view: View, place: Place): JsonSchema {
  switch (step.kind) {
    case "call":
    case "resolve":
    case "run":
      return checkWork(step, view, place);
    case "map":
      return checkMap(step, view, place);
    case "repeat":
      return checkRepeat(step, view, place);
    case "approve":
      return checkApprove(step, view, place);
    case "waitFor":
      return checkWaitFor(step, view, place);
    case "sleep":
      return checkSleep(step, view, place);
  }
}

function checkWork(step: CallStep | ResolveStep | ChildRunStep, view: View, place: Place): JsonSchema {
  const input = orNull(typeOf(step.input, view, within(place, "input")));
  checkFit(input, step.inputSchema ?? {}, within(place, "input"));
  return step.outputSchema ?? {};
}

function checkMap(step: MapStep, view: View, place: Place): JsonSchema {
  const over = orNull(typeOf(step.over, view, within(place, "over")));
  checkFit(over, { type: "array" }, within(place, "over"));
  const { name, steps, output } = step;
  const itemIs = `an item of "${name}"`;
  const setting = { owner: name, item: itemOf(over), itemIs, isRough: view.isRough, around: view };
  const given = checkBody({ steps, output, until: null }, setting, place);
  const mayFail = (step.maxFailedItems ?? 0) > 0;
  return { type: "array", items: mayFail ? { anyOf: [given, { type: "null" }] } : given };
}

/**
 * What a round gives depends on what the round before gave. Checked once with nothing known of that, the body tells the
 * most that it can give; checked again with that and `initial`, it tells what it does give. In the first of these checks
 * repeats within are checked once: otherwise each level of nesting would double the work.
 */
function checkRepeat(step: RepeatStep, view: View, place: Place): JsonSchema {
  const initial = orNull(typeOf(step.initial, view, within(place, "initial")));
  const itemIs = `what a round of "${step.name}" begins with`;
  const setting = { owner: step.name, item: {}, itemIs, isRough: true, around: view };
  const atMost = checkBody(step, setting, place);
  if (view.isRough) return atMost;
  return checkBody(step, { ...setting, item: { anyOf: [initial, atMost] }, isRough: false }, place);
}

function checkApprove(step: ApproveStep, view: View, place: Place): JsonSchema {
  typeOf(step.input, view, within(place, "input"));
  const text = { anyOf: [{ type: "string" }, { type: "null" }] };
  return {
    type: "object",
    properties: { approved: { type: "boolean" }, by: text, comment: text },
    required: ["approved", "by", "comment"],
    additionalProperties: false,
  };
}

function checkWaitFor(step: WaitForStep, view: View, place: Place): JsonSchema {
  const schema = step.outputSchema ?? {};
  if (step.key !== undefined) {
    const key = orNull(typeOf(step.key, view, within(place, "key")));
    checkFit(key, { type: ["string", "number"] }, within(place, "key"));
  }
  if (step.default !== undefined) {
    checkFit(orNull(typeOf(step.default, view, within(place, "default"))), schema, within(place, "default"));
  }
  return schema;
}

function checkSleep({ durationMs, until }: SleepStep, view: View, place: Place): JsonSchema {
  if (durationMs !== undefined) {
    const duration = orNull(typeOf(durationMs, view, within(place, "durationMs")));
    const taken = { type: "number", minimum: 0, maximum: planLimits.durationMs };
    checkFit(duration, taken, within(place, "durationMs"));
  }
  if (until !== undefined) {
    checkFit(orNull(typeOf(until, view, within(place, "until"))), { type: "string" }, within(place, "until"));
    if (until.kind === "const" && momentOf(String(until.value)) === null) {
      const problem = "must be a moment such as 2026-01-31T16:00:00-05:00 or 2026-01-31T21:00Z";
      throw planError("PLAN_TYPE_MISMATCH", within(place, "until"), problem);
    }
  }
  return { type: "null" };
}

function checkFit(from: JsonSchema, to: JsonSchema, place: Place): void {
  const misfit = findMisfit(from, to);
  if (misfit !== null)
    throw planError("PLAN_TYPE_MISMATCH", misfit.path.reduce(within, place), misfit.message);
}

/** The type of an expression's value, and whether the value may be absent. */
function typeOf(expression: Expression, view: View, place: Place): Found {
  switch (expression.kind) {
    case "const":
      return present({ const: expression.value });
    case "input":
      return typeOfItem(rootOf(view), expression.path, place);
    case "item":
      return typeOfItem(find(view, ({ owner }) => owner === expression.of) ?? view, expression.path, place);
    case "index":
      return present({ type: "integer", minimum: 0 });
    case "step": {
      const seen = find(view, ({ outputs }) => outputs.has(expression.step));
      const output = seen?.outputs.get(expression.step);
      if (seen === null || output === undefined) return present({});
      const found = typeAt(output.schema, expression.path, `"${expression.step}"`, place);
      return { schema: found.schema, optional: found.optional || seen.isAbsent(output) };
    }
    case "settled":
      return typeOfSettled(expression, view, place);
    case "object":
      return present(objectType(expression.fields, view, place));
    case "array": {
      const { items } = expression;
      const prefixItems = items.map((item, index) => orNull(typeOf(item, view, within(place, index))));
      return present({ type: "array", prefixItems, items: false, minItems: items.length });
    }
  }
}

function typeOfItem({ item, itemIs }: View, path: Path, place: Place): Found {
  return typeAt(item, path, itemIs, place);
}

function typeOfSettled(
  { step, path = [] }: Extract<Expression, { readonly kind: "settled" }>,
  view: View,
  place: Place,
): Found {
  if (path.length === 0) return present({ type: "object" });
  const output = find(view, ({ outputs }) => outputs.has(step))?.outputs.get(step);
  return typeAt(settledType(output?.schema ?? {}), path, `how "${step}" settled`, place);
}

/** The type of a `SettledValue`. */
function settledType(output: JsonSchema): JsonSchema {
  const text = { type: "string" };
  const error = {
    type: "object",
    properties: { code: text, message: text, retryable: { type: "boolean" }, details: { type: "object" } },
    required: ["code", "message", "retryable"],
    additionalProperties: false,
  };
  const settled = (status: string, name: string, schema: JsonSchema) => ({
    type: "object",
    properties: { status: { const: status }, [name]: schema },
    required: ["status", name],
    additionalProperties: false,
  });
  return {
    anyOf: [
      settled("succeeded", "output", output),
      settled("failed", "error", error),
      settled("skipped", "reason", text),
    ],
  };
}

function objectType(fields: Readonly<Record<string, Expression>>, view: View, place: Place): JsonSchema {
  const types = Object.entries(fields).map(
    ([name, field]) => [name, typeOf(field, view, within(place, name))] as const,
  );
  return {
    type: "object",
    properties: Object.fromEntries(types.map(([name, type]) => [name, type.schema])),
    required: types.flatMap(([name, type]) => (type.optional ? [] : [name])),
    additionalProperties: false,
  };
}

function typeAt(schema: JsonSchema, path: Path, of: string, place: Place): Found {
  const found = lookUp(schema, path);
  if (found !== null) return found;
  const read = path.reduce(fieldWithin, "");
  throw planError("PLAN_TYPE_MISMATCH", place, `reads ${read} of ${of}, which has no such thing`);
}

function find(view: View, holds: (view: View) => boolean): View | null {
  for (let at: View | null = view; at !== null; at = at.around) if (holds(at)) return at;
  return null;
}

function rootOf(view: View): View {
  return view.around === null ? view : rootOf(view.around);
}

function present(schema: JsonSchema): Found {
  return { schema, optional: false };
}

/** Where there is no place for an absent value, it is null. */
function orNull(type: Found): JsonSchema {
  return type.optional ? { anyOf: [type.schema, { type: "null" }] } : type.schema;
}
