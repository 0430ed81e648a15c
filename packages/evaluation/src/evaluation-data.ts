/** What an evaluation works on: who forecast what, in which period, and what came of it. */
import { MycroftError } from "@mycroft/errors";
import { evaluationLimits } from "./evaluation-limits.ts";

/** Probabilities over the outcomes in their order, or a point. */
export type ForecastValue = readonly number[] | number;

export interface EvaluationData {
  readonly kind: "distribution" | "point";
  /** The names of the ordered outcomes, the lowest first; none for point forecasts. */
  readonly outcomes: readonly string[];
  readonly agents: readonly string[];
  /** In order of time. */
  readonly rounds: readonly EvaluationRound[];
}

export interface EvaluationRound {
  readonly period: string;
  readonly cases: readonly EvaluationCase[];
}

export interface EvaluationCase {
  readonly subject: string;
  /** One for each agent, in their order; null where it abstains. At least one agent speaks. */
  readonly forecasts: readonly (ForecastValue | null)[];
  readonly observed: ForecastValue;
}

const sumTolerance = 1e-6;

/**
 * Checks data that did not come from `loadEvaluationData`, as unknown JSON: nothing is taken on trust.
 * @throws {MycroftError} ENSEMBLE_EMPTY (no agent, no round, no case, a case in which all abstain), OPINION_DIMENSION,
 *   OPINION_INVALID or INPUT_INVALID, naming the field, the period, the subject and the agent; LIMIT_EXCEEDED.
 */
export function checkEvaluationData(data: EvaluationData): void {
  const { agents, rounds, kind, outcomes } = fieldsOf<keyof EvaluationData>(data, "data");
  if (kind !== "distribution" && kind !== "point") throw wrong("kind", kind, '"distribution" or "point"');
  const allRounds = listOf(rounds, "rounds").map((round, index) =>
    fieldsOf<keyof EvaluationRound>(round, `rounds[${index}]`),
  );
  if (listOf(agents, "agents").length === 0 || allRounds.length === 0) {
    throw new MycroftError("ENSEMBLE_EMPTY", "There is nothing to evaluate: no agent, or no period.");
  }
  checkLimit("agents", listOf(agents, "agents").length);
  checkLimit("periods", allRounds.length);
  const ground: CaseGround = {
    kind,
    outcomes: checkNames("outcome", listOf(outcomes, "outcomes")),
    agents: checkNames("agent", listOf(agents, "agents")),
  };
  const periods = checkNames(
    "period",
    allRounds.map(({ period }) => period),
  );
  checkOutcomes(ground);
  let cases = 0;
  allRounds.forEach((round, index) => {
    const ofRound = listOf(round.cases, `rounds[${index}].cases`);
    cases += ofRound.length;
    checkLimit("cases", cases);
    checkRound(periods[index] ?? "", ofRound, ground);
  });
  if (cases === 0)
    throw new MycroftError("ENSEMBLE_EMPTY", "There is nothing to evaluate: no case in any period.");
}

interface CaseGround {
  readonly kind: EvaluationData["kind"];
  readonly outcomes: readonly string[];
  readonly agents: readonly string[];
}

type Fields<Key extends string> = { readonly [K in Key]?: unknown };

function isFields<Key extends string>(value: unknown): value is Fields<Key> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf<Key extends string>(value: unknown, field: string): Fields<Key> {
  if (isFields<Key>(value)) return value;
  throw wrong(field, value, "an object");
}

function listOf(value: unknown, field: string): readonly unknown[] {
  // A copy, as the holes of a sparse list are passed over by what goes through it later.
  if (Array.isArray(value)) return Array.from<unknown>(value);
  throw wrong(field, value, "a list");
}

function wrong(field: string, value: unknown, limit: string): MycroftError {
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : kindOf(value);
  return new MycroftError("INPUT_INVALID", `${field} is ${shown}; it must be ${limit}.`, {
    details: { field, value: shown, limit },
  });
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "number" || value === null ? String(value) : `a value of type ${typeof value}`;
}

