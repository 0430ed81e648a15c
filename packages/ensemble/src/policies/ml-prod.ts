/** ML-Prod. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { prodWeights } from "../learning/prod-weights.ts";
import { learningPolicy } from "./learning-policy.ts";

/** See `prodWeights` for the method. No settings. */
export const mlProd = learningPolicy({
  name: "ml-prod",
  version: "1.0.0",
  description: "The mean of the opinions, weighted by products at a rate for each agent.",
  source: "Gaillard, Stoltz and van Erven 2014, A second-order bound with excess losses, COLT",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, startLearning: learnByRegret(prodWeights) };
  },
});
