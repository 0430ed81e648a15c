/** The exponentially weighted average with a fixed learning rate. */
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import { exponentialWeights } from "../learning/exponential-weights.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { learningPolicy } from "./learning-policy.ts";

/** Settings: `rate`, the learning rate, from 1e-30 to 1e9 (losses may be of any size); 1 unless stated. */
export const ewa = learningPolicy({
  name: "ewa",
  version: "1.0.0",
  description: "The mean of the opinions, exponentially weighted by regret at a fixed learning rate.",
  source: "Cesa-Bianchi and Lugosi 2006, Prediction, Learning, and Games, section 2.2",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["rate"], "POLICY_INVALID");
    const rate = readNumber(fields.rate ?? 1, inside(place, "rate"), {
      min: 1e-30,
      max: 1e9,
      code: "POLICY_INVALID",
    });
    return { settings: { rate }, startLearning: learnByRegret(exponentialWeights(rate)) };
  },
});
