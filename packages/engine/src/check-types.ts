/** Checks that what steps give fits what steps take, by their schemas, and that maps go over lists. */
import { triggerOf } from "./plan.ts";
import { fieldWithin, type Place, planError, within } from "./plan-error.ts";
import { findMisfit } from "./schema-fit.ts";
import { type Found, itemOf, lookUp } from "./schema-shape.ts";
import { needsInScope } from "./scope-needs.ts";
import { expressionsOf } from "./step-references.ts";
import type {
  Expression,
  JsonSchema,
  MapStep,
  Path,
  StepDefinition,
  TriggerRule,
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
  /** The map whose body the scope is; null for the root. */
  readonly map: string | null;
  /** What the scope works on: the map's item, or the workflow's input. */
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
export function checkTypes(workflow: WorkflowDefinition): void {
  const place = { workflow: workflow.name, step: null, field: "" };
  const view = checkScope(workflow.steps, { map: null, item: workflow.input, around: null }, place);
  typeOf(workflow.output, view, within(place, "output"));
}

/** @returns the view that the scope's output has. */
function checkScope(
  steps: readonly StepDefinition[],
  scope: Pick<View, "map" | "item" | "around">,
  owner: Place,
): View {
  const outputs = new Map<string, Output>();
  const needs = needsInScope(steps);
  for (const [position, step] of steps.entries()) {
    const view = { ...scope, outputs, isAbsent: absenceUnder[triggerOf(step)] };
    const place = { ...owner, step: step.name };
    for (const part of step.when === undefined ? [] : expressionsOf(step.when)) {
      typeOf(part, view, within(place, "when"));
    }
    const schema = step.kind === "map" ? checkMap(step, view, place) : checkAttempts(step, view, place);
    const needed = (needs[position] ?? []).flatMap((need) => outputs.get(steps[need]?.name ?? "") ?? []);
    outputs.set(step.name, { schema, maySkip: maySkip(step, needed) });
  }
  return { ...scope, outputs, isAbsent: whenSkipped };
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

function checkAttempts(step: Exclude<StepDefinition, MapStep>, view: View, place: Place): JsonSchema {
  const input = orNull(typeOf(step.input, view, within(place, "input")));
  checkFit(input, step.inputSchema ?? {}, within(place, "input"));
  return step.outputSchema ?? {};
}

function checkMap(step: MapStep, view: View, place: Place): JsonSchema {
  const over = orNull(typeOf(step.over, view, within(place, "over")));
  checkFit(over, { type: "array" }, within(place, "over"));
  const body = checkScope(step.steps, { map: step.name, item: itemOf(over), around: view }, place);
  const output = orNull(typeOf(step.output, body, within(place, "output")));
  const mayFail = (step.maxFailedItems ?? 0) > 0;
  return { type: "array", items: mayFail ? { anyOf: [output, { type: "null" }] } : output };
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
      const item = find(view, ({ map }) => map === expression.of)?.item ?? {};
      return typeAt(item, expression.path, `an item of "${expression.of}"`, place);
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
