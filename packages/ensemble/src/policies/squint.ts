/** Squint. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { squint } from "../learning/squint.ts";
import { learningPolicy } from "./learning-policy.ts";

/** See `squint` in learning for the method. No settings. */
export const squintPolicy = learningPolicy({
  name: "squint",
  version: "1.0.0",
  description: "The mean of the opinions, weighted by second-order regret over many rates at once.",
  source:
    "Koolen and van Erven 2015, Second-order quantile methods for experts and combinatorial games, COLT",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, startLearning: learnByRegret(squint) };
  },
});
