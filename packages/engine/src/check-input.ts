/** Whether a value fits what a plan's runs take, as far as its schema says. */
import type { Plan } from "./plan.ts";
import { findMisfit } from "./schema-fit.ts";
import type { JsonValue, Path } from "./workflow-definition.ts";

/** Null when it fits; otherwise where it does not, and why. */
export function checkRunInput(
  plan: Plan,
  input: JsonValue,
): { readonly path: Path; readonly message: string } | null {
  return findMisfit({ const: input }, plan.workflow.input);
}
