/** Weights from skill: the better an agent's record against a plain forecast, the more it weighs. */
import { inside, placeOf, readNumber, readStrictObject, rejection } from "../json-reader.ts";
import { startRecords } from "../learning/relative-records.ts";
import { pow } from "../portable-math/pow.ts";
import { learningPolicy } from "./learning-policy.ts";

/**
 * `w_k ~ ratio_k^(-power)`, with ratio_k the agent's loss relative to the reference's on the cases that it judged, both
 * with `shrinkage` further cases of the reference's mean loss added: a newcomer's ratio is 1, and a short record's is near
 * it. The skill of agent k is `1 - ratio_k`.
 * Settings: `power`, 0 to 100 (1 unless stated); `shrinkage`, 0.001 to 1e6 cases (20 unless stated); `reference`, `mean`
 * (the equal mean of those who spoke; unless stated) or `uniform` (of distributions only).
 */
export const skillWeights = learningPolicy({
  name: "skill-weights",
  version: "1.0.0",
  description: "The mean of the opinions, weighted by each agent's skill against a plain forecast.",
  source:
    "Stock and Watson 2004, Combination forecasts of output growth in a seven-country data set, Journal of Forecasting 23(6), 405-430; Bates and Granger 1969, The combination of forecasts",
  configure: (given) => {
    const place = placeOf("settings");
    const names = ["power", "shrinkage", "reference"] as const;
    const fields = readStrictObject(given ?? {}, place, names, "POLICY_INVALID");
    const power = readNumber(fields.power ?? 1, inside(place, "power"), {
      min: 0,
      max: 100,
      code: "POLICY_INVALID",
    });
    const shrinkage = readNumber(fields.shrinkage ?? 20, inside(place, "shrinkage"), {
      min: 0.001,
      max: 1e6,
      code: "POLICY_INVALID",
    });
    const reference = fields.reference ?? "mean";
    if (reference !== "mean" && reference !== "uniform") {
      throw rejection("POLICY_INVALID", inside(place, "reference"), reference, '"mean" or "uniform"');
    }
    const startLearning = startRecords(reference, (records, into) => {
      let best = Number.POSITIVE_INFINITY;
      for (let k = 0; k < into.length; k += 1) best = Math.min(best, records.ratio(k, shrinkage));
      for (let k = 0; k < into.length; k += 1) into[k] = weightOf(records.ratio(k, shrinkage), best, power);
    });
    return { settings: { power, shrinkage, reference }, startLearning, takesPoints: reference !== "uniform" };
  },
});

/** Relative to the best, whose weight is 1. A perfect record takes all, together with its equals. */
function weightOf(ratio: number, best: number, power: number): number {
  if (ratio <= best) return 1;
  return best === 0 && power > 0 ? 0 : pow(best / ratio, power);
}
