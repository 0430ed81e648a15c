/** Point forecasts: one number as an agent's view of a subject, read from JSON without trust (P7, P5). */
import { inside, type Place, placeOf, readNumber, readText, rejection } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import {
  type Abstention,
  type AnsweredBy,
  type Grounds,
  openAnswer,
  readAbstention,
  readGrounds,
} from "../opinion.ts";

/** The number that an agent expects as the outcome, with rationale and evidence. */
export type PointOpinion = AnsweredBy &
  Grounds & {
    readonly type: "point";
    /** From -1e15 to 1e15. */
    readonly value: number;
    /** Such as `USD` or `%`; all points on one subject are in one unit, or none states one. */
    readonly unit?: string | undefined;
  };

export type PointView = PointOpinion | Abstention;

const { pointMagnitude, unitLength } = ensembleLimits;

/**
 * Reads a point forecast from unknown JSON. Fields that are not of its type are dropped.
 * @throws {MycroftError} LOOK_AHEAD (data or evidence later than `asOf`) or INPUT_INVALID, naming the agent, the field,
 *   the value and the limit.
 */
export function checkPointForecast(value: unknown): PointOpinion {
  const view = readPointView(value, placeOf("point"));
  if (view.type === "point") return view;
  throw rejection("INPUT_INVALID", inside(placeOf("point"), "type", view.agent), view.type, '"point"');
}

/** Reads a point forecast or an abstention. */
export function readPointView(value: unknown, place: Place): PointView {
  const answer = openAnswer(value, place);
  const { fields, answeredBy, at } = answer;
  if (fields.type === "abstention") return readAbstention(answer);
  if (fields.type !== "point") {
    throw rejection("INPUT_INVALID", at("type"), fields.type, '"point" or "abstention"');
  }
  return {
    type: "point",
    ...answeredBy,
    value: readPointValue(fields.value, at("value")),
    ...(fields.unit !== undefined && { unit: readText(fields.unit, at("unit"), unitLength) }),
    ...readGrounds(answer),
  };
}

/** A number that may stand for an outcome; -0, which JSON cannot tell from 0, becomes 0. */
export function readPointValue(value: unknown, place: Place): number {
  return readNumber(value, place, { min: -pointMagnitude, max: pointMagnitude }) + 0;
}
