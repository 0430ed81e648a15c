/**
 * Resolves the views on one subject into one, by a policy. The result depends on the request alone, and not on the order
 * of anything in it (E1); a missing quorum gives no view rather than a made-up one.
 */
import { MycroftError } from "@mycroft/errors";
import { type Conflict, conflictWithin } from "./conflict/conflict.ts";
import { abstainedAgents } from "./conflict/missing-views.ts";
import { roundingNoise, sumInOrder } from "./distribution.ts";
import { distanceBetween } from "./divergence.ts";
import { applyGuardrails, type GuardedView } from "./guardrails/apply-guardrails.ts";
import { leanOf } from "./lean.ts";
import { ensembleLimits } from "./limits.ts";
import type { Opinion } from "./opinion.ts";
import { compareText, type Panel } from "./panel.ts";
import type { Part, Policy } from "./policy.ts";
import { type AgentDissent, type Resolution, type StatedOpinion, stanceOf } from "./resolution.ts";
import { type CheckedRequest, readResolveRequest } from "./resolve-request.ts";

/**
 * @param request a `ResolveRequest`, as it comes: it is checked whole.
 * @throws {MycroftError} OPINION_INVALID, OPINION_DIMENSION, LOOK_AHEAD, POLICY_INVALID, LIMIT_EXCEEDED or
 *   INPUT_INVALID, naming the agent, the field, the value and the limit; INTERNAL when the policy breaks its contract.
 */
export function resolve(policy: Policy, request: unknown): Resolution {
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
    ...driftsOf(checked),
  };
  if (panel.opinions.length < quorum) {
    const nothing = { weights: [], contributions: [], dissent: [] };
    const guarded = checked.guardrails === null ? {} : ({ guardrails: [], action: "abstain" } as const);
    return { ...basis, ...nothing, ...guarded, status: "noQuorum", probabilities: null, lean: null };
  }
  const parts = configured.combine({ ...panel, ...checked.known });
  const policyView = pooled(parts, panel);
  checkParts(policy, parts, policyView, panel);
  const guarded = guard(checked, basis.conflict, policyView);
  const probabilities = guarded?.probabilities ?? policyView;
  const named = parts.map((part, index) => ({ ...part, agent: panel.opinions[index]?.agent ?? "" }));
  return {
    ...basis,
    ...(guarded?.action === "abstain"
      ? { status: "withheld", probabilities: null, lean: null }
      : { status: "resolved", probabilities, lean: leanOf(probabilities) }),
    weights: named.map(({ agent, weight, reason }) => ({ agent, weight, reason })),
    contributions: named.map(({ agent, amounts }) => ({ agent, amounts })),
    dissent: dissentOf(panel.opinions, probabilities),
    ...(guarded !== null && { guardrails: guarded.fired, action: guarded.action }),
  };
}

function guard(
  { guardrails, panel }: CheckedRequest,
  conflict: Conflict,
  view: readonly number[],
): GuardedView | null {
  return guardrails === null ? null : applyGuardrails(guardrails, view, { ...panel, conflict });
}

function quorumOf({ panel, quorum }: CheckedRequest): Resolution["quorum"] {
  const opinions = panel.opinions.length;
  return { needed: quorum, opinions, asked: opinions + panel.abstentions.length };
}

function driftsOf({ panel, known }: CheckedRequest): Pick<Resolution, "drifts"> {
  const drifts = panel.opinions.flatMap(({ agent }) => {
    const drift = known.records.get(agent)?.drift;
    return drift === undefined ? [] : [{ agent, ...drift }];
  });
  return drifts.length === 0 ? {} : { drifts };
}

function statedOpinion(opinion: Opinion): StatedOpinion {
  const { agent, version, probabilities, rationale, confidence, dataAsOf } = opinion;
  return {
    agent,
    version,
    probabilities,
    rationale,
    confidence: confidence ?? null,
    dataAsOf: dataAsOf ?? null,
  };
}

/** The definition of the pooled distribution: what the agents contribute, added in their order. */
function pooled(parts: readonly Part[], { outcomes }: Panel): number[] {
  return outcomes.map((_, outcome) => sumInOrder(parts.map(({ amounts }) => amounts[outcome] ?? 0)));
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
function checkParts(policy: Policy, parts: readonly Part[], result: readonly number[], panel: Panel): void {
  const expected = panel.opinions.length;
  const weights = parts.map((part) => part.weight);
  const complete =
    parts.length === expected && parts.every(({ amounts }) => amounts.length === panel.outcomes.length);
  if (complete && isDistribution(weights) && isDistribution(result)) return;
  throw new MycroftError(
    "INTERNAL",
    `The policy ${policy.name} ${policy.version} did not give one part for each of ${expected} opinions, or its weights or its result are not a distribution.`,
    { details: { policy: policy.name, version: policy.version, weights, probabilities: result } },
  );
}

function isDistribution(values: readonly number[]): boolean {
  const sumIsOne = Math.abs(sumInOrder(values) - 1) <= ensembleLimits.probabilitySumTolerance;
  return sumIsOne && values.every((value) => value >= 0 && value <= 1 + roundingNoise);
}
