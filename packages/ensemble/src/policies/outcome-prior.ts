/** The setting `prior`, by outcome: what is believed before any agent has spoken. */
import { MycroftError } from "@mycroft/errors";
import { sumInOrder } from "../distribution.ts";
import { ensembleLimits } from "../limits.ts";

/** By the outcomes' names; empty stands for the uniform distribution. */
export type OutcomePrior = ReadonlyMap<string, number>;

/**
 * The prior as a list, one probability above 0 for each outcome.
 * @throws {MycroftError} POLICY_INVALID when it names other outcomes than these, or its sum is not 1.
 */
export function priorOver(outcomes: readonly string[], prior: OutcomePrior): number[] {
  if (prior.size === 0) return outcomes.map(() => 1 / outcomes.length);
  const probabilities = outcomes.map((outcome) => prior.get(outcome) ?? 0);
  const sum = sumInOrder(probabilities);
  const fits =
    prior.size === outcomes.length &&
    probabilities.every((probability) => probability > 0) &&
    Math.abs(sum - 1) <= ensembleLimits.probabilitySumTolerance;
  if (fits) return probabilities.map((probability) => probability / sum);
  const names = outcomes.join(", ");
  throw new MycroftError(
    "POLICY_INVALID",
    `settings.prior must give a probability above 0 to each of ${names}, and to nothing else, with a sum of 1.`,
    { details: { field: "settings.prior", value: Object.fromEntries(prior), limit: names } },
  );
}
