/** Bernstein online aggregation. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { bernsteinAggregation } from "../learning/bernstein-aggregation.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { learningPolicy } from "./learning-policy.ts";

/** See `bernsteinAggregation` for the method. No settings. */
export const boa = learningPolicy({
  name: "boa",
  version: "1.0.0",
  description: "The mean of the opinions, weighted by Bernstein online aggregation.",
  source:
    "Wintenberger 2017, Optimal learning with Bernstein online aggregation, Machine Learning 106(1), 119-141",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, startLearning: learnByRegret(bernsteinAggregation) };
  },
});
