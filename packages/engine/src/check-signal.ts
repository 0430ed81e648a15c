/** Whether a signal is one that a workflow waits for (E9, P7): looked at before it is taken in, so that nothing is lost. */
import { allSteps } from "./compile.ts";
import type { Plan } from "./plan.ts";
import { fieldWithin } from "./plan-error.ts";
import { findMisfit } from "./schema-fit.ts";
import type { JsonValue, WaitForStep } from "./workflow-definition.ts";

export type SignalMisfit =
  /** No step waits for a signal of that name; these are waited for. */
  | { readonly kind: "unknown"; readonly known: readonly string[] }
  /** Steps wait for a signal of that name, but only for one with a key, or only for one without. */
  | { readonly kind: "key"; readonly step: string; readonly wantsKey: boolean }
  /** The payload fits none of the steps that may take it. */
  | { readonly kind: "payload"; readonly step: string; readonly field: string; readonly message: string };

/**
 * Null when all is well.
 * @param key the signal's key, null when it has none; unless given, it is not looked at.
 */
export function checkSignal(
  plan: Plan,
  signal: string,
  payload: JsonValue,
  key?: string | null,
): SignalMisfit | null {
  const waits = [...allSteps(plan.workflow.steps)].filter((step) => step.kind === "waitFor");
  const named = waits.filter((step) => step.signal === signal);
  const [first] = named;
  if (first === undefined) {
    return { kind: "unknown", known: [...new Set(waits.map((step) => step.signal))].sort() };
  }
  const meant = named.filter((step) => key === undefined || (step.key === undefined) === (key === null));
  if (meant.length === 0) return { kind: "key", step: first.name, wantsKey: first.key !== undefined };
  const misfits = meant.map((step) => misfitOf(step, payload));
  return misfits.includes(null) ? null : (misfits[0] ?? null);
}

function misfitOf({ name, outputSchema = {} }: WaitForStep, payload: JsonValue): SignalMisfit | null {
  const misfit = findMisfit({ const: payload }, outputSchema);
  if (misfit === null) return null;
  return {
    kind: "payload",
    step: name,
    field: misfit.path.reduce(fieldWithin, ""),
    message: misfit.message,
  };
}
