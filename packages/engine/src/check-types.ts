/** Checks that what steps give fits what steps take, by their schemas, and that maps go over lists (E5). */
import { triggerOf } from "./plan.ts";
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
  /** What the scope works on: a map's item, what the round before gave, or the workflow's input. */
  readonly item: JsonSchema;
  readonly around: View | null;
}

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

/** @throws {MycroftError} PLAN_TYPE_MISMATCH naming the step, the place in its input, and both types. */
export function checkTypes({ name, steps, output, input }: WorkflowDefinition): void {
  const place = { workflow: name, step: null, field: "" };
  checkBody({ steps, output, until: null }, { owner: null, item: input, around: null }, place);
}

/** @returns the type of what the body gives. */
function checkBody(body: Body, scope: Pick<View, "owner" | "item" | "around">, outer: Place): JsonSchema {
  const { steps } = body;
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
  return orNull(typeOf(body.output, view, within(outer, "output")));
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
  const { steps, output } = step;
  const scope = { owner: step.name, item: itemOf(over), around: view };
  const given = checkBody({ steps, output, until: null }, scope, place);
  const mayFail = (step.maxFailedItems ?? 0) > 0;
  return { type: "array", items: mayFail ? { anyOf: [given, { type: "null" }] } : given };
}

/**
 * What a round gives depends on what the round before gave. Checked once with nothing known of that, the body tells the
 * most that it can give; checked again with that and `initial`, it tells what it does give.
 */
function checkRepeat(step: RepeatStep, view: View, place: Place): JsonSchema {
  const initial = orNull(typeOf(step.initial, view, within(place, "initial")));
  const scope = { owner: step.name, around: view };
  const atMost = checkBody(step, { ...scope, item: {} }, place);
  return checkBody(step, { ...scope, item: { anyOf: [initial, atMost] } }, place);
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
    checkFit(duration, { type: "number" }, within(place, "durationMs"));
  }
  if (until !== undefined) {
    checkFit(orNull(typeOf(until, view, within(place, "until"))), { type: "string" }, within(place, "until"));
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
      return typeAt(rootOf(view).item, expression.path, "the workflow's input", place);
    case "item": {
      const item = find(view, ({ owner }) => owner === expression.of)?.item ?? {};
      return typeAt(item, expression.path, `what "${expression.of}" works on`, place);
    }
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
      return present({ type: "object" });
    case "object":
      return present(objectType(expression.fields, view, place));
    case "array": {
      const { items } = expression;
      const prefixItems = items.map((item, index) => orNull(typeOf(item, view, within(place, index))));
      return present({ type: "array", prefixItems, items: false, minItems: items.length });
    }
  }
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
