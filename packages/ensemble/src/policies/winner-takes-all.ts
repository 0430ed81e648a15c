/** Winner takes all, a baseline: the outcome with the most votes is held to be certain. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import type { Policy } from "../policy.ts";
import { sharePool, weighEqually, weightedRow } from "./share-pool.ts";
import { voteOf, winnerOf } from "./votes.ts";

/**
 * Each agent votes for the outcome that it holds most probable; the outcome with the most votes gets probability 1, and
 * outcomes with equally many share it. It ignores all doubt, so proper scores punish it. No settings. A pool that is not
 * linear: for contributions see `sharePool`.
 * Source: plurality rule; Condorcet 1785, "Essai sur l'application de l'analyse a la probabilite des decisions".
 */
export const winnerTakesAll: Policy = {
  name: "winner-takes-all",
  version: "1.0.0",
  description: "Baseline: certainty of the outcome that most agents hold most probable.",
  source: "Condorcet 1785, Essai sur l'application de l'analyse a la probabilite des decisions",
  kind: "baseline",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return {
      settings: {},
      combine: ({ opinions }) => {
        const votes = opinions.map(voteOf);
        const totals = weightedRow(
          votes,
          votes.map(() => 1),
        );
        return sharePool(opinions, weighEqually(opinions), winnerOf(totals));
      },
    };
  },
};
