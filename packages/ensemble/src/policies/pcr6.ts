/**
 * PCR6: evidence is multiplied, and each piece of conflict goes back to those who are in it, in proportion to the masses
 * that they brought. Taken over all combinations at once by an integral, so that the cost does not explode.
 */
import { MycroftError } from "@mycroft/errors";
import type { Policy } from "../policy.ts";
import { exp } from "../portable-math/exp.ts";
import {
  combineConjunctively,
  configureEvidence,
  ignoranceOver,
  type MassFunction,
} from "./mass-function.ts";

/** Agents times outcomes; 10,000 take about a second. */
const sizeLimit = 10_000;

/**
 * A combination in which agents 1..n hold Y_1..Y_n that have nothing in common is a conflict of mass `prod_j m_j(Y_j)`; agent
 * i's element Y_i gets `m_i(Y_i) / sum_j m_j(Y_j)` of it. There are `(K+1)^n` combinations. But `1/S = integral of e^(-St) dt`
 * over t > 0, and under the integral the sum over combinations is a product over agents:
 * with `g_j(t) = sum_Y m_j(Y) e^(-t m_j(Y))`, what agent i's element X gets is the integral of
 * `m_i(X)^2 e^(-t m_i(X)) (prod_{j != i} g_j(t) - the same over combinations without conflict)`. The cost is agents times
 * outcomes times some 250 points, and agents times outcomes may be at most 10,000. The rule is defined in total conflict
 * too. Of two agents it is PCR5. A limit of the rule as published: with three agents or more, ignorance takes its share of
 * each conflict too, so that even an agent with reliability 0 draws the result a little towards the uniform distribution
 * (mended in PCR6+, Dezert, Dezert and Smarandache 2021, Journal of Advances in Information Fusion 16(1); not done here).
 * Settings: see `configureEvidence`.
 * Source: Martin and Osswald 2006, "A new generalization of the proportional conflict redistribution rule stable in terms
 * of decision", in Smarandache and Dezert (eds.), "Advances and applications of DSmT for information fusion", vol. 2.
 * The integral is ours; that it is the same is tested against the sum over all combinations.
 * @throws {MycroftError} LIMIT_EXCEEDED above that limit.
 */
export const pcr6: Policy = {
  name: "pcr6",
  version: "1.0.0",
  description: "Evidence theory: opinions as independent evidence, conflict given back to those in it.",
  source:
    "Martin and Osswald 2006, A new generalization of the proportional conflict redistribution rule stable in terms of decision, in Advances and Applications of DSmT for Information Fusion 2, 69-88",
  kind: "fixed",
  configure: (given) => configureEvidence(given, combineAll),
};

function combineAll(masses: readonly MassFunction[]): MassFunction {
  const first = masses[0];
  if (first === undefined || masses.length === 1) return first ?? ignoranceOver(0);
  checkSize(masses.length, first.outcomes.length);
  const agreed = masses.reduce(combineConjunctively, ignoranceOver(first.outcomes.length));
  // Elements are the outcomes and then the frame.
  const total = [...agreed.outcomes, agreed.frame];
  const rows = masses.map(({ outcomes, frame }) => [...outcomes, frame]);
  for (const point of quadrature()) {
    const gains = redistributedAt(rows, point.t);
    for (const [element, gain] of gains.entries())
      total[element] = (total[element] ?? 0) + point.weight * gain;
  }
  // What the quadrature leaves out is below 1e-12; scaled away, nothing is lost.
  const sum = total.reduce((whole, mass) => whole + mass, 0);
  return { outcomes: total.slice(0, -1).map((mass) => mass / sum), frame: (total.at(-1) ?? 0) / sum };
}

function checkSize(agents: number, outcomes: number): void {
  if (agents * outcomes <= sizeLimit) return;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `The policy pcr6 takes at most ${sizeLimit} probabilities, agents times outcomes; here are ${agents} times ${outcomes}. Use dempster or yager, or fewer agents.`,
    { details: { field: "views", value: agents * outcomes, limit: sizeLimit } },
  );
}

/**
 * With t = e^u the integrand is a sum of `e^(u - S e^u)`, for which equally spaced points are exact to e^(-pi^2 / step):
 * 1e-17 here, whatever S is. The ends leave out 1e-15 for the largest S, and sums S below 1e-8, whose products are less.
 */
function* quadrature(): Generator<{ readonly t: number; readonly weight: number }> {
  const step = 0.25;
  for (let u = -41; u <= 22; u += step) {
    const t = exp(u);
    yield { t, weight: step * t };
  }
}

/** What each element gets of the conflict, before the integral over t. */
function redistributedAt(rows: readonly (readonly number[])[], t: number): number[] {
  const size = rows[0]?.length ?? 0;
  const frame = size - 1;
  const damped = rows.map((row) => dampedBy(row, t));
  const all = productsWithoutEach(damped.map((row) => row.reduce((sum, mass) => sum + mass, 0)));
  const onFrame = productsWithoutEach(damped.map((row) => row[frame] ?? 0));
  const gains = Array.from({ length: size }, () => 0);
  // Without agent i: the combinations in which somebody names an outcome, and all who do name the same one.
  const agreeing = rows.map(() => 0);
  for (let outcome = 0; outcome < frame; outcome += 1) {
    const withOutcome = productsWithoutEach(damped.map((row) => (row[outcome] ?? 0) + (row[frame] ?? 0)));
    rows.forEach((row, i) => {
      const own = (row[outcome] ?? 0) * (damped[i]?.[outcome] ?? 0);
      const conflicting = Math.max(0, (all[i] ?? 0) - (withOutcome[i] ?? 0));
      gains[outcome] = (gains[outcome] ?? 0) + own * conflicting;
      agreeing[i] = (agreeing[i] ?? 0) + Math.max(0, (withOutcome[i] ?? 0) - (onFrame[i] ?? 0));
    });
  }
  rows.forEach((row, i) => {
    const own = (row[frame] ?? 0) * (damped[i]?.[frame] ?? 0);
    const conflicting = Math.max(0, (all[i] ?? 0) - (onFrame[i] ?? 0) - (agreeing[i] ?? 0));
    gains[frame] = (gains[frame] ?? 0) + own * conflicting;
  });
  return gains;
}

function dampedBy(row: readonly number[], t: number): Float64Array {
  const damped = new Float64Array(row.length);
  for (let k = 0; k < damped.length; k += 1) {
    const mass = row[k] ?? 0;
    damped[k] = mass * exp(-t * mass);
  }
  return damped;
}

/** For each factor, the product of all others; no division, as factors may be 0. */
function productsWithoutEach(factors: readonly number[]): number[] {
  const products = factors.map(() => 1);
  let before = 1;
  let after = 1;
  for (let index = 0; index < factors.length; index += 1) {
    const mirrored = factors.length - 1 - index;
    products[index] = (products[index] ?? 1) * before;
    products[mirrored] = (products[mirrored] ?? 1) * after;
    before *= factors[index] ?? 1;
    after *= factors[mirrored] ?? 1;
  }
  return products;
}
