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
const maxFieldLength = 200;

export function within(place: Place, key: string | number): Place {
  return { workflow: place.workflow, step: place.step, field: fieldWithin(place.field, key) };
}

export function fieldWithin(field: string, key: string | number): string {
  if (typeof key === "number") return `${field}[${key}]`;
  return field === "" ? key : `${field}.${key}`;
}

/** @param problem completes a sentence whose subject is the place: `must be a list`. */
export function planError(code: PlanErrorCode, place: Place, problem: string): MycroftError {
  const { workflow, step } = place;
  const field =
    place.field.length <= maxFieldLength ? place.field : `${place.field.slice(0, maxFieldLength)}...`;
  const owner = workflow === null ? "The workflow definition" : `Workflow "${workflow}"`;
  const subject = step === null ? owner : `${owner}, step "${step}"`;
  const message = field === "" ? `${subject} ${problem}.` : `${subject}: ${field} ${problem}.`;
  const named = Object.entries({ workflow, step, field }).filter(([, name]) => name !== null && name !== "");
  return new MycroftError(code, message, { details: Object.fromEntries(named) });
}
