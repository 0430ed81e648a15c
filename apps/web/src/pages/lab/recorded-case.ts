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

/**
 * How what was computed here compares with the record: `close` is equal but for the last digits of numbers, since the
 * language leaves the last digit of `Math.log` and `Math.exp` to the engine, and a browser's may be another than the server's.
 */
export type Agreement = "same" | "close" | "different";

/** Of two values as JSON, whatever the order of their fields. */
export function compareJson(a: unknown, b: unknown): Agreement {
  if (typeof a === "number" && typeof b === "number") return compareNumbers(a, b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return a === b ? "same" : "different";
  }
  if (Array.isArray(a) !== Array.isArray(b)) return "different";
  const left: Readonly<Record<string, unknown>> = { ...a };
  const right: Readonly<Record<string, unknown>> = { ...b };
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return "different";
  let agreement: Agreement = "same";
  for (const key of keys) {
    const inner = Object.hasOwn(right, key) ? compareJson(left[key], right[key]) : "different";
    if (inner === "different") return inner;
    if (inner === "close") agreement = inner;
  }
  return agreement;
}

const closeEnough = 1e-11;

function compareNumbers(a: number, b: number): Agreement {
  if (a === b) return "same";
  return Math.abs(a - b) <= closeEnough * Math.max(1, Math.abs(a), Math.abs(b)) ? "close" : "different";
}
