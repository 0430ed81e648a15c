/** The logarithmic opinion pool: the weighted geometric mean of the distributions, scaled to a sum of one. */
import { normalizedWeights } from "../distribution.ts";
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import type { Opinion } from "../opinion.ts";
import type { Policy } from "../policy.ts";
import { log } from "../portable-math/log.ts";
import { fromLogarithms, sharePool, weightedRow } from "./share-pool.ts";
import { readStatedWeights, settingsOfWeights, weighAsStated } from "./stated-weights.ts";

const defaultFloor = 1e-6;

/**
 * `q_k ~ prod_i p_ik^(w_i)` with weights of sum 1. One agent's zero would veto an outcome for ever; so a probability below
 * the floor counts as the floor, or as the agents' weighted mean where that is lower still. What all hold to be
 * impossible stays so, and equal opinions come back as they are.
 * Settings: `floor`, 1e-12 to 0.1 (1e-6 unless given); `weights` as for the linear pool. A pool that is not linear:
 * for contributions see `sharePool`.
 * Source: Genest and Zidek 1986, "Combining probability distributions: a critique and an annotated bibliography",
 * Statistical Science 1(1); externally Bayesian, Genest 1984, Annals of Statistics 12(3). The floor is ours.
 */
export const logarithmicPool: Policy = {
  name: "logarithmic-pool",
  version: "1.0.0",
  description: "The geometric mean of the opinions: surer than their mean where they agree.",
  source:
    "Genest and Zidek 1986, Combining probability distributions: a critique and an annotated bibliography, Statistical Science 1(1), 114-135",
  kind: "fixed",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["floor", "weights"], "POLICY_INVALID");
    const range = { min: 1e-12, max: 0.1, code: "POLICY_INVALID" } as const;
    const floor = readNumber(fields.floor ?? defaultFloor, inside(place, "floor"), range);
    const stated = readStatedWeights(fields.weights);
    return {
      settings: { floor, ...settingsOfWeights(stated) },
      combine: ({ opinions }) => {
        const raw = weighAsStated(opinions, stated);
        const weights = normalizedWeights(raw.map((weight) => weight.raw));
        return sharePool(opinions, raw, poolGeometrically(opinions, weights, floor));
      },
    };
  },
};

function poolGeometrically(
  opinions: readonly Opinion[],
  weights: readonly number[],
  floor: number,
): readonly number[] {
  const rows = opinions.map(({ probabilities }) => probabilities);
  const only = rows.length === 1 ? rows[0] : undefined;
  if (only !== undefined) return only;
  const mean = weightedRow(rows, weights);
  const logarithms = mean.map((average, k) => {
    const least = Math.min(floor, average);
    let sum = 0;
    rows.forEach((row, index) => {
      sum += (weights[index] ?? 0) * log(Math.max(row[k] ?? 0, least));
    });
    return sum;
  });
  return fromLogarithms(logarithms);
}
