/** The mean of the k agents of the best record. */
import { inside, placeOf, readNumber, readStrictObject } from "../json-reader.ts";
import { startRecords } from "../learning/relative-records.ts";
import { ensembleLimits } from "../limits.ts";
import { learningPolicy } from "./learning-policy.ts";

/**
 * The k agents awake whose mean loss above that of the equal mean, on the cases which they judged, is least share the
 * weight; those of equal record around the k-th place all are in. An agent's mean is shrunk towards 0 by ten cases of
 * average loss, so that luck in a few cases does not win; a newcomer stands at 0.
 * Settings: `k`, 1 to 1,000; 5 unless stated.
 */
export const topK = learningPolicy({
  name: "top-k",
  version: "1.0.0",
  description: "The equal mean of the k agents that have scored best so far.",
  source:
    "Jose and Winkler 2008, Simple robust averages of forecasts, International Journal of Forecasting 24(1); selection by past score as in Mannes, Soll and Larrick 2014, The wisdom of select crowds, Journal of Personality and Social Psychology 107(2)",
  configure: (given) => {
    const place = placeOf("settings");
    const fields = readStrictObject(given ?? {}, place, ["k"], "POLICY_INVALID");
    const k = readNumber(fields.k ?? 5, inside(place, "k"), {
      min: 1,
      max: ensembleLimits.views,
      integer: true,
      code: "POLICY_INVALID",
    });
    return {
      settings: { k },
      startLearning: startRecords("mean", (records, into, awake) => select(k, records.excess, into, awake)),
    };
  },
});

function select(
  k: number,
  excess: (agent: number) => number,
  into: Float64Array,
  awake: Uint8Array | undefined,
): void {
  const ranked: number[] = [];
  for (let agent = 0; agent < into.length; agent += 1) {
    if (awake === undefined || awake[agent] !== 0) ranked.push(excess(agent));
  }
  ranked.sort((a, b) => a - b);
  const last = ranked[Math.min(k, ranked.length) - 1] ?? 0;
  for (let agent = 0; agent < into.length; agent += 1) into[agent] = excess(agent) <= last ? 1 : 0;
}
