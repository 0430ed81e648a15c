/** An agent whose scores have changed: what its record says of it, and how that is read back without trust (P5, P7). */
import {
  inside,
  type NumberRange,
  type Place,
  readNumber,
  readStrictObject,
  rejection,
} from "../json-reader.ts";
import { readKnownDate } from "../opinion.ts";

export type AgentDrift = {
  /** Scores are losses: `worse` is higher. */
  readonly direction: "worse" | "better";
  /** The day of the first score after the change, as estimated, and the day on which it was noticed; `YYYY-MM-DD`. */
  readonly since: string;
  readonly noticed: string;
  /**
   * The mean score before the change, and since. In a record they are relative: less the mean of all agents that were
   * scored on the same cases, so that a hard time for all is nobody's drift.
   */
  readonly before: number;
  readonly after: number;
  /** How many scores there are since. */
  readonly scored: number;
};

const fieldNames = ["direction", "since", "noticed", "before", "after", "scored"] as const;
const anyNumber: NumberRange = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };

/** @throws {MycroftError} INPUT_INVALID, or LOOK_AHEAD for a day after `asOf`. */
export function readAgentDrift(value: unknown, place: Place, asOf: string): AgentDrift {
  const fields = readStrictObject(value, place, fieldNames);
  const at = (field: keyof AgentDrift): Place => inside(place, field);
  const noticed = readKnownDate(fields.noticed, at("noticed"), asOf);
  const since = readKnownDate(fields.since, at("since"), asOf);
  if (since > noticed)
    throw rejection("INPUT_INVALID", at("since"), since, `at or before "noticed", ${noticed}`);
  return {
    direction: readDirection(fields.direction, at("direction")),
    since,
    noticed,
    before: readNumber(fields.before, at("before"), anyNumber),
    after: readNumber(fields.after, at("after"), anyNumber),
    scored: readNumber(fields.scored, at("scored"), { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true }),
  };
}

function readDirection(value: unknown, place: Place): AgentDrift["direction"] {
  if (value === "worse" || value === "better") return value;
  throw rejection("INPUT_INVALID", place, value, '"worse" or "better"');
}
