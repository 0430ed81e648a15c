/** Bayesian model averaging: each agent weighs as likely as it has made what happened. */
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import { startLikelihoods } from "../learning/likelihoods.ts";
import { learningPolicy } from "./learning-policy.ts";

/**
 * `w_k ~ prod_t p_k(y_t)` from a uniform prior over agents: the posterior probability that agent k's forecasts are the true
 * ones, if one's are. Cases of one day count as independent, so it grows sure quickly. Where an agent slept, it is
 * charged what the ensemble was. Settings: `floor`, the least probability that an agent is charged for, 1e-12 to 0.1
 * (1e-6 unless stated), so that one outcome called impossible does not silence it for good. Distributions only.
 */
export const bayesianModelAveraging = learningPolicy({
  name: "bayesian-model-averaging",
  version: "1.0.0",
  description: "The mean of the opinions, weighted by the posterior probability of each agent.",
  source:
    "Hoeting, Madigan, Raftery and Volinsky 1999, Bayesian model averaging: a tutorial, Statistical Science 14(4), 382-417; sleeping experts after Freund, Schapire, Singer and Warmuth 1997",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["floor"], "POLICY_INVALID");
    const floor = readNumber(fields.floor ?? 1e-6, inside(place, "floor"), {
      min: 1e-12,
      max: 0.1,
      code: "POLICY_INVALID",
    });
    return { settings: { floor }, startLearning: startLikelihoods(floor), takesPoints: false };
  },
});
