/** Whether a signal is one that a workflow waits for (E9, P7): looked at before it is taken in, so that nothing is lost. */
import { allSteps } from "./compile.ts";
import type { Plan } from "./plan.ts";
import { findMisfit } from "./schema-fit.ts";
import type { JsonValue, WaitForStep } from "./workflow-definition.ts";

export type SignalMisfit =
  /** No step waits for a signal of that name; these are waited for. */
  | { readonly kind: "unknown"; readonly known: readonly string[] }
  /** The payload fits none of the steps that wait for it. */
  | { readonly kind: "payload"; readonly step: string; readonly field: string; readonly message: string };

/** Null when all is well. */
export function checkSignal(plan: Plan, signal: string, payload: JsonValue): SignalMisfit | null {
  const waits = [...allSteps(plan.workflow.steps)].filter((step) => step.kind === "waitFor");
  const meant = waits.filter((step) => step.signal === signal);
  if (meant.length === 0) {
    return { kind: "unknown", known: [...new Set(waits.map((step) => step.signal))].sort() };
  }
  const misfits = meant.map((step) => misfitOf(step, payload));
  return misfits.includes(null) ? null : (misfits[0] ?? null);
}

function misfitOf({ name, outputSchema = {} }: WaitForStep, payload: JsonValue): SignalMisfit | null {
  const misfit = findMisfit({ const: payload }, outputSchema);
  if (misfit === null) return null;
  const { path, message } = misfit;
  return { kind: "payload", step: name, field: path.join("."), message };
}
