/** The exponentially weighted average with a self-tuned learning rate. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { tunedExponentialWeights } from "../learning/tuned-exponential-weights.ts";
import { learningPolicy } from "./learning-policy.ts";

/** See `tunedExponentialWeights` for the method. No settings. */
export const ewaTuned = learningPolicy({
  name: "ewa-tuned",
  version: "1.0.0",
  description: "The mean of the opinions, exponentially weighted by regret at a rate that tunes itself.",
  source:
    "Cesa-Bianchi and Lugosi 2006, Prediction, Learning, and Games; tuned by de Rooij, van Erven, Grunwald and Koolen 2014, Journal of Machine Learning Research 15",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return { settings: {}, startLearning: learnByRegret(tunedExponentialWeights) };
  },
});
