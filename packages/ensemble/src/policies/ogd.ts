/** Online gradient descent. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { simplexDescent } from "../learning/simplex-descent.ts";
import { learningPolicy } from "./learning-policy.ts";

/** See `simplexDescent` for the method. No settings. */
export const ogd = learningPolicy({
  name: "ogd",
  version: "1.0.0",
  description: "The mean of the opinions, weighted by gradient descent on the simplex.",
  source: "Zinkevich 2003, Online convex programming and generalized infinitesimal gradient ascent, ICML",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, startLearning: learnByRegret(simplexDescent) };
  },
});
