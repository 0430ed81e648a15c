/** Resolves point forecasts of one subject into one number, by a policy; the counterpart of `resolve`, with its rules. */
import { MycroftError } from "@mycroft/errors";
import { abstainedAgents } from "../conflict/missing-views.ts";
import { sumInOrder } from "../distribution.ts";
import { placeOf, readStrictObject, readText } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import { compareText } from "../panel.ts";
import type { ConfiguredPolicy, Part, Policy } from "../policy.ts";
import { stanceOf } from "../resolution.ts";
import { type CheckedAsking, type ResolveRequest, readAsking } from "../resolve-request.ts";
import { pointConflictWithin, sideOf } from "./point-conflict.ts";
import { type PointOpinion, type PointView, readPointValue } from "./point-opinion.ts";
import { type PointPanel, readPointPanel } from "./point-panel.ts";
import type { PointDissent, PointResolution, StatedPoint } from "./point-resolution.ts";

export interface ResolvePointsRequest extends Omit<ResolveRequest, "outcomes" | "views" | "guardrails"> {
  /** What the points are in; the first point's unless stated. */
  readonly unit?: string | undefined;
  /** What the sides are sides of, from -1e15 to 1e15: 0 unless stated, and for prices perhaps the last one. */
  readonly reference?: number | undefined;
  /** At most one per agent, in any order. */
  readonly views: readonly PointView[];
}

interface CheckedPoints extends CheckedAsking {
  readonly panel: PointPanel;
  readonly reference: number;
}

const requestFields = [
  "subject",
  "asOf",
  "horizonDays",
  "unit",
  "reference",
  "quorum",
  "views",
  "record",
  "settings",
] as const;

/**
 * @param policy one that can combine numbers: all weighted means, `median` and `trimmed-mean`.
 * @param request a `ResolvePointsRequest`, as it comes: it is checked whole.
 * @throws {MycroftError} POLICY_INVALID when the policy cannot combine numbers, or its settings are out of range;
 *   LOOK_AHEAD, LIMIT_EXCEEDED or INPUT_INVALID, naming the agent, the field, the value and the limit; INTERNAL when the
 *   policy breaks its contract.
 */
export function resolvePoints(policy: Policy, request: unknown): PointResolution {
  const { question, quorum, known, settings, panel, reference } = readPointsRequest(request);
  const configured = policy.configure(settings);
  const combinePoints = combinationOf(policy, configured);
  const { opinions, abstentions } = panel;
  const { subject, asOf, horizonDays } = question;
  const basis = {
    subject,
    asOf,
    horizonDays,
    policy: { name: policy.name, version: policy.version, settings: configured.settings },
    unit: panel.unit,
    quorum: { needed: quorum, opinions: opinions.length, asked: opinions.length + abstentions.length },
    opinions: opinions.map(statedPoint),
    abstentions: abstainedAgents(panel),
    conflict: pointConflictWithin(panel, quorum, reference),
  };
  if (opinions.length < quorum) {
    const nothing = { weights: [], contributions: [], dissent: [] };
    return { ...basis, ...nothing, status: "noQuorum", value: null, side: null };
  }
  const parts = combinePoints({ opinions, ...known });
  const value = checkedSum(policy, parts, opinions.length);
  const named = parts.map((part, index) => ({ ...part, agent: opinions[index]?.agent ?? "" }));
  return {
    ...basis,
    status: "resolved",
    value,
    side: sideOf(value, reference),
    weights: named.map(({ agent, weight, reason }) => ({ agent, weight, reason })),
    contributions: named.map(({ agent, amounts }) => ({ agent, amount: (amounts[0] ?? 0) + 0 })),
    dissent: dissentOf(opinions, value, reference),
  };
}

function readPointsRequest(value: unknown): CheckedPoints {
  const fields = readStrictObject(value, placeOf("request"), requestFields);
  const asking = readAsking(fields);
  const unit = fields.unit ?? undefined;
  return {
    ...asking,
    panel: readPointPanel(fields.views, placeOf("views"), {
      question: asking.question,
      unit: unit === undefined ? undefined : readText(unit, placeOf("unit"), ensembleLimits.unitLength),
    }),
    reference: readPointValue(fields.reference ?? 0, placeOf("reference")),
  };
}

function combinationOf(
  policy: Policy,
  { combinePoints }: ConfiguredPolicy,
): NonNullable<ConfiguredPolicy["combinePoints"]> {
  if (combinePoints !== undefined) return combinePoints;
  throw new MycroftError(
    "POLICY_INVALID",
    `The policy ${policy.name} combines probabilities and cannot combine numbers; use a weighted mean such as linear-pool, or median or trimmed-mean.`,
    { details: { policy: policy.name } },
  );
}

function statedPoint(opinion: PointOpinion): StatedPoint {
  const { agent, version, value, rationale, confidence, dataAsOf } = opinion;
  return { agent, version, value, rationale, confidence: confidence ?? null, dataAsOf: dataAsOf ?? null };
}

/** Policies may come from outside this package; none may put something into a decision that is not a number. */
function checkedSum(policy: Policy, parts: readonly Part[], expected: number): number {
  // Adding 0 turns -0, which JSON cannot tell from 0, into 0.
  const value = sumInOrder(parts.map(({ amounts }) => amounts[0] ?? Number.NaN)) + 0;
  const weights = parts.map(({ weight }) => weight);
  const areShares =
    weights.every((weight) => weight >= 0) &&
    Math.abs(sumInOrder(weights) - 1) <= ensembleLimits.probabilitySumTolerance;
  if (parts.length === expected && Number.isFinite(value) && areShares) return value;
  throw new MycroftError(
    "INTERNAL",
    `The policy ${policy.name} ${policy.version} did not give one part for each of ${expected} points, or its weights are not shares, or its result is not a number.`,
    { details: { policy: policy.name, version: policy.version, weights } },
  );
}

function dissentOf(
  opinions: readonly PointOpinion[],
  value: number,
  reference: number,
): readonly PointDissent[] {
  const resultSide = sideOf(value, reference);
  const dissent = opinions.map((opinion) => {
    const side = sideOf(opinion.value, reference);
    const distance = Math.abs(opinion.value - value);
    return { agent: opinion.agent, distance, side, stance: stanceOf(side, resultSide) };
  });
  return dissent.toSorted((a, b) => b.distance - a.distance || compareText(a.agent, b.agent));
}
