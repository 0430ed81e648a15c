/**
 * Opinions as evidence: Dempster-Shafer mass functions on single outcomes and on the frame (all outcomes at once, which is
 * ignorance). An opinion is discounted by its agent's reliability, so that the frame has mass; a combined mass function
 * becomes probabilities again by the pignistic transform.
 */
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import type { Opinion } from "../opinion.ts";
import type { ConfiguredPolicy, RawWeight } from "../policy.ts";
import { sharePool } from "./share-pool.ts";
import { readByAgent } from "./stated-weights.ts";

/** Masses of the single outcomes and of the frame; what a sum of 1 lacks is in conflict (on the empty set). */
export interface MassFunction {
  readonly outcomes: readonly number[];
  readonly frame: number;
}

const defaultReliability = 0.8;
const reliabilityRange = { min: 0, max: 1 };

/**
 * A policy of evidence theory: the settings that all share, and a rule of combination. Settings: `reliability`, how far
 * an agent is relied on, 0 to 1 (0.8 unless given; 1 leaves nothing to ignorance); `reliabilities`, an object from agent
 * to its own. `m_i(k) = r_i p_ik` and `m_i(frame) = 1 - r_i` (Shafer 1976, "A mathematical theory of evidence", p. 252); the
 * result is `m(k) + m(frame) / K` (Smets and Kennes 1994, "The transferable belief model", Artificial Intelligence 66(2)).
 * Weights are in proportion to reliability, and equal when all are 0; for contributions see `sharePool`.
 */
export function configureEvidence(
  given: unknown,
  combine: (masses: readonly MassFunction[]) => MassFunction,
): ConfiguredPolicy {
  const place = placeOf("settings");
  const keys = ["reliability", "reliabilities"] as const;
  const fields = readStrictObject(given ?? {}, place, keys, "POLICY_INVALID");
  const usual = readNumber(fields.reliability ?? defaultReliability, inside(place, "reliability"), {
    ...reliabilityRange,
    code: "POLICY_INVALID",
  });
  const own = readByAgent(fields.reliabilities, "reliabilities", reliabilityRange);
  const ownSetting = own.size === 0 ? {} : { reliabilities: Object.fromEntries(own) };
  return {
    settings: { reliability: usual, ...ownSetting },
    combine: ({ opinions }) => {
      const reliabilities = opinions.map(({ agent }) => own.get(agent) ?? usual);
      const masses = opinions.map((opinion, index) => massOf(opinion, reliabilities[index] ?? 0));
      return sharePool(opinions, weigh(reliabilities), pignistic(combine(masses)));
    },
  };
}

function massOf({ probabilities }: Opinion, reliability: number): MassFunction {
  return {
    outcomes: probabilities.map((probability) => reliability * probability),
    frame: 1 - reliability,
  };
}

function weigh(reliabilities: readonly number[]): readonly RawWeight[] {
  const largest = Math.max(...reliabilities);
  return reliabilities.map((reliability) => ({
    raw: largest === 0 ? 1 : reliability / largest,
    reason: { type: "reliability", reliability },
  }));
}

function pignistic({ outcomes, frame }: MassFunction): number[] {
  return outcomes.map((mass) => mass + frame / outcomes.length);
}

/** Nothing but ignorance. */
export function ignoranceOver(size: number): MassFunction {
  return { outcomes: Array.from({ length: size }, () => 0), frame: 1 };
}

/**
 * The conjunctive rule: of two sources, the product of two masses goes to what their outcomes have in common. Single
 * outcomes exclude each other, so only equal ones and the frame survive; all else is the conflict, which the result
 * leaves out. Linear in the number of outcomes, and made of sums of non-negative numbers: nothing cancels.
 */
export function combineConjunctively(a: MassFunction, b: MassFunction): MassFunction {
  return {
    outcomes: a.outcomes.map((mass, k) => {
      const other = b.outcomes[k] ?? 0;
      return mass * (other + b.frame) + a.frame * other;
    }),
    frame: a.frame * b.frame,
  };
}

/** The mass that is not in conflict. */
export function totalMass({ outcomes, frame }: MassFunction): number {
  return outcomes.reduce((sum, mass) => sum + mass, 0) + frame;
}

export function scaled({ outcomes, frame }: MassFunction, divisor: number): MassFunction {
  return { outcomes: outcomes.map((mass) => mass / divisor), frame: frame / divisor };
}
