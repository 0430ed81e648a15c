/** What an agent's past opinions were worth, as policies that learn see it. */
import { type AgentDrift, readAgentDrift } from "./drift/agent-drift.ts";
import {
  inside,
  type Place,
  readList,
  readName,
  readNumber,
  readStrictObject,
  rejection,
} from "./json-reader.ts";
import { ensembleLimits } from "./limits.ts";
import { readKnownDate } from "./opinion.ts";

export type AgentRecord = {
  readonly agent: string;
  /** How many of its opinions have been scored. */
  readonly scored: number;
  /** The mean ranked probability score of these, 0 to 1; lower is better. With `scored` 0 it is not read. */
  readonly meanScore: number;
  /** The days of the first and the last outcome that was scored, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** Absent unless its scores, against the other agents' on the same cases, have changed of late. */
  readonly drift?: AgentDrift;
};

const recordFields = ["agent", "scored", "meanScore", "from", "to", "drift"] as const;

/** Reads records by agent; one that counts outcomes after `asOf` is LOOK_AHEAD (P5). */
export function readRecords(value: unknown, place: Place, asOf: string): ReadonlyMap<string, AgentRecord> {
  const records = new Map<string, AgentRecord>();
  readList(value, place, ensembleLimits.views).forEach((item, index) => {
    const record = readRecord(item, inside(place, index), asOf);
    if (records.has(record.agent)) {
      throw rejection(
        "INPUT_INVALID",
        inside(inside(place, index), "agent"),
        record.agent,
        "there once only",
      );
    }
    records.set(record.agent, record);
  });
  return records;
}

function readRecord(value: unknown, place: Place, asOf: string): AgentRecord {
  const fields = readStrictObject(value, place, recordFields);
  const agent = readName(fields.agent, inside(place, "agent"));
  const at = (field: keyof AgentRecord): Place => inside(place, field, agent);
  const to = readKnownDate(fields.to, at("to"), asOf);
  const from = readKnownDate(fields.from, at("from"), asOf);
  if (from > to) throw rejection("INPUT_INVALID", at("from"), from, `at or before "to", ${to}`);
  return {
    agent,
    scored: readNumber(fields.scored, at("scored"), { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true }),
    meanScore: readNumber(fields.meanScore, at("meanScore"), { min: 0, max: 1 }),
    from,
    to,
    ...(fields.drift !== undefined && { drift: readAgentDrift(fields.drift, at("drift"), asOf) }),
  };
}
