/** AdaHedge. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { adaHedge } from "../learning/ada-hedge.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { learningPolicy } from "./learning-policy.ts";

/** See `adaHedge` for the method. No settings. */
export const adahedge = learningPolicy({
  name: "adahedge",
  version: "1.0.0",
  description:
    "The mean of the opinions, exponentially weighted at a rate that follows from what hedging has cost.",
  source:
    "de Rooij, van Erven, Grunwald and Koolen 2014, Follow the leader if you can, hedge if you must, Journal of Machine Learning Research 15",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, startLearning: learnByRegret(adaHedge) };
  },
});
