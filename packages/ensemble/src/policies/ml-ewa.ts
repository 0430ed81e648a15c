/** ML-EWA. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { ratedExponentialWeights } from "../learning/rated-exponential-weights.ts";
import { learningPolicy } from "./learning-policy.ts";

/** See `ratedExponentialWeights` for the method. No settings. */
export const mlEwa = learningPolicy({
  name: "ml-ewa",
  version: "1.0.0",
  description: "The mean of the opinions, exponentially weighted by regret at a rate for each agent.",
  source:
    "Gaillard and Goude, the R package opera, rule MLewa; after Gaillard, Stoltz and van Erven 2014, A second-order bound with excess losses, COLT",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, startLearning: learnByRegret(ratedExponentialWeights) };
  },
});
