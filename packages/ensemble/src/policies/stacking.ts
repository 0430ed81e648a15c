/** Stacking: the weights that would have been best so far, held close to equal ones. */
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import { startStacking } from "../learning/stacked-weights.ts";
import { learningPolicy } from "./learning-policy.ts";

/**
 * After each round the weights are refitted on all outcomes so far (`startStacking`). Settings: `ridge`, how many cases of
 * usual size speak for equal weights, 0.001 to 1e9 (100 unless stated). At most 200 agents.
 */
export const stacking = learningPolicy({
  name: "stacking",
  version: "1.0.0",
  description: "The mean of the opinions, by the weights that fit the past best, held close to equal ones.",
  source:
    "Wolpert 1992, Stacked generalization, Neural Networks 5(2); on the simplex, Breiman 1996, Stacked regressions, Machine Learning 24(1); towards equal weights, Diebold and Pauly 1990, The use of prior information in forecast combination, International Journal of Forecasting 6(4)",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["ridge"], "POLICY_INVALID");
    const ridge = readNumber(fields.ridge ?? 100, inside(place, "ridge"), {
      min: 1e-3,
      max: 1e9,
      code: "POLICY_INVALID",
    });
    return { settings: { ridge }, startLearning: startStacking(ridge) };
  },
});
