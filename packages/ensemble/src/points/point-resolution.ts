/** A resolution of point forecasts: one number with all that explains it. Plain JSON, as `Resolution` is. */
import type { AbstainedAgent } from "../conflict/missing-views.ts";
import type { Side } from "../lean.ts";
import type { AgentWeight, Resolution, Stance } from "../resolution.ts";
import type { PointConflict } from "./point-conflict.ts";

export type PointResolution = PointBasis &
  (
    | {
        readonly status: "resolved";
        readonly value: number;
        /** On which side of the reference the value lies. */
        readonly side: Side;
      }
    /** Fewer points than the quorum: there is no value, and none is made up. */
    | { readonly status: "noQuorum"; readonly value: null; readonly side: null }
  );

type PointBasis = Pick<Resolution, "subject" | "asOf" | "horizonDays" | "policy" | "quorum"> & {
  readonly unit: string | null;
  /** What each agent said, in order of name, as are all lists of agents here but `dissent`. */
  readonly opinions: readonly StatedPoint[];
  readonly abstentions: readonly AbstainedAgent[];
  readonly conflict: PointConflict;
  /** Empty without a quorum, as are `contributions` and `dissent`. */
  readonly weights: readonly AgentWeight[];
  /** What each agent adds to the value. Added in this order they are the value, exactly. */
  readonly contributions: readonly PointContribution[];
  /** The agents by distance from the value, the furthest first. */
  readonly dissent: readonly PointDissent[];
};

export type StatedPoint = {
  readonly agent: string;
  readonly version: string;
  readonly value: number;
  readonly rationale: string;
  readonly confidence: number | null;
  readonly dataAsOf: string | null;
};

export type PointContribution = { readonly agent: string; readonly amount: number };

export type PointDissent = {
  readonly agent: string;
  /** In the points' unit, never negative. */
  readonly distance: number;
  readonly side: Side;
  /** How its side of the reference relates to the value's; neutral when one of the two is exactly at it. */
  readonly stance: Stance;
};
