/**
 * Whether every value of one JSON Schema fits another, for the subset of JSON Schema that describes data between
 * steps. It reports what it can prove to be wrong and lets the rest through: values are checked again at run time.
 */
import type { JsonSchema, Path } from "./workflow-definition.ts";

/** What does not fit, and where in the value. */
export interface Misfit {
  readonly path: Path;
  readonly message: string;
}

const anything: JsonSchema = {};
const maxDepth = 32;

/** The first misfit of values of `from` with `to`, or null when none can be proved. */
export function findMisfit(from: JsonSchema, to: JsonSchema, path: Path = []): Misfit | null {
  if (path.length > maxDepth) return null;
  const sources = alternativesOf(from);
  if (sources !== null) return firstOf(sources, (source) => findMisfit(source, to, path));
  const targets = alternativesOf(to);
  if (targets !== null) return findMisfitWithAll(from, targets, path);
  return (
    findTypeMisfit(from, to, path) ??
    findValueMisfit(from, to, path) ??
    findObjectMisfit(from, to, path) ??
    findListMisfit(from, to, path)
  );
}

/** The schema of the value at `path` in values of `schema`; null when there can be none. */
export function schemaAt(schema: JsonSchema, path: Path): JsonSchema | null {
  let at = schema;
  for (const segment of path) {
    const alternatives = alternativesOf(at);
    if (alternatives !== null) {
      const found = alternatives
        .map((alternative) => schemaAt(alternative, [segment]))
        .filter((one) => one !== null);
      if (found.length === 0) return null;
      at = found.length === 1 && found[0] !== undefined ? found[0] : { anyOf: found };
      continue;
    }
    const next = typeof segment === "string" ? propertyOf(at, segment) : itemOf(at, segment);
    if (next === null) return null;
    at = next;
  }
  return at;
}

function findMisfitWithAll(from: JsonSchema, targets: readonly JsonSchema[], path: Path): Misfit | null {
  const misfits = targets.map((target) => findMisfit(from, target, path));
  if (misfits.some((misfit) => misfit === null)) return null;
  // The alternative that came furthest says best what is wrong.
  return misfits.reduce((best, misfit) =>
    (misfit?.path.length ?? 0) > (best?.path.length ?? 0) ? misfit : best,
  );
}

function findTypeMisfit(from: JsonSchema, to: JsonSchema, path: Path): Misfit | null {
  const given = typesOf(from);
  const taken = typesOf(to);
  if (given === null || taken === null) return null;
  const wrong = given.find(
    (type) => !taken.includes(type) && !(type === "integer" && taken.includes("number")),
  );
  if (wrong === undefined) return null;
  return { path, message: `gives ${given.join(" or ")} where ${taken.join(" or ")} is taken` };
}

function findValueMisfit(from: JsonSchema, to: JsonSchema, path: Path): Misfit | null {
  const taken = valuesOf(to);
  const given = valuesOf(from);
  if (taken === null) return given === null ? null : findRangeMisfit(given, to, path);
  if (given === null) return null;
  const wrong = given.find(
    (value) => !taken.some((other) => JSON.stringify(other) === JSON.stringify(value)),
  );
  if (wrong === undefined) return null;
  return { path, message: `gives ${JSON.stringify(wrong)} where one of ${JSON.stringify(taken)} is taken` };
}

function findRangeMisfit(given: readonly unknown[], to: JsonSchema, path: Path): Misfit | null {
  for (const value of given) {
    if (typeof value !== "number") continue;
    const least = to["minimum"];
    const most = to["maximum"];
    if (typeof least === "number" && value < least)
      return { path, message: `gives ${value}, less than ${least}` };
    if (typeof most === "number" && value > most)
      return { path, message: `gives ${value}, more than ${most}` };
  }
  return null;
}

