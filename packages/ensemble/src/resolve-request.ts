/** What a resolve step is asked, read from JSON without trust (P7): nothing past this file is checked again. */
import { type AgentRecord, readRecords } from "./agent-record.ts";
import { readQuorum } from "./conflict/conflict.ts";
import { placeOf, readDate, readName, readStrictObject } from "./json-reader.ts";
import { readHorizon, readOutcomes, type View } from "./opinion.ts";
import { type Panel, type Question, readPanel } from "./panel.ts";

export interface ResolveRequest {
  readonly subject: string;
  /** The end of this day is when the decision is taken, `YYYY-MM-DD`; nothing later is let in. */
  readonly asOf: string;
  readonly horizonDays: number;
  /** The lowest first; the opinions' own unless stated, and down, flat, up when there are none. */
  readonly outcomes?: readonly string[] | undefined;
  /** How many opinions are needed, at least 1. */
  readonly quorum: number;
  /** At most one per agent, in any order. */
  readonly views: readonly View[];
  /** What is known of the agents by `asOf`, in any order. */
  readonly record?: readonly AgentRecord[] | undefined;
  /** The policy's own. */
  readonly settings?: unknown;
}

export interface CheckedRequest {
  readonly question: Question;
  readonly quorum: number;
  readonly panel: Panel;
  readonly records: ReadonlyMap<string, AgentRecord>;
  readonly settings: unknown;
}

const requestFields = [
  "subject",
  "asOf",
  "horizonDays",
  "outcomes",
  "quorum",
  "views",
  "record",
  "settings",
] as const;

/** Reads a request; null stands for an optional field that is left out. */
export function readResolveRequest(value: unknown): CheckedRequest {
  const fields = readStrictObject(value, placeOf("request"), requestFields);
  const asOf = readDate(fields.asOf, placeOf("asOf"));
  const question = {
    subject: readName(fields.subject, placeOf("subject")),
    asOf,
    horizonDays: readHorizon(fields.horizonDays, placeOf("horizonDays")),
  };
  const outcomes = fields.outcomes ?? undefined;
  return {
    question,
    quorum: readQuorum(fields.quorum),
    panel: readPanel(fields.views, placeOf("views"), {
      question,
      outcomes: outcomes === undefined ? undefined : readOutcomes(outcomes, placeOf("outcomes")),
    }),
    records: readRecords(fields.record ?? [], placeOf("record"), asOf),
    settings: fields.settings ?? undefined,
  };
}
