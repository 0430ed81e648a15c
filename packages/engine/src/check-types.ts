/** Checks that what steps give fits what steps take, by their schemas, and that maps go over lists. */
import { MycroftError } from "@mycroft/errors";
import { triggerOf } from "./plan.ts";
import { findMisfit, schemaAt } from "./schema-fit.ts";
import type {
  Expression,
  JsonSchema,
  MapStep,
  Path,
  StepDefinition,
  WorkflowDefinition,
} from "./workflow-definition.ts";

/** What names mean at one place of the workflow. */
interface Types {
  readonly input: JsonSchema;
  readonly steps: ReadonlyMap<string, JsonSchema>;
  /** The schemas of the items of the enclosing maps. */
  readonly items: ReadonlyMap<string, JsonSchema>;
  /** Steps whose output may be absent where it is read. */
  readonly mayBeAbsent: boolean;
}

/** The place in the workflow that a message is about. */
interface Place {
  readonly label: string;
  readonly step: string | null;
}

/** @throws {MycroftError} PLAN_TYPE_MISMATCH naming the step, the place in its input, and both types. */
export function checkTypes(workflow: WorkflowDefinition): void {
  const types: Types = { input: workflow.input, steps: new Map(), items: new Map(), mayBeAbsent: false };
  const steps = checkScope(workflow.steps, types);
  typeOf(workflow.output, { ...types, steps }, { label: "The workflow's output", step: null });
}

/** The schemas of the steps that can be seen at the end of a scope. */
function checkScope(steps: readonly StepDefinition[], outer: Types): ReadonlyMap<string, JsonSchema> {
  const known = new Map(outer.steps);
  for (const step of steps) {
    const trigger = triggerOf(step);
    const types = { ...outer, steps: known, mayBeAbsent: trigger !== "allSuccess" };
    const where = { label: `Step "${step.name}"`, step: step.name };
    if (step.kind === "map") {
      known.set(step.name, checkMap(step, types));
      continue;
    }
    const misfit = findMisfit(orNull(typeOf(step.input, types, where)), step.inputSchema ?? {});
    if (misfit !== null)
      throw mismatch(where, `is given a wrong input: input${textOf(misfit.path)} ${misfit.message}`);
    known.set(step.name, step.outputSchema ?? {});
  }
  return known;
}

function checkMap(step: MapStep, types: Types): JsonSchema {
  const where = { label: `Step "${step.name}"`, step: step.name };
  const over = orNull(typeOf(step.over, types, where));
  const misfit = findMisfit(over, { type: "array" });
  if (misfit !== null) throw mismatch(where, `must go over a list, and what it goes over ${misfit.message}`);
  const item = schemaAt(over, [0]) ?? {};
  const inner = { ...types, mayBeAbsent: false, items: new Map(types.items).set(step.name, item) };
  const steps = checkScope(step.steps, inner);
  const output = orNull(
    typeOf(step.output, { ...inner, steps }, { label: `The output of step "${step.name}"`, step: step.name }),
  );
  const mayFail = (step.maxFailedItems ?? 0) > 0;
  return { type: "array", items: mayFail ? { anyOf: [output, { type: "null" }] } : output };
}

/** The type of an expression's value, and whether the value may be absent. */
interface ValueType {
  readonly schema: JsonSchema;
  readonly optional: boolean;
}

function typeOf(expression: Expression, types: Types, where: Place): ValueType {
  switch (expression.kind) {
    case "const":
      return always({ const: expression.value });
    case "input":
      return typeAt(types.input, expression.path, "the workflow's input", where);
    case "item": {
      const item = types.items.get(expression.of) ?? {};
      return typeAt(item, expression.path, `an item of "${expression.of}"`, where);
    }
    case "index":
      return always({ type: "integer" });
    case "step": {
      const output = types.steps.get(expression.step) ?? {};
      const type = typeAt(output, expression.path, `"${expression.step}"`, where);
      return { schema: type.schema, optional: type.optional || types.mayBeAbsent };
    }
    case "settled":
      return always({ type: "object" });
    case "object":
      return always(objectType(expression.fields, types, where));
    case "array": {
      const prefixItems = expression.items.map((item) => orNull(typeOf(item, types, where)));
      return always({ type: "array", prefixItems, items: {} });
    }
  }
}

function objectType(fields: Readonly<Record<string, Expression>>, types: Types, where: Place): JsonSchema {
  const entries = Object.entries(fields).map(([name, field]) => [name, typeOf(field, types, where)] as const);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, type]) => [name, type.schema])),
    required: entries.filter(([, type]) => !type.optional).map(([name]) => name),
    additionalProperties: false,
  };
}

function typeAt(schema: JsonSchema, path: Path, of: string, where: Place): ValueType {
  const found = schemaAt(schema, path);
  if (found !== null) return { schema: found, optional: mayBeMissing(schema, path) };
  throw mismatch(where, `reads ${textOf(path).replace(/^\./, "")} of ${of}, which has no such thing`);
}

/** Whether a property on the path may be missing. */
function mayBeMissing(schema: JsonSchema, path: Path): boolean {
  return path.some((segment, index) => {
    if (typeof segment !== "string") return false;
    const owner = schemaAt(schema, path.slice(0, index));
    const required = owner?.["required"];
    return owner?.["type"] === "object" && !(Array.isArray(required) && required.includes(segment));
  });
}

function always(schema: JsonSchema): ValueType {
  return { schema, optional: false };
}

/** Where there is no place for an absent value, it is null. */
function orNull(type: ValueType): JsonSchema {
  return type.optional ? { anyOf: [type.schema, { type: "null" }] } : type.schema;
}

function textOf(path: Path): string {
  return path.map((segment) => (typeof segment === "number" ? `[${segment}]` : `.${segment}`)).join("");
}

function mismatch(where: Place, message: string): MycroftError {
  return new MycroftError("PLAN_TYPE_MISMATCH", `${where.label} ${message}.`, {
    details: { step: where.step },
  });
}
