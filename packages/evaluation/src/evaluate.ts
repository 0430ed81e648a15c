/** Evaluates agents and policies on forecasts and outcomes: walks them forward, scores them, and says what differences are worth. */
import { policies as allPolicies, findPolicy, type Policy } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import type { Competitor, Evaluation } from "./evaluation.ts";
import { checkEvaluationData, type EvaluationData } from "./evaluation-data.ts";
import { evaluationLimits } from "./evaluation-limits.ts";
import { judge, type Runner } from "./judge.ts";
import { type BestMixture, findBestMixture } from "./statistics/best-mixture.ts";
import { measureDisagreement } from "./statistics/disagreement.ts";
import { usualBlockPeriods } from "./statistics/stationary-bootstrap.ts";
import { equalPool, type Panel, panelOf } from "./walk/panel.ts";
import { findScore, type Score, type ScoreName } from "./walk/score.ts";
import { trackOf } from "./walk/track.ts";
import { type Walk, walkForward } from "./walk/walk-forward.ts";

export interface EvaluationOptions {
  /** `all`, or policies by name or as they are; the equal linear pool is always walked, as what others are held against. */
  readonly policies?: "all" | readonly (string | Policy)[] | undefined;
  /** Policies of one's own: `all` takes them in, and names mean them first. */
  readonly ownPolicies?: readonly Policy[] | undefined;
  /** `rps` for distributions and `square` for points unless stated. */
  readonly score?: ScoreName | undefined;
  /** The quantile of the pinball score, 0.001 to 0.999; 0.5 unless stated. */
  readonly level?: number | undefined;
  /** After how many further periods outcomes are known, 0 to 1,000; 0 (before the next period) unless stated. */
  readonly delayPeriods?: number | undefined;
  /** A whole number from 0 to 2^32 - 1; 1 unless stated. */
  readonly seed?: number | undefined;
  /** 100 to 20,000; 2,000 unless stated. */
  readonly resamples?: number | undefined;
  /** At least 1; by the number of periods unless stated. */
  readonly blockPeriods?: number | undefined;
  /** 0.5 to 0.999; 0.95 unless stated. */
  readonly confidence?: number | undefined;
  /** Called before each policy is walked. */
  readonly onPolicy?: ((name: string, index: number, count: number) => void) | undefined;
}

const poolName = "linear-pool";

/**
 * @throws {MycroftError} ENSEMBLE_EMPTY, OPINION_DIMENSION, OPINION_INVALID, INPUT_INVALID or LIMIT_EXCEEDED for bad data
 *   or options; POLICY_UNKNOWN; POLICY_INVALID when a policy that was named cannot pool such forecasts.
 */
export function evaluate(data: EvaluationData, options: EvaluationOptions = {}): Evaluation {
  checkEvaluationData(data);
  checkOptions(options);
  const score = findScore(options.score, data.kind, options.level);
  const settings = settingsOf(data, score, options);
  const panel = panelOf(data);
  const { walked, leftOut } = walkAll(data, score, settings.delayPeriods, options);
  const mixture = bestMixtureOf(panel, score);
  const runners = [...runnersOf(data, panel, score), ...walked.map((one) => policyRunner(one, panel, score))];
  const { competitors, bestAgent } = judge(runners, panel, mixture.scores, settings);
  const disagreement = measureDisagreement(panel, data.kind);
  const nameOf = (agent: number) => data.agents[agent] ?? "";
  return {
    settings,
    kind: data.kind,
    outcomes: data.outcomes,
    agents: data.agents,
    periods: panel.periods,
    cases: panel.cases.length,
    reference: data.kind === "point" ? poolName : "uniform",
    competitors,
    bestAgent,
    bestMixture: {
      score: mixture.score,
      gap: mixture.gap,
      weights: Array.from(mixture.weights, (weight, agent) => ({ agent: nameOf(agent), weight }))
        .filter(({ weight }) => weight > 0)
        .sort((a, b) => b.weight - a.weight),
    },
    disagreement: disagreement && { ...disagreement, agents: disagreement.agents.map(nameOf) },
    leftOut,
  };
}

/** The agents, and for distributions the uniform forecast. */
function runnersOf(data: EvaluationData, panel: Panel, score: Score): readonly Runner[] {
  const agents = data.agents.map((name, agent): Runner => {
    const track = trackOf(panel, score, (index) => panel.cases[index]?.forecasts[agent] ?? null);
    return { name, kind: "agent", isPool: false, track, weights: null };
  });
  if (data.kind === "point") return agents;
  const uniform = new Float64Array(data.outcomes.length).fill(1 / data.outcomes.length);
  const track = trackOf(panel, score, () => uniform);
  return [...agents, { name: "uniform", kind: "reference", isPool: false, track, weights: null }];
}

interface Walked {
  readonly name: string;
  readonly kind: Competitor["kind"];
  readonly walk: Walk;
}

function policyRunner({ name, kind, walk }: Walked, panel: Panel, score: Score): Runner {
  const track = trackOf(panel, score, (index) => walk.pooled[index] ?? null);
  return { name, kind, isPool: name === poolName, track, weights: walk.weights };
}

