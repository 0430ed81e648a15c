/** What a resolve step is asked, read from JSON without trust (P7): nothing past this file is checked again. */
import { type AgentRecord, readRecords } from "./agent-record.ts";
import { readQuorum } from "./conflict/conflict.ts";
import { type CheckedGuardrails, type Guardrails, readGuardrails } from "./guardrails/guardrails.ts";
import {
  inside,
  type Place,
  placeOf,
  readDate,
  readName,
  readStrictObject,
  rejection,
} from "./json-reader.ts";
import { type LearnerState, readLearnerState } from "./learning/learner-state.ts";
import { readHorizon, readOutcomes, type View } from "./opinion.ts";
import { type Panel, type Question, readPanel } from "./panel.ts";
import type { Known } from "./policy.ts";

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
  readonly record?: readonly AgentRecord[] | AgentsKnown | undefined;
  /** The policy's own. */
  readonly settings?: unknown;
  /** What is set around the policy. Without them the resolution says nothing of guardrails. */
  readonly guardrails?: Guardrails | undefined;
}

/** What is known of the agents: their records, and what a learner of the policy has learned. */
export interface AgentsKnown {
  readonly agents: readonly AgentRecord[];
  /** Null or left out: nothing has been learned. */
  readonly learned?: LearnerState | null | undefined;
  /** The state of the world on the day, such as a market regime, for policies that weigh by it. */
  readonly context?: string | null | undefined;
}

/** What requests for a distribution and for a point have in common. */
export interface CheckedAsking {
  readonly question: Question;
  readonly quorum: number;
  readonly known: Known;
  readonly settings: unknown;
}

export interface CheckedRequest extends CheckedAsking {
  readonly panel: Panel;
  /** Null when the request sets none. */
  readonly guardrails: CheckedGuardrails | null;
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
  "guardrails",
] as const;

/** Reads a request; null stands for an optional field that is left out. */
export function readResolveRequest(value: unknown): CheckedRequest {
  const fields = readStrictObject(value, placeOf("request"), requestFields);
  const asking = readAsking(fields);
  const outcomes = fields.outcomes ?? undefined;
  const panel = readPanel(fields.views, placeOf("views"), {
    question: asking.question,
    outcomes: outcomes === undefined ? undefined : readOutcomes(outcomes, placeOf("outcomes")),
  });
  const guardrails = fields.guardrails ?? null;
  return {
    ...asking,
    panel,
    guardrails:
      guardrails === null ? null : readGuardrails(guardrails, placeOf("guardrails"), panel.outcomes),
  };
}

type AskingField = keyof Question | "quorum" | "record" | "settings";

export function readAsking(fields: { readonly [Field in AskingField]?: unknown }): CheckedAsking {
  const asOf = readDate(fields.asOf, placeOf("asOf"));
  return {
    question: {
      subject: readName(fields.subject, placeOf("subject")),
      asOf,
      horizonDays: readHorizon(fields.horizonDays, placeOf("horizonDays")),
    },
    quorum: readQuorum(fields.quorum),
    known: readKnown(fields.record ?? [], placeOf("record"), asOf),
    settings: fields.settings ?? undefined,
  };
}

function readKnown(value: unknown, place: Place, asOf: string): Known {
  // A list is the older form, of records alone; an object that is neither is reported as a list that is none.
  if (typeof value !== "object" || value === null || !("agents" in value)) {
    return { records: readRecords(value, place, asOf), learned: null };
  }
  const fields = readStrictObject(value, place, ["agents", "learned", "context"]);
  const context = fields.context ?? null;
  const learned = fields.learned ?? null;
  return {
    records: readRecords(fields.agents, inside(place, "agents"), asOf),
    learned: learned === null ? null : readLearned(learned, inside(place, "learned"), asOf),
    ...(context !== null && { context: readName(context, inside(place, "context")) }),
  };
}

/** What was learned after `asOf` is LOOK_AHEAD (P5). */
function readLearned(value: unknown, place: Place, asOf: string): LearnerState {
  const learned = readLearnerState(value, place);
  if (learned.learnedOn === null || learned.learnedOn <= asOf) return learned;
  throw rejection("LOOK_AHEAD", inside(place, "learnedOn"), learned.learnedOn, `at or before asOf, ${asOf}`);
}
