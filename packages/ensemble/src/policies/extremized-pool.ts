/** The extremized pool: the mean of the opinions, moved away from a prior, because each agent knows only a part. */
import { normalizedWeights } from "../distribution.ts";
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import type { Policy } from "../policy.ts";
import { log } from "../portable-math/log.ts";
import { priorOver } from "./outcome-prior.ts";
import { fromLogarithms, sharePool, weightedRow } from "./share-pool.ts";
import { readByAgent, readStatedWeights, settingsOfWeights, weighAsStated } from "./stated-weights.ts";

const defaultExponent = 1.5;

/**
 * With L the linear pool and b the prior, `q_k ~ b_k (L_k / b_k)^a`: over two outcomes and with a uniform prior, the log
 * odds of the mean times a. An exponent `a` above 1 moves away from the prior, below 1 towards it, 1 is the linear pool.
 * Even equal opinions are moved: this pool does not preserve unanimity.
 * Settings: `exponent`, 0.1 to 10 (1.5 unless given; fitted values in the sources go from 1.2 to 3.9, on people's forecasts
 * of world events); `prior`, an object from outcome to probability (uniform unless given); `weights` as for the linear pool.
 * Source: Satopää, Baron, Foster, Mellers, Tetlock and Ungar 2014, "Combining multiple probability predictions using a
 * simple logit model", International Journal of Forecasting 30(2); that a linear pool of calibrated forecasts is
 * underconfident: Ranjan and Gneiting 2010, "Combining probability forecasts", JRSS B 72(1). The form for the mean of
 * probabilities is that of Baron, Mellers, Tetlock, Stone and Ungar 2014, Decision Analysis 11(2), taken to K outcomes.
 */
export const extremizedPool: Policy = {
  name: "extremized-pool",
  version: "1.0.0",
  description: "The mean of the opinions, moved away from the prior by an exponent.",
  source:
    "Satopää et al. 2014, Combining multiple probability predictions using a simple logit model, International Journal of Forecasting 30(2), 344-356; Ranjan and Gneiting 2010, JRSS B 72(1), 71-91",
  kind: "fixed",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["exponent", "prior", "weights"], "POLICY_INVALID");
    const range = { min: 0.1, max: 10, code: "POLICY_INVALID" } as const;
    const exponent = readNumber(fields.exponent ?? defaultExponent, inside(place, "exponent"), range);
    const prior = readByAgent(fields.prior, "prior", { min: 1e-6, max: 1 });
    const stated = readStatedWeights(fields.weights);
    const priorSetting = prior.size === 0 ? {} : { prior: Object.fromEntries(prior) };
    return {
      settings: { exponent, ...priorSetting, ...settingsOfWeights(stated) },
      combine: ({ opinions, outcomes }) => {
        const raw = weighAsStated(opinions, stated);
        const weights = normalizedWeights(raw.map((weight) => weight.raw));
        const rows = opinions.map(({ probabilities }) => probabilities);
        const mean = weightedRow(rows, weights);
        return sharePool(opinions, raw, extremize(mean, priorOver(outcomes, prior), exponent));
      },
    };
  },
};

function extremize(mean: readonly number[], prior: readonly number[], exponent: number): readonly number[] {
  if (exponent === 1) return mean;
  const logarithms = mean.map(
    (probability, k) => exponent * log(probability) + (1 - exponent) * log(prior[k] ?? 1),
  );
  return fromLogarithms(logarithms);
}
