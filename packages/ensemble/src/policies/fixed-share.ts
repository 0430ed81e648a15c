/** Fixed share: exponential weights that can follow a change of the best agent. */
import { inside, placeOf, readNumber, readStrictObject, rejection } from "../json-reader.ts";
import { fixedShare } from "../learning/fixed-share.ts";
import { learnByRegret } from "../learning/learned-weights.ts";
import { tunedFixedShare } from "../learning/tuned-fixed-share.ts";
import { learningPolicy } from "./learning-policy.ts";

/**
 * Settings: `rate`, the learning rate, 1e-30 to 1e9 (losses may be of any size), and `share`, what is shared among all
 * after each round, 1e-9 to 1. Both or neither: without them, they tune themselves (`tunedFixedShare`).
 */
export const fixedSharePolicy = learningPolicy({
  name: "fixed-share",
  version: "1.0.0",
  description: "As the exponentially weighted mean, and able to follow a change of the best agent.",
  source: "Herbster and Warmuth 1998, Tracking the best expert, Machine Learning 32(2), 151-178",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["rate", "share"], "POLICY_INVALID");
    if (fields.rate === undefined && fields.share === undefined) {
      return { settings: {}, startLearning: learnByRegret(tunedFixedShare) };
    }
    for (const name of ["rate", "share"] as const) {
      if (fields[name] !== undefined) continue;
      throw rejection("POLICY_INVALID", inside(place, name), undefined, "stated, as the other one is");
    }
    const rate = readNumber(fields.rate, inside(place, "rate"), {
      min: 1e-30,
      max: 1e9,
      code: "POLICY_INVALID",
    });
    const share = readNumber(fields.share, inside(place, "share"), {
      min: 1e-9,
      max: 1,
      code: "POLICY_INVALID",
    });
    return { settings: { rate, share }, startLearning: learnByRegret(fixedShare(rate, share)) };
  },
});
