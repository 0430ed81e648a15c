/**
 * Resolves the views on one subject into one, by a policy. The result depends on the request alone, and not on the order
 * of anything in it (E1); a missing quorum gives no view rather than a made-up one.
 */
import { MycroftError } from "@mycroft/errors";
import { conflictWithin } from "./conflict/conflict.ts";
import { abstainedAgents } from "./conflict/missing-views.ts";
import { sumInOrder } from "./distribution.ts";
import { distanceBetween } from "./divergence.ts";
import { leanOf } from "./lean.ts";
import { ensembleLimits } from "./limits.ts";
import type { Opinion } from "./opinion.ts";
import { compareText, type Panel } from "./panel.ts";
import type { Combination, Policy, WeightReason } from "./policy.ts";
import { type AgentDissent, type Resolution, type StatedOpinion, stanceOf } from "./resolution.ts";
import { type CheckedRequest, type ResolveRequest, readResolveRequest } from "./resolve-request.ts";

/**
 * @param request a `ResolveRequest`; it may come as unknown JSON and is checked whole.
 * @throws {MycroftError} OPINION_INVALID, OPINION_DIMENSION, LOOK_AHEAD, POLICY_INVALID, LIMIT_EXCEEDED or
 *   INPUT_INVALID, naming the agent, the field, the value and the limit; INTERNAL when the policy breaks its contract.
 */
export function resolve(policy: Policy, request: ResolveRequest | unknown): Resolution {
  const checked = readResolveRequest(request);
  const { panel, quorum, question } = checked;
  const configured = policy.configure(checked.settings);
  const basis = {
    subject: question.subject,
    asOf: question.asOf,
    horizonDays: question.horizonDays,
    policy: { name: policy.name, version: policy.version, settings: configured.settings },
    outcomes: panel.outcomes,
    quorum: quorumOf(checked),
    opinions: panel.opinions.map(statedOpinion),
    abstentions: abstainedAgents(panel),
    conflict: conflictWithin(panel, quorum),
  };
  if (panel.opinions.length < quorum) {
    const nothing = { weights: [], contributions: [], dissent: [] };
    return { ...basis, ...nothing, status: "noQuorum", probabilities: null, lean: null };
  }
  const combination = configured.combine({ ...panel, records: checked.records });
  const probabilities = pooled(combination, panel);
  checkCombination(policy, combination, probabilities, panel);
  const agents = panel.opinions.map((opinion) => opinion.agent);
  return {
    ...basis,
    status: "resolved",
    probabilities,
    lean: leanOf(probabilities),
    weights: weightsOf(agents, combination),
    contributions: agents.map((agent, index) => ({ agent, amounts: combination.contributions[index] ?? [] })),
    dissent: dissentOf(panel.opinions, probabilities),
  };
}

function quorumOf({ panel, quorum }: CheckedRequest): Resolution["quorum"] {
  const opinions = panel.opinions.length;
  return { needed: quorum, opinions, asked: opinions + panel.abstentions.length };
}

function statedOpinion(opinion: Opinion): StatedOpinion {
  const { agent, version, probabilities, rationale, confidence, dataAsOf } = opinion;
  return { agent, version, probabilities, rationale, confidence: confidence ?? null, dataAsOf: dataAsOf ?? null };
}

/** The definition of the pooled distribution: what the agents contribute, added in their order. */
function pooled({ contributions }: Combination, { outcomes }: Panel): number[] {
  return outcomes.map((_, outcome) => sumInOrder(contributions.map((amounts) => amounts[outcome] ?? 0)));
}

function weightsOf(agents: readonly string[], combination: Combination): Resolution["weights"] {
  const unexplained: WeightReason = { type: "equal" };
  return agents.map((agent, index) => ({
    agent,
    weight: combination.weights[index] ?? 0,
    reason: combination.reasons[index] ?? unexplained,
  }));
}

function dissentOf(opinions: readonly Opinion[], result: readonly number[]): readonly AgentDissent[] {
  const { side: resultSide } = leanOf(result);
  const dissent = opinions.map(({ agent, probabilities }) => {
    const lean = leanOf(probabilities);
    const distance = distanceBetween(probabilities, result);
    return { agent, distance, ...lean, stance: stanceOf(lean.side, resultSide) };
  });
  return dissent.toSorted((a, b) => b.distance - a.distance || compareText(a.agent, b.agent));
}

/** Policies may come from outside this package; none may put a number into a decision that is not a probability. */
function checkCombination(policy: Policy, combination: Combination, result: readonly number[], panel: Panel): void {
  const { weights, reasons, contributions } = combination;
  const expected = panel.opinions.length;
  const complete = [weights, reasons, contributions].every((list) => list.length === expected);
  if (complete && isDistribution(weights) && isDistribution(result)) return;
  throw new MycroftError(
    "INTERNAL",
    `The policy ${policy.name} ${policy.version} gave something that is not a distribution, or not one entry for each of ${expected} opinions.`,
    { details: { policy: policy.name, version: policy.version, weights, probabilities: result } },
  );
}

function isDistribution(values: readonly number[]): boolean {
  const sumIsOne = Math.abs(sumInOrder(values) - 1) <= ensembleLimits.probabilitySumTolerance;
  return sumIsOne && values.every((value) => value >= 0 && value <= 1);
}
