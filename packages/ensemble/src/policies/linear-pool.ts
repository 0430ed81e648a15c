/** The linear opinion pool: the weighted mean of the opinions, with equal weights unless the settings state some. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { type Policy, weightedMean } from "../policy.ts";
import { readStatedWeights, settingsOfWeights, weighAsStated } from "./stated-weights.ts";

/**
 * Settings: `weights`, an object from agent to a number from 1e-6 to 1e6, relative to the weight 1 of every agent that
 * it does not name. Weights of agents that give no opinion are not used.
 * Source: Stone 1961, "The opinion pool", Annals of Mathematical Statistics 32(4).
 */
export const linearPool: Policy = {
  name: "linear-pool",
  version: "1.0.0",
  description: "The mean of the opinions, equally weighted or with fixed weights.",
  source: "Stone 1961, The opinion pool, Annals of Mathematical Statistics 32(4), 1339-1342",
  kind: "fixed",
  configure: (given) => {
    const { weights } = readStrictObject(given ?? {}, placeOf("settings"), ["weights"], "POLICY_INVALID");
    const stated = readStatedWeights(weights);
    return weightedMean(settingsOfWeights(stated), ({ opinions }) => weighAsStated(opinions, stated));
  },
};