function walkAll(
  data: EvaluationData,
  score: Score,
  delayPeriods: number,
  { policies = "all", ownPolicies = [], onPolicy }: EvaluationOptions,
): { readonly walked: readonly Walked[]; readonly leftOut: Evaluation["leftOut"] } {
  const named = (name: string) => ownPolicies.find((policy) => policy.name === name) ?? findPolicy(name);
  const chosen =
    policies === "all"
      ? [...allPolicies, ...ownPolicies]
      : policies.map((one) => (typeof one === "string" ? named(one) : one));
  const list = [findPolicy(poolName), ...new Set(chosen.filter(({ name }) => name !== poolName))];
  checkNames(list);
  const walked: Walked[] = [];
  const leftOut: { policy: string; code: string; reason: string }[] = [];
  list.forEach((policy, index) => {
    onPolicy?.(policy.name, index, list.length);
    try {
      const kind = policy.kind === "baseline" ? "baseline" : "policy";
      walked.push({ name: policy.name, kind, walk: walkForward(policy, data, score, delayPeriods) });
    } catch (error) {
      // Of all policies, those that are not for such forecasts are told of; one that was asked for by name is an error.
      if (policies !== "all" || !(error instanceof MycroftError) || error.code !== "POLICY_INVALID")
        throw error;
      leftOut.push({ policy: policy.name, code: error.code, reason: error.message });
    }
  });
  return { walked, leftOut };
}

function checkNames(list: readonly Policy[]): void {
  const names = list.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new MycroftError(
    "INPUT_INVALID",
    `There are two policies named ${twice}; give each a name of its own.`,
    {
      details: { field: "policies", value: twice },
    },
  );
}

/** An agent that abstains is taken to say there what the others' mean was, so that mixtures stay comparable. */
function bestMixtureOf({ cases, agents }: Panel, score: Score): BestMixture {
  const filled = cases.map(({ forecasts, observed }) => {
    const pool = equalPool(forecasts) ?? observed;
    return { forecasts: forecasts.map((forecast) => forecast ?? pool), observed };
  });
  return findBestMixture(filled, agents.length, score);
}

function settingsOf(data: EvaluationData, score: Score, options: EvaluationOptions): Evaluation["settings"] {
  const { delayPeriods = 0, seed = 1, resamples = 2_000, confidence = 0.95 } = options;
  checkWhole("delayPeriods", delayPeriods, 0, evaluationLimits.delayPeriods);
  checkWhole("seed", seed, 0, 2 ** 32 - 1);
  checkWhole("resamples", resamples, 100, evaluationLimits.resamples);
  if (!(typeof confidence === "number" && confidence >= 0.5 && confidence <= 0.999))
    throw outOfRange("confidence", confidence, "from 0.5 to 0.999");
  const usual = Math.max(usualBlockPeriods(data.rounds.length), delayPeriods + 1);
  const blockPeriods = options.blockPeriods ?? Math.min(usual, data.rounds.length);
  checkWhole("blockPeriods", blockPeriods, 1, Math.max(1, data.rounds.length));
  const { name, level } = score;
  return { score: name, level, delayPeriods, seed, resamples, blockPeriods, confidence };
}

const optionNames: readonly string[] = [
  "policies",
  "ownPolicies",
  "score",
  "level",
  "delayPeriods",
  "seed",
  "resamples",
  "blockPeriods",
  "confidence",
  "onPolicy",
] satisfies readonly (keyof EvaluationOptions)[];

/** The shapes; ranges are read where the options are. */
function checkOptions(options: EvaluationOptions): void {
  const given: unknown = options;
  if (typeof given !== "object" || given === null) throw outOfRange("options", given, "an object");
  const stranger = Object.keys(given).find((name) => !optionNames.includes(name));
  if (stranger !== undefined) throw outOfRange(stranger, "not an option", `one of ${optionNames.join(", ")}`);
  const { policies = "all", ownPolicies = [], onPolicy } = options;
  if (policies !== "all") checkPolicies("policies", policies, "all, or a list of names and policies");
  checkPolicies("ownPolicies", ownPolicies, "a list of policies");
  if (onPolicy !== undefined && typeof onPolicy !== "function") {
    throw outOfRange("onPolicy", onPolicy, "a function");
  }
}

function checkPolicies(field: "policies" | "ownPolicies", given: unknown, limit: string): void {
  const fits = (one: unknown) =>
    (typeof one === "string" && field === "policies") ||
    (typeof one === "object" && one !== null && "configure" in one && typeof one.configure === "function");
  if (!Array.isArray(given) || !Array.from<unknown>(given).every(fits)) throw outOfRange(field, given, limit);
}

function checkWhole(field: string, value: number, min: number, max: number): void {
  if (!(Number.isInteger(value) && value >= min && value <= max)) {
    throw outOfRange(field, value, `a whole number from ${min} to ${max}`);
  }
}

function outOfRange(field: string, value: unknown, limit: string): MycroftError {
  const isPlain = typeof value === "number" || typeof value === "string";
  const shown = isPlain ? value : `a value of type ${typeof value}`;
  return new MycroftError("INPUT_INVALID", `${field} is ${shown}; it must be ${limit}.`, {
    details: { field, value: shown, limit },
  });
}
