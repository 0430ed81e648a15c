/**
 * What a person sets around any policy, read from JSON without trust (P7): who may veto, what happens above a threshold of
 * conflict, and how sure the ensemble may be. (The quorum is a field of the request.)
 */
import {
  inside,
  type Place,
  readDictionary,
  readList,
  readName,
  readNumber,
  readStrictObject,
  rejection,
} from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";

/** What a workflow is to do: take the view, ask the agents again, ask a person, or go without a view. */
export type GuardrailAction = "accept" | "anotherRound" | "askPerson" | "abstain";

export type Guardrails = {
  /** Looked at first, in this order; at most 20. */
  readonly veto?: readonly VetoRule[] | undefined;
  /** Looked at next, in this order; at most 20. All that apply do. */
  readonly conflict?: readonly ConflictRule[] | undefined;
  /** Done last, so that it holds whatever the others did. */
  readonly clamp?: ClampRule | undefined;
};

/** Fires when a named agent's probability of `side` is `atLeast` that, while the ensemble does not lean to that side. */
export type VetoRule = {
  readonly agents: readonly string[];
  /** The outcomes below the middle of the scale, or above it. */
  readonly side: "lower" | "upper";
  /** 0 to 1. */
  readonly atLeast: number;
  /** `abstain` unless given. */
  readonly action?: Exclude<GuardrailAction, "accept"> | undefined;
};

/** A measure of conflict: see `Conflict`; `conflictMass` is its `mass.pairwise`. */
export type ConflictMeasure = "divergence" | "otherSideShare" | "conflictMass";

/**
 * Fires when the measure is above the threshold. `shrink` moves the view towards the prior by the share
 * `(measure - above) / (full - above)`, at most 1: nothing at the threshold, and only the prior is left from `full` on.
 */
export type ConflictRule = {
  /** `divergence` unless given. */
  readonly measure?: ConflictMeasure | undefined;
  /** 0 to 1. */
  readonly above: number;
  readonly action: "shrink" | Exclude<GuardrailAction, "accept">;
  /** For `shrink`: more than `above`, up to 1; the most that the measure can be unless given. */
  readonly full?: number | undefined;
  /** For `shrink`: by outcome, a probability for each; uniform unless given. */
  readonly prior?: { readonly [outcome: string]: number } | undefined;
};

/** No outcome's probability may be below `floor` or above `ceiling`. */
export type ClampRule = {
  /** 0 to 1/K; 0 unless given. */
  readonly floor?: number | undefined;
  /** 1/K to 1; 1 unless given. */
  readonly ceiling?: number | undefined;
};

export interface CheckedClamp {
  readonly floor: number;
  readonly ceiling: number;
}

export interface CheckedGuardrails {
  readonly veto: readonly Required<VetoRule>[];
  readonly conflict: readonly CheckedConflictRule[];
  readonly clamp: CheckedClamp | null;
}

export interface CheckedConflictRule {
  readonly measure: ConflictMeasure;
  readonly above: number;
  readonly action: ConflictRule["action"];
  readonly full: number;
  /** One for each outcome. */
  readonly prior: readonly number[];
}

const rulesPerKind = 20;
const actions = ["abstain", "anotherRound", "askPerson"] as const;
const measures = ["divergence", "otherSideShare", "conflictMass"] as const;
const share = { min: 0, max: 1 };

/** The most that a measure can be. */
const mostOf: Readonly<Record<ConflictMeasure, number>> = {
  divergence: 1,
  otherSideShare: 0.5,
  conflictMass: 1,
};

/** Reads guardrails for these outcomes; null stands for a field that is left out. */
export function readGuardrails(value: unknown, place: Place, outcomes: readonly string[]): CheckedGuardrails {
  const fields = readStrictObject(value, place, ["veto", "conflict", "clamp"]);
  const rulesOf = <Rule>(key: "veto" | "conflict", read: (rule: unknown, at: Place) => Rule): Rule[] => {
    const at = inside(place, key);
    return readList(fields[key] ?? [], at, rulesPerKind).map((rule, index) => read(rule, inside(at, index)));
  };
  return {
    veto: rulesOf("veto", readVeto),
    conflict: rulesOf("conflict", (rule, at) => readConflictRule(rule, at, outcomes)),
    clamp: readClamp(fields.clamp ?? null, inside(place, "clamp"), outcomes.length),
  };
}

function readVeto(value: unknown, place: Place): Required<VetoRule> {
  const fields = readStrictObject(value, place, ["agents", "side", "atLeast", "action"]);
  const at = inside(place, "agents");
  const agents = readList(fields.agents, at, ensembleLimits.views).map((agent, index) =>
    readName(agent, inside(at, index)),
  );
  return {
    agents,
    side: readOneOf(fields.side, inside(place, "side"), ["lower", "upper"]),
    atLeast: readNumber(fields.atLeast, inside(place, "atLeast"), share),
    action: readOneOf(fields.action ?? "abstain", inside(place, "action"), actions),
  };
}

function readConflictRule(value: unknown, place: Place, outcomes: readonly string[]): CheckedConflictRule {
  const fields = readStrictObject(value, place, ["measure", "above", "action", "full", "prior"]);
  const measure = readOneOf(fields.measure ?? "divergence", inside(place, "measure"), measures);
  const above = readNumber(fields.above, inside(place, "above"), share);
  const action = readOneOf(fields.action, inside(place, "action"), ["shrink", ...actions]);
  const full = readNumber(fields.full ?? Math.max(above, mostOf[measure]), inside(place, "full"), share);
  if (fields.full !== undefined && fields.full !== null && full <= above) {
    throw rejection("INPUT_INVALID", inside(place, "full"), full, `more than "above", ${above}`);
  }
  return {
    measure,
    above,
    action,
    full,
    prior: readPrior(fields.prior ?? null, inside(place, "prior"), outcomes),
  };
}

function readPrior(value: unknown, place: Place, outcomes: readonly string[]): readonly number[] {
  if (value === null) return outcomes.map(() => 1 / outcomes.length);
  const given = readDictionary(value, place, "INPUT_INVALID");
  const stranger = Object.keys(given).find((key) => !outcomes.includes(key));
  if (stranger !== undefined) {
    throw rejection(
      "INPUT_INVALID",
      inside(place, stranger),
      "not an outcome",
      `one of ${outcomes.join(", ")}`,
    );
  }
  const prior = outcomes.map((outcome) => readNumber(given[outcome], inside(place, outcome), share));
  const sum = prior.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) > ensembleLimits.probabilitySumTolerance) {
    throw rejection("INPUT_INVALID", inside(place, "sum"), sum, "1, within 0.000001");
  }
  return prior.map((probability) => probability / sum);
}

function readClamp(value: unknown, place: Place, size: number): CheckedClamp | null {
  if (value === null) return null;
  const fields = readStrictObject(value, place, ["floor", "ceiling"]);
  return {
    floor: readNumber(fields.floor ?? 0, inside(place, "floor"), { min: 0, max: 1 / size }),
    ceiling: readNumber(fields.ceiling ?? 1, inside(place, "ceiling"), { min: 1 / size, max: 1 }),
  };
}

function readOneOf<Choice extends string>(value: unknown, place: Place, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw rejection("INPUT_INVALID", place, value, `one of ${choices.join(", ")}`);
  return found;
}
