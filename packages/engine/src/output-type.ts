/** What a plan's runs give, as a schema: what a step that runs it as a child run gives (E7). */
import { checkTypes } from "./check-types.ts";
import type { Plan } from "./plan.ts";
import type { JsonSchema } from "./workflow-definition.ts";

/** Follows from the schemas of the plan's steps. It says what is known: a value of any kind is `{}`. */
export function outputTypeOf(plan: Plan): JsonSchema {
  return withoutReferences(checkTypes(plan.workflow));
}

const schemaKeywords = ["items", "additionalProperties", "contains", "propertyNames", "not"];
const listKeywords = ["anyOf", "oneOf", "allOf", "prefixItems"];
const memberKeywords = ["properties", "patternProperties", "dependentSchemas"];

/**
 * References are relative to the document that they stand in, and the parts of this one come from several: what lies behind
 * a reference may be anything here.
 */
function withoutReferences(schema: JsonSchema): JsonSchema {
  if (Object.hasOwn(schema, "$ref")) return {};
  const entries = Object.entries(schema).filter(([keyword]) => keyword !== "$defs");
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, cleaned(keyword, value)]));
}

function cleaned(keyword: string, value: unknown): unknown {
  if (schemaKeywords.includes(keyword)) return cleanedSchema(value);
  if (listKeywords.includes(keyword) && Array.isArray(value)) return value.map(cleanedSchema);
  if (memberKeywords.includes(keyword) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cleanedSchema(member)]));
  }
  return value;
}

function cleanedSchema(value: unknown): unknown {
  return isObject(value) ? withoutReferences(value) : value;
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