function findObjectMisfit(from: JsonSchema, to: JsonSchema, path: Path): Misfit | null {
  if (!isObject(from) || !isObject(to)) return null;
  const given = propertiesOf(from);
  const taken = propertiesOf(to);
  const surelyGiven = requiredOf(from);
  for (const name of requiredOf(to)) {
    if (!Object.hasOwn(given, name) && !isOpen(from)) return { path: [...path, name], message: "is missing" };
    if (Object.hasOwn(given, name) && !surelyGiven.includes(name)) {
      return { path: [...path, name], message: "may be missing and is required" };
    }
  }
  for (const [name, schema] of Object.entries(given)) {
    const target = taken[name];
    if (target === undefined) {
      if (to["additionalProperties"] === false && surelyGiven.includes(name)) {
        return { path: [...path, name], message: "is given and not taken" };
      }
      continue;
    }
    const misfit = findMisfit(schema, target, [...path, name]);
    if (misfit !== null) return misfit;
  }
  return null;
}

function findListMisfit(from: JsonSchema, to: JsonSchema, path: Path): Misfit | null {
  const given = asSchema(from["items"]);
  const taken = asSchema(to["items"]);
  const givenPrefix = prefixOf(from);
  const takenPrefix = prefixOf(to);
  const misfit = firstOf([...givenPrefix.keys()], (index) => {
    const target = takenPrefix[index] ?? taken;
    const source = givenPrefix[index];
    return target === null || source === undefined ? null : findMisfit(source, target, [...path, index]);
  });
  if (misfit !== null || given === null || taken === null) return misfit;
  return findMisfit(given, taken, [...path, 0]);
}

function firstOf<T>(items: readonly T[], find: (item: T) => Misfit | null): Misfit | null {
  for (const item of items) {
    const misfit = find(item);
    if (misfit !== null) return misfit;
  }
  return null;
}

function alternativesOf(schema: JsonSchema): readonly JsonSchema[] | null {
  const list = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(list) ? list.map((item) => asSchema(item) ?? anything) : null;
}

function typesOf(schema: JsonSchema): readonly string[] | null {
  const type = schema["type"];
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.filter((item) => typeof item === "string");
  const values = valuesOf(schema);
  return values === null ? null : [...new Set(values.map(typeOfValue))];
}

function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function valuesOf(schema: JsonSchema): readonly unknown[] | null {
  if (Object.hasOwn(schema, "const")) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : null;
}

function propertyOf(schema: JsonSchema, name: string): JsonSchema | null {
  const properties = propertiesOf(schema);
  if (Object.hasOwn(properties, name)) return properties[name] ?? null;
  const types = typesOf(schema);
  if (types !== null && !types.includes("object")) return null;
  const rest = schema["additionalProperties"];
  if (rest === false) return null;
  return asSchema(rest) ?? (isOpen(schema) ? anything : null);
}

function itemOf(schema: JsonSchema, index: number): JsonSchema | null {
  const types = typesOf(schema);
  if (types !== null && !types.includes("array")) return null;
  return prefixOf(schema)[index] ?? asSchema(schema["items"]) ?? anything;
}

function isObject(schema: JsonSchema): boolean {
  return typesOf(schema)?.includes("object") ?? false;
}

/** Whether values may have properties that the schema does not name. */
function isOpen(schema: JsonSchema): boolean {
  return schema["additionalProperties"] !== false && !Object.hasOwn(schema, "const");
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const constant = schema["const"];
  if (typeof constant === "object" && constant !== null && !Array.isArray(constant)) {
    return Object.fromEntries(Object.entries(constant).map(([key, value]) => [key, { const: value }]));
  }
  const properties = schema["properties"];
  if (typeof properties !== "object" || properties === null) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, asSchema(value) ?? anything]),
  );
}

function requiredOf(schema: JsonSchema): readonly string[] {
  if (Object.hasOwn(schema, "const")) return Object.keys(propertiesOf(schema));
  const required = schema["required"];
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

function prefixOf(schema: JsonSchema): readonly JsonSchema[] {
  const constant = schema["const"];
  if (Array.isArray(constant)) return constant.map((value) => ({ const: value }));
  const prefix = schema["prefixItems"];
  return Array.isArray(prefix) ? prefix.map((item) => asSchema(item) ?? anything) : [];
}

function asSchema(value: unknown): JsonSchema | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value));
}
