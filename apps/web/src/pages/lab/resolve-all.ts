/**
 * One case resolved by every policy of the catalogue, with the code that the server runs. A policy is given what was learned
 * by itself and its own settings, never another's; what it refuses is told, and the others go on.
 */
import {
  type AgentsKnown,
  type Policy,
  policies,
  type Resolution,
  type ResolveRequest,
  rankedProbabilityScore,
  resolve,
} from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { knownOf, type LabCase } from "./lab-case.ts";

export interface PolicyResult {
  readonly policy: Policy;
  readonly resolution: Resolution | null;
  /** Why there is no resolution. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** By name of policy, what it knows at a step of a walk through time. */
export type Taught = ReadonlyMap<string, AgentsKnown>;

/** In order of the policies' names. */
export function resolveAll(given: LabCase, taught: Taught | null = null): readonly PolicyResult[] {
  return policies.map((policy) => resolveBy(policy, requestFor(given, policy.name, taught)));
}

/** The request as `policy` is to be asked: the recorded one, untouched, for the policy that it was recorded of. */
export function requestFor(given: LabCase, policy: string, taught: Taught | null = null): ResolveRequest {
  const lesson = taught?.get(policy);
  if (lesson === undefined && policy === given.policy) return given.request;
  const { settings, record, ...asked } = given.request;
  if (lesson !== undefined) return { ...asked, record: lesson };
  const { agents, context } = knownOf(given.request);
  return { ...asked, record: { agents, ...(context !== undefined && { context }) } };
}

function resolveBy(policy: Policy, request: ResolveRequest): PolicyResult {
  try {
    return { policy, resolution: resolve(policy, request), problem: null };
  } catch (error) {
    if (!(error instanceof MycroftError)) throw error;
    const { code, message } = error;
    return { policy, resolution: null, problem: { code, message } };
  }
}

/** What a resolution cost, by the ranked probability score; null without a view or an outcome. */
export function scoreOf(resolution: Resolution | null, outcome: number | null): number | null {
  if (resolution === null || resolution.probabilities === null || outcome === null) return null;
  const observed = resolution.outcomes.map((_, index) => (index === outcome ? 1 : 0));
  return rankedProbabilityScore(resolution.probabilities, observed);
}
