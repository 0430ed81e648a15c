/** A decision on record as a case of the Lab. */
import { policies } from "@mycroft/ensemble";
import type { DecisionDetail } from "@mycroft/protocol";
import type { LabCase } from "./lab-case.ts";
import { readLabCase } from "./lab-state.ts";

/** Why a decision cannot be shown, in a sentence for a person. */
class NotForTheLab extends Error {
  override readonly name = "NotForTheLab";
}

/** @throws {NotForTheLab} when its request is not on record, too large, or of more agents or outcomes than the Lab shows. */
export function caseOfDecision({ request, outcome, summary }: DecisionDetail): LabCase {
  if (request === null) throw new NotForTheLab("A person stated this decision; no policy was asked.");
  if (!("value" in request))
    throw new NotForTheLab("What the policy was asked is too large to be sent here.");
  const isKnown = policies.some(({ name }) => name === summary.policy);
  const given = isKnown ? request.value : withoutPolicy(request.value);
  const labCase = {
    request: given,
    policy: isKnown ? summary.policy : null,
    outcome: outcome?.index ?? null,
    aside: [],
  };
  try {
    return readLabCase(labCase);
  } catch (error) {
    throw new NotForTheLab(
      `The Lab cannot show this case: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** What a project's own policy has learned is nothing to any other. */
function withoutPolicy(request: unknown): unknown {
  if (typeof request !== "object" || request === null) return request;
  const { settings: _, record, ...asked } = request as { settings?: unknown; record?: unknown };
  const isRich = typeof record === "object" && record !== null && "agents" in record;
  return { ...asked, ...(record !== undefined && { record: isRich ? { agents: record.agents } : record }) };
}

/** Whether two values are the same JSON, whatever the order of their fields: every number to its last digit. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left: Readonly<Record<string, unknown>> = { ...a };
  const right: Readonly<Record<string, unknown>> = { ...b };
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSameJson(left[key], right[key]));
}
