/** ML-Poly. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { polynomialWeights } from "../learning/polynomial-weights.ts";
import { learningPolicy } from "./learning-policy.ts";

/** See `polynomialWeights` for the method. No settings. */
export const mlPol = learningPolicy({
  name: "ml-pol",
  version: "1.0.0",
  description: "The mean of the opinions, weighted polynomially by regret at a rate for each agent.",
  source: "Gaillard, Stoltz and van Erven 2014, A second-order bound with excess losses, COLT",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, startLearning: learnByRegret(polynomialWeights) };
  },
});
