/** Errors in a workflow definition. They name the workflow, the step and the field, in words and in `details`. */
import { type ErrorCode, MycroftError } from "@mycroft/errors";

export type PlanErrorCode = Extract<ErrorCode, `PLAN_${string}` | "LIMIT_EXCEEDED">;

/** Where in a definition something is wrong. */
export interface Place {
  /** Null as long as the workflow's name is not known. */
  readonly workflow: string | null;
  /** The innermost step around the place; null for what belongs to the workflow itself. */
  readonly step: string | null;
  /** The field of the step or workflow, such as `retry.maxAttempts`; empty for the whole. */
  readonly field: string;
}

/** Longer texts are cut: a message is for people, and what it quotes may be of any size. */
const maxQuoted = 200;

/** @param problem completes a sentence whose subject is the place: `must be a list`. */
export function planError(code: PlanErrorCode, place: Place, problem: string): MycroftError {
  const owner = place.workflow === null ? "The workflow definition" : `Workflow "${place.workflow}"`;
  const subject = place.step === null ? owner : `${owner}, step "${place.step}"`;
  const field = cut(place.field);
  const message = field === "" ? `${subject} ${problem}.` : `${subject}: ${field} ${problem}.`;
  const named = Object.entries({ workflow: place.workflow, step: place.step, field });
  return new MycroftError(code, message, {
    details: Object.fromEntries(named.filter(([, name]) => name !== null && name !== "")),
  });
}

export function cut(text: string): string {
  return text.length <= maxQuoted ? text : `${text.slice(0, maxQuoted)}...`;
}
