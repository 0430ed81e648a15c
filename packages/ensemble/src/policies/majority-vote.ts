/** Majority vote, a baseline: what most orchestrators do with agents that disagree. */
import { placeOf, readStrictObject } from "../json-reader.ts";
import { type Policy, poolLinearly } from "../policy.ts";
import { weighEqually } from "./share-pool.ts";
import { voteOf } from "./votes.ts";

/**
 * The probability of an outcome is its share of the votes; each agent has one, for the outcome that it holds most
 * probable, and splits it where several are. What an agent doubts is lost. No settings. Each agent contributes its vote.
 * Source: Condorcet 1785, "Essai sur l'application de l'analyse a la probabilite des decisions"; as a baseline for
 * ensembles, Breiman 1996, "Bagging predictors", Machine Learning 24(2).
 */
export const majorityVote: Policy = {
  name: "majority-vote",
  version: "1.0.0",
  description: "Baseline: each outcome's share of the agents' votes.",
  source:
    "Condorcet 1785, Essai sur l'application de l'analyse; Breiman 1996, Machine Learning 24(2), 123-140",
  kind: "baseline",
  configure: (given) => {
    readStrictObject(given ?? {}, placeOf("settings"), [], "POLICY_INVALID");
    return {
      settings: {},
      combine: ({ opinions }) => {
        const votes = opinions.map((opinion) => ({ ...opinion, probabilities: voteOf(opinion) }));
        return poolLinearly(votes, weighEqually(votes));
      },
    };
  },
};
