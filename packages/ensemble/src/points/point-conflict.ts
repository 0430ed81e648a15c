/**
 * Conflict among point forecasts: how far they spread and who is on which side of a reference. As with distributions it is
 * measured with equal weights, so that it says something about the agents and nothing about the policy.
 */
import {
  type AgentSide,
  type AnalyticalConflict,
  findAnalyticalConflict,
  otherSideShareOf,
} from "../conflict/analytical-conflict.ts";
import { type FactualConflict, findFactualConflicts, sharedFactsOf } from "../conflict/factual-conflict.ts";
import { type FreshnessConflict, findFreshnessConflict } from "../conflict/freshness-conflict.ts";
import { findMissingViews, type MissingViews } from "../conflict/missing-views.ts";
import { sumInOrder } from "../distribution.ts";
import type { Side } from "../lean.ts";
import type { PointPanel } from "./point-panel.ts";

/** All in the points' unit; 0 when there are fewer than two points. */
export type PointConflict = {
  /** The root of the mean squared distance from the mean (over n, not n - 1: these are all agents, not a sample). */
  readonly standardDeviation: number;
  /** The largest point less the smallest. */
  readonly range: number;
  /** The median distance from the median, unscaled: one agent that is far off does not move it. */
  readonly medianAbsoluteDeviation: number;
  /** What the sides are sides of. */
  readonly reference: number;
  /** The share of the points on the smaller of the two sides: 0 (none) to 0.5 (split evenly). */
  readonly otherSideShare: number;
  /** Where each agent stands, in order of name: `middle` is exactly at the reference. */
  readonly sides: readonly AgentSide[];
  readonly findings: readonly PointFinding[];
};

export type PointFinding = AnalyticalConflict | FactualConflict | FreshnessConflict | MissingViews;

/** The conflict within a panel that was checked. */
export function pointConflictWithin(panel: PointPanel, quorum: number, reference: number): PointConflict {
  const { opinions } = panel;
  const values = opinions.map(({ value }) => value);
  const sides = opinions.map(({ agent, value }) => ({ agent, side: sideOf(value, reference) }));
  const facts = sharedFactsOf(opinions);
  return {
    standardDeviation: standardDeviationOf(values),
    range: values.length === 0 ? 0 : Math.max(...values) - Math.min(...values),
    medianAbsoluteDeviation: medianAbsoluteDeviationOf(values),
    reference,
    otherSideShare: otherSideShareOf(sides),
    sides,
    findings: [
      // A spread has no scale of its own on which it would be notable, so only opposite sides are a finding.
      ...findAnalyticalConflict(sides, 0, facts),
      ...findFactualConflicts(facts),
      ...findFreshnessConflict(opinions),
      ...findMissingViews(panel, quorum),
    ],
  };
}

export function sideOf(value: number, reference: number): Side {
  if (value === reference) return "middle";
  return value < reference ? "lower" : "upper";
}

function standardDeviationOf(values: readonly number[]): number {
  const [origin = 0] = values;
  // Measured from the first point, equal points have a deviation of exactly 0.
  const distances = values.map((value) => value - origin);
  const count = Math.max(1, values.length);
  const mean = sumInOrder(distances) / count;
  const squares = distances.map((distance) => (distance - mean) * (distance - mean));
  return Math.sqrt(sumInOrder(squares) / count);
}

function medianAbsoluteDeviationOf(values: readonly number[]): number {
  const middle = medianOf(values);
  return medianOf(values.map((value) => Math.abs(value - middle)));
}

function medianOf(values: readonly number[]): number {
  const inOrder = values.toSorted((a, b) => a - b);
  const upper = inOrder[Math.floor(inOrder.length / 2)] ?? 0;
  const lower = inOrder[Math.ceil(inOrder.length / 2) - 1] ?? 0;
  return lower / 2 + upper / 2;
}
