/**
 * Conflict: how far the opinions on one subject disagree, in which kind, and who is on which side. It is measured with
 * equal weights, so that it says something about the agents and nothing about the policy that resolves it.
 */
import { sumInOrder } from "../distribution.ts";
import { distanceBetween, divergenceAmong, entropyOf, uniformWeights } from "../divergence.ts";
import { placeOf, readNumber } from "../json-reader.ts";
import { leanOf } from "../lean.ts";
import { ensembleLimits } from "../limits.ts";
import type { Opinion, View } from "../opinion.ts";
import { type Panel, readPanel } from "../panel.ts";
import { log } from "../portable-math/log.ts";
import {
  type AgentLean,
  type AnalyticalConflict,
  findAnalyticalConflict,
  otherSideShareOf,
} from "./analytical-conflict.ts";
import { type ConflictMass, conflictMassOf } from "./conflict-mass.ts";
import { type FactualConflict, findFactualConflicts, sharedFactsOf } from "./factual-conflict.ts";
import { type FreshnessConflict, findFreshnessConflict } from "./freshness-conflict.ts";
import { findMissingViews, type MissingViews } from "./missing-views.ts";

export type ConflictFinding = AnalyticalConflict | FactualConflict | FreshnessConflict | MissingViews;

/** The measures are 0 when there are fewer than two opinions: nobody is there to disagree. */
export type Conflict = {
  /** Generalized Jensen-Shannon divergence of the opinions, 0 (equal) to 1; see `jensenShannonDivergence`. */
  readonly divergence: number;
  /**
   * Entropies divided by ln K, 0 (certain) to 1 (uniform): of the equal-weight pool, and the mean over the opinions. Their
   * difference is the divergence: what the agents disagree about, beyond the doubt that each has. Null without opinions.
   */
  readonly entropy: { readonly pool: number; readonly mean: number } | null;
  /** The share of the opinions on the smaller of the two sides: 0 (none) to 0.5 (split evenly). */
  readonly otherSideShare: number;
  /** As evidence theory counts it; see `conflictMassOf`. Null without opinions. */
  readonly mass: ConflictMass | null;
  /** Which way each opinion leans, in order of the agents' names. */
  readonly leans: readonly AgentLean[];
  /** Null above 200 opinions. */
  readonly pairwise: PairwiseDisagreement | null;
  readonly findings: readonly ConflictFinding[];
};

/** `distances[i][j]` is the Jensen-Shannon distance of agents i and j, 0 to 1; see `jensenShannonDistance`. */
export type PairwiseDisagreement = {
  readonly agents: readonly string[];
  readonly distances: readonly (readonly number[])[];
};

/**
 * Measures the conflict among views on one subject, in any order. `quorum` (1 unless given) is how many opinions are
 * needed.
 * @throws {MycroftError} OPINION_INVALID, OPINION_DIMENSION, LOOK_AHEAD, LIMIT_EXCEEDED or INPUT_INVALID for a bad
 *   view or quorum, or views that are not on one subject, day and horizon.
 */
export function measureConflict(
  views: readonly View[],
  options: { readonly quorum?: number } = {},
): Conflict {
  const panel = readPanel(views, placeOf("views"), {});
  return conflictWithin(panel, readQuorum(options.quorum ?? 1));
}

export function readQuorum(value: unknown): number {
  return readNumber(value, placeOf("quorum"), { min: 1, max: ensembleLimits.views, integer: true });
}

/** `measureConflict` of what has been checked already. */
export function conflictWithin(panel: Panel, quorum: number): Conflict {
  const { opinions } = panel;
  const rows = opinions.map((opinion) => opinion.probabilities);
  const divergence = divergenceAmong(rows, uniformWeights(rows.length));
  const leans = opinions.map(({ agent, probabilities }) => ({ agent, ...leanOf(probabilities) }));
  const facts = sharedFactsOf(opinions);
  return {
    divergence,
    entropy: entropiesOf(rows),
    otherSideShare: otherSideShareOf(leans),
    mass: conflictMassOf(rows),
    leans,
    pairwise: pairwiseOf(opinions),
    findings: [
      ...findAnalyticalConflict(leans, divergence, facts),
      ...findFactualConflicts(facts),
      ...findFreshnessConflict(opinions),
      ...findMissingViews(panel, quorum),
    ],
  };
}

function entropiesOf(rows: readonly (readonly number[])[]): Conflict["entropy"] {
  const first = rows[0];
  if (first === undefined) return null;
  const pool = first.map((_, outcome) => sumInOrder(rows.map((row) => row[outcome] ?? 0)) / rows.length);
  const mean = sumInOrder(rows.map(entropyOf)) / rows.length;
  const most = log(first.length);
  return { pool: Math.min(1, entropyOf(pool) / most), mean: Math.min(1, mean / most) };
}

function pairwiseOf(opinions: readonly Opinion[]): PairwiseDisagreement | null {
  if (opinions.length > ensembleLimits.pairwiseAgents) return null;
  const distances: number[][] = [];
  for (const [row, { probabilities }] of opinions.entries()) {
    // The lower half is computed and mirrored: the distance is symmetric, bit for bit.
    const before = opinions.slice(0, row).map((other) => distanceBetween(probabilities, other.probabilities));
    distances.push([...before, 0]);
    for (const [column, distance] of before.entries()) distances[column]?.push(distance);
  }
  return { agents: opinions.map(({ agent }) => agent), distances };
}
