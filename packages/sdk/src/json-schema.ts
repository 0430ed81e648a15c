/** JSON Schemas of what steps take and give, for the checks that the engine makes between steps. */
import type { JsonSchema } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { z } from "zod";

type Side = "input" | "output";

const made = { input: new WeakMap<z.ZodType, JsonSchema>(), output: new WeakMap<z.ZodType, JsonSchema>() };

/**
 * @param side `input`: what may be written, with defaults left out; `output`: what comes out of parsing.
 * @param what named in the message, such as `the output of function "f"`.
 * @throws {MycroftError} PLAN_INVALID when JSON Schema cannot state it: dates, bigints, transforms.
 */
export function toJsonSchema(schema: z.ZodType, side: Side, what: string): JsonSchema {
  const known = made[side].get(schema);
  if (known !== undefined) return known;
  const result = convert(schema, side, what);
  made[side].set(schema, result);
  return result;
}

function convert(schema: z.ZodType, side: Side, what: string): JsonSchema {
  try {
    // Through text: what zod adds for its own use must not enter a plan.
    const { $schema: _, ...rest } = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: side })));
    return rest;
  } catch (thrown) {
    const because = thrown instanceof Error ? thrown.message : String(thrown);
    throw new MycroftError(
      "PLAN_INVALID",
      `The schema of ${what} cannot be stated as JSON Schema: ${because}. Use types that JSON has, such as z.iso.date() for a day.`,
      { details: { schema: what }, cause: thrown },
    );
  }
}