function checkOutcomes({ kind, outcomes }: CaseGround): void {
  const most = evaluationLimits.outcomes;
  const [least, limit] = kind === "distribution" ? [2, most] : [0, 0];
  if (outcomes.length >= least && outcomes.length <= limit) return;
  const allowed = kind === "distribution" ? `2 to ${most}` : "none for points";
  throw new MycroftError(
    "OPINION_DIMENSION",
    `There are ${outcomes.length} outcomes; there must be ${allowed}.`,
    {
      details: { limit: "outcomes", max: limit, value: outcomes.length },
    },
  );
}

/** @throws {MycroftError} LIMIT_EXCEEDED, naming the limit. */
export function checkLimit(limit: "agents" | "periods" | "cases" | "rows" | "numbers", value: number): void {
  if (value <= evaluationLimits[limit]) return;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `There are more than ${evaluationLimits[limit]} ${limit}, the limit for one evaluation. Evaluate a part of the data.`,
    { details: { limit, value, max: evaluationLimits[limit] } },
  );
}

function checkNames(what: "agent" | "period" | "outcome" | "subject", names: readonly unknown[]): string[] {
  const seen = new Set<string>();
  const most = what === "subject" ? evaluationLimits.subjectLength : evaluationLimits.nameLength;
  for (const [index, name] of names.entries()) {
    if (typeof name !== "string" || name === "" || name.length > most) {
      throw wrong(`${what} ${index + 1}`, name, `a name of 1 to ${most} characters`);
    }
    if (seen.has(name)) throw wrong(what, name, "there once only, not twice");
    seen.add(name);
  }
  return [...seen];
}

function checkRound(period: string, cases: readonly unknown[], ground: CaseGround): void {
  const all = cases.map((one) => fieldsOf<keyof EvaluationCase>(one, `a case of period ${period}`));
  const subjects = checkNames(
    "subject",
    all.map(({ subject }) => subject),
  );
  all.forEach((one, index) => {
    checkCase({ period, subject: subjects[index] ?? "" }, one, ground);
  });
}

interface Where {
  readonly period: string;
  readonly subject: string;
}

function checkCase(
  where: Where,
  one: Fields<keyof EvaluationCase>,
  { agents, kind, outcomes }: CaseGround,
): void {
  const named = `${where.subject} in ${where.period}`;
  const forecasts = listOf(one.forecasts, `${named}: forecasts`);
  if (forecasts.length !== agents.length) {
    throw new MycroftError(
      "OPINION_DIMENSION",
      `${named}: there are ${forecasts.length} forecasts for ${agents.length} agents; null stands for one that abstains.`,
      { details: { ...where, value: forecasts.length, limit: agents.length } },
    );
  }
  if (forecasts.every((value) => value === null)) {
    throw new MycroftError("ENSEMBLE_EMPTY", `${named}: all agents abstain. Leave the case out.`, {
      details: { ...where },
    });
  }
  const size = kind === "point" ? null : outcomes.length;
  forecasts.forEach((value, agent) => {
    const name = agents[agent] ?? "";
    if (value !== null)
      checkValue(value, size, `${named}: the forecast of ${name}`, { ...where, agent: name });
  });
  checkValue(one.observed, size, `${named}: the outcome`, { ...where, field: "observed" });
}

function checkValue(
  value: unknown,
  size: number | null,
  what: string,
  details: Readonly<Record<string, string>>,
): void {
  if (size === null) {
    if (typeof value === "number" && Math.abs(value) <= evaluationLimits.pointSize) return;
    throw new MycroftError(
      "OPINION_INVALID",
      `${what} must be one number of size at most ${evaluationLimits.pointSize}.`,
      { details: { ...details, value: kindOf(value), limit: "pointSize", max: evaluationLimits.pointSize } },
    );
  }
  if (!Array.isArray(value) || value.length !== size) {
    throw new MycroftError("OPINION_DIMENSION", `${what} must be a list of ${size} probabilities.`, {
      details: { ...details, value: kindOf(value), expected: size },
    });
  }
  let sum = 0;
  for (const probability of value) sum += isProbability(probability) ? probability : Number.NaN;
  if (Math.abs(sum - 1) <= sumTolerance) return;
  throw new MycroftError(
    "OPINION_INVALID",
    `${what} must be probabilities from 0 to 1 with a sum of 1, within ${sumTolerance}.`,
    { details: { ...details, value: String(sum), limit: "sumTolerance", max: sumTolerance } },
  );
}

function isProbability(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}
