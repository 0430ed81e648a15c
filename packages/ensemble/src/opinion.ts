/**
 * What an agent says about a subject: an opinion, or an abstention with its reason. The shapes are those of the agent
 * contract; here they are read from JSON without trust (P7), and nothing later than `asOf` is let in (P5).
 */
import { readDistribution } from "./distribution.ts";
import {
  inside,
  type Place,
  placeOf,
  readDate,
  readList,
  readName,
  readNumber,
  readObject,
  readText,
  rejection,
} from "./json-reader.ts";
import { ensembleLimits } from "./limits.ts";

/** A named fact that an opinion rests on: what was observed, when it was known, and where it comes from. */
export type Fact = {
  readonly name: string;
  readonly value: number | string | boolean;
  readonly date: string;
  readonly source: string;
};

/** Who speaks, of what, when and over which time. */
export type AnsweredBy = {
  readonly agent: string;
  readonly version: string;
  readonly subject: string;
  /** The end of this day is when the view was formed, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Calendar days from `asOf` to the day on which the outcome is read. */
  readonly horizonDays: number;
};

/** What an answer rests on. Lists are not marked readonly, so that views and the agent contract's can stand for each other. */
export type Grounds = {
  readonly rationale: string;
  readonly evidence: Fact[];
  /** The agent's own confidence, 0 to 1. */
  readonly confidence?: number | undefined;
  /** The day of the newest data that the agent looked at. */
  readonly dataAsOf?: string | undefined;
};

/** Probabilities over ordered outcomes (the first is the lowest), with rationale and evidence. */
export type Opinion = AnsweredBy &
  Grounds & {
    readonly type: "opinion";
    readonly outcomes: string[];
    readonly probabilities: number[];
  };

/** An agent that could not judge, and why. */
export type Abstention = AnsweredBy & {
  readonly type: "abstention";
  readonly reason: string;
  /** The stable code of the error that the abstention stands for. */
  readonly code?: string | undefined;
};

export type View = Opinion | Abstention;

/**
 * Reads an opinion from unknown JSON. Fields that the contract does not name are dropped.
 * @throws {MycroftError} OPINION_INVALID (not a distribution), OPINION_DIMENSION (not one probability for each
 *   outcome), LOOK_AHEAD (data or evidence later than `asOf`) or INPUT_INVALID (anything else), each naming the agent,
 *   the field, the value and the limit.
 */
export function checkOpinion(value: unknown): Opinion {
  const view = readView(value, placeOf("opinion"));
  if (view.type === "opinion") return view;
  throw rejection("INPUT_INVALID", inside(placeOf("opinion"), "type", view.agent), view.type, '"opinion"');
}

/** An answer of which it is known who gave it on what, and whose other fields are still to be read. */
export interface OpenAnswer {
  readonly fields: { readonly [Field in AnswerField]?: unknown };
  readonly answeredBy: AnsweredBy;
  readonly at: (field: AnswerField) => Place;
}

type AnswerField = keyof Opinion | keyof Abstention | "value" | "unit";

/** Opens an answer of any type; `place` is where it stands in what was given. */
export function openAnswer(value: unknown, place: Place): OpenAnswer {
  const fields = readObject<AnswerField>(value, place);
  const agent = readName(fields.agent, inside(place, "agent"));
  const at = (field: AnswerField): Place => inside(place, field, agent);
  const answeredBy: AnsweredBy = {
    agent,
    version: readName(fields.version, at("version")),
    subject: readName(fields.subject, at("subject")),
    asOf: readDate(fields.asOf, at("asOf")),
    horizonDays: readHorizon(fields.horizonDays, at("horizonDays")),
  };
  return { fields, answeredBy, at };
}

/** Reads an opinion or an abstention. */
export function readView(value: unknown, place: Place): View {
  const answer = openAnswer(value, place);
  const { fields, at } = answer;
  if (fields.type === "opinion") return readOpinion(answer);
  if (fields.type === "abstention") return readAbstention(answer);
  throw rejection("INPUT_INVALID", at("type"), fields.type, '"opinion" or "abstention"');
}

export function readHorizon(value: unknown, place: Place): number {
  return readNumber(value, place, { min: 1, max: ensembleLimits.horizonDays, integer: true });
}

function readOpinion(answer: OpenAnswer): Opinion {
  const { fields, answeredBy, at } = answer;
  const outcomes = readOutcomes(fields.outcomes, at("outcomes"));
  return {
    type: "opinion",
    ...answeredBy,
    outcomes,
    // Adding 0 turns -0, which JSON cannot tell from 0, into 0; and the list is no longer the caller's.
    probabilities: readDistribution(fields.probabilities, at("probabilities"), outcomes.length).map(
      (p) => p + 0,
    ),
    ...readGrounds(answer),
  };
}

export function readGrounds({ fields, answeredBy: { asOf }, at }: OpenAnswer): Grounds {
  const { confidence, dataAsOf } = fields;
  return {
    rationale: readText(fields.rationale, at("rationale")),
    evidence: readEvidence(fields.evidence, at("evidence"), asOf),
    ...(confidence !== undefined && {
      confidence: readNumber(confidence, at("confidence"), { min: 0, max: 1 }),
    }),
    ...(dataAsOf !== undefined && { dataAsOf: readKnownDate(dataAsOf, at("dataAsOf"), asOf) }),
  };
}

export function readAbstention({ fields, answeredBy, at }: OpenAnswer): Abstention {
  const abstention: Abstention = {
    type: "abstention",
    ...answeredBy,
    reason: readText(fields.reason, at("reason")),
  };
  if (fields.code === undefined || fields.code === "") return abstention;
  return { ...abstention, code: readName(fields.code, at("code")) };
}

/** The names of 2 to 101 outcomes, all different, the lowest first. */
export function readOutcomes(value: unknown, place: Place): string[] {
  const names = readList(value, place, ensembleLimits.outcomes).map((name, index) =>
    readName(name, inside(place, index)),
  );
  if (names.length < 2) throw rejection("OPINION_DIMENSION", place, names, "a list of at least 2 names");
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated === -1) return names;
  throw rejection("INPUT_INVALID", inside(place, repeated), names[repeated], "named once only");
}

function readEvidence(value: unknown, place: Place, asOf: string): Fact[] {
  return readList(value, place, ensembleLimits.evidenceFacts).map((fact, index) =>
    readFact(fact, inside(place, index), asOf),
  );
}

function readFact(value: unknown, place: Place, asOf: string): Fact {
  const fields = readObject<keyof Fact>(value, place);
  return {
    name: readName(fields.name, inside(place, "name")),
    value: readFactValue(fields.value, inside(place, "value")),
    date: readKnownDate(fields.date, inside(place, "date"), asOf),
    source: readText(fields.source, inside(place, "source")),
  };
}

function readFactValue(value: unknown, place: Place): Fact["value"] {
  if (typeof value === "string" && value.length <= ensembleLimits.textLength) return value;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  throw rejection("INPUT_INVALID", place, value, "a finite number, true, false or a text");
}

/** A day that is not after `asOf` (P5). */
export function readKnownDate(value: unknown, place: Place, asOf: string): string {
  const date = readDate(value, place);
  if (date <= asOf) return date;
  throw rejection("LOOK_AHEAD", place, date, `at or before asOf, ${asOf}`);
}
