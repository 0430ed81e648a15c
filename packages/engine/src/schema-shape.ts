/**
 * What a JSON Schema (2020-12) says of its values, as far as the checks between steps understand it. Keywords that
 * are not understood ($ref, allOf, not, patterns) allow anything here: values are checked again at run time.
 */
import type { JsonSchema, JsonValue, Path, PathSegment } from "./workflow-definition.ts";

/** A schema without alternatives, every constraint stated; null stands for "says nothing". */
export interface SchemaShape {
  /** Type names of JSON Schema. Of a constant they are as narrow as its value. */
  readonly types: readonly string[] | null;
  /** The only values that there are. */
  readonly values: readonly JsonValue[] | null;
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
  /** Properties beyond those named; null when there are none. */
  readonly otherProperties: JsonSchema | null;
  /** The first items of a list, and those beyond; null when there are none beyond. */
  readonly firstItems: readonly JsonSchema[];
  readonly otherItems: JsonSchema | null;
  readonly leastItems: number;
  readonly mostItems: number;
}

const anything: JsonSchema = {};

export function shapeOf(schema: JsonSchema): SchemaShape {
  const values = valuesOf(schema);
  const [value] = values?.length === 1 ? values : [];
  if (value !== undefined && isList(value)) return constantList(value);
  if (typeof value === "object" && value !== null) return constantObject(value);
  const { minItems, maxItems, additionalProperties, items } = schema;
  const firstItems = schemasIn(schema["prefixItems"]);
  const otherItems = items === false ? null : asSchema(items);
  return {
    types: values === null ? declaredTypes(schema) : [...new Set(values.map(typeOfValue))],
    values,
    properties: membersIn(schema["properties"]),
    required: textsIn(schema["required"]),
    otherProperties: additionalProperties === false ? null : asSchema(additionalProperties),
    firstItems,
    otherItems,
    leastItems: typeof minItems === "number" ? minItems : 0,
    mostItems:
      typeof maxItems === "number"
        ? maxItems
        : otherItems === null
          ? firstItems.length
          : Number.POSITIVE_INFINITY,
  };
}

function constantList(list: readonly JsonValue[]): SchemaShape {
  return {
    ...shapeOf({ type: "array", prefixItems: list.map(constant), items: false, minItems: list.length }),
    values: [list],
  };
}

function constantObject(object: { readonly [key: string]: JsonValue }): SchemaShape {
  const entries = Object.entries(object).map(([key, member]) => [key, constant(member)] as const);
  const properties = Object.fromEntries(entries);
  const required = Object.keys(object);
  return {
    ...shapeOf({ type: "object", properties, required, additionalProperties: false }),
    values: [object],
  };
}

function constant(value: JsonValue): JsonSchema {
  return { const: value };
}

/** The schemas of which a value has to fit one; null when there is only the schema itself. */
export function alternativesOf(schema: JsonSchema): readonly JsonSchema[] | null {
  const stated = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(stated)) return stated.map(asSchema);
  const values = valuesOf(schema) ?? [];
  const hasParts = values.some((value) => typeof value === "object" && value !== null);
  return hasParts && values.length > 1 ? values.map(constant) : null;
}

/** A schema as one alternative per value, or per type, that it states. */
export function partsOf(schema: JsonSchema): readonly JsonSchema[] {
  const values = valuesOf(schema);
  if (values !== null) return values.map(constant);
  const { type } = schema;
  return Array.isArray(type) ? textsIn(type).map((one) => ({ ...schema, type: one })) : [schema];
}

/** What stands at a path in values of a schema, and whether it may be missing there. */
export interface Found {
  readonly schema: JsonSchema;
  readonly optional: boolean;
}

/** Null when there can be nothing. */
export function lookUp(schema: JsonSchema, path: Path): Found | null {
  let at: Found = { schema, optional: false };
  for (const segment of path) {
    const next = lookUpOne(at.schema, segment);
    if (next === null) return null;
    at = { schema: next.schema, optional: at.optional || next.optional };
  }
  return at;
}

function lookUpOne(schema: JsonSchema, segment: PathSegment): Found | null {
  const alternatives = alternativesOf(schema);
  if (alternatives === null) {
    const shape = shapeOf(schema);
    return typeof segment === "string" ? propertyOf(shape, segment) : itemAt(shape, segment);
  }
  const results = alternatives.map((alternative) => lookUpOne(alternative, segment));
  const found = results.filter((result) => result !== null);
  const [only] = found;
  if (only === undefined) return null;
  return {
    schema: found.length === 1 ? only.schema : { anyOf: found.map((one) => one.schema) },
    optional: found.length < results.length || found.some((one) => one.optional),
  };
}

/** Of values that may be anything, nothing is known to be missing. */
function propertyOf(shape: SchemaShape, name: string): Found | null {
  const { types } = shape;
  if (types !== null && !types.includes("object")) return null;
  const isSure = types === null || (types.length === 1 && shape.required.includes(name));
  const named = Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
  const schema = named ?? shape.otherProperties;
  return schema === null ? null : { schema, optional: !isSure };
}

function itemAt(shape: SchemaShape, index: number): Found | null {
  const { types } = shape;
  if (types !== null && !types.includes("array")) return null;
  const isSure = types === null || (types.length === 1 && index < shape.leastItems);
  const schema = shape.firstItems[index] ?? shape.otherItems;
  return schema === null || index >= shape.mostItems ? null : { schema, optional: !isSure };
}

/** The schema of any item of a list. */
export function itemOf(schema: JsonSchema): JsonSchema {
  const alternatives = alternativesOf(schema);
  if (alternatives !== null) return { anyOf: alternatives.map(itemOf) };
  const { firstItems, otherItems } = shapeOf(schema);
  const all = otherItems === null ? firstItems : [...firstItems, otherItems];
  const values = all.flatMap((item) => (Object.hasOwn(item, "const") ? [item["const"]] : []));
  if (all.length > 0 && values.length === all.length) return { enum: values };
  return all.length === 1 && all[0] !== undefined ? all[0] : { anyOf: all };
}

/** The types that a schema takes: where it takes certain numbers, it does not matter that they happen to be whole. */
export function typesTaken(schema: JsonSchema): readonly string[] | null {
  const types = declaredTypes(schema) ?? shapeOf(schema).types;
  return types?.includes("integer") && declaredTypes(schema) === null ? [...types, "number"] : types;
}

function declaredTypes({ type }: JsonSchema): readonly string[] | null {
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? textsIn(type) : null;
}

function typeOfValue(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function valuesOf(schema: JsonSchema): readonly JsonValue[] | null {
  // A definition's schemas were read as JSON.
  if (Object.hasOwn(schema, "const")) return [schema["const"] as JsonValue];
  const list = schema["enum"];
  return Array.isArray(list) ? (list as readonly JsonValue[]) : null;
}

function schemasIn(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? value.map(asSchema) : [];
}

function membersIn(value: unknown): Readonly<Record<string, JsonSchema>> {
  if (!isSchema(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asSchema(member)]));
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function asSchema(value: unknown): JsonSchema {
  return isSchema(value) ? value : anything;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
