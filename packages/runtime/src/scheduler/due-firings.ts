/**
 * Which of the firings that have come due are dealt with, by the catch-up rule. A firing was missed when it fell due before
 * anybody watched (the process was down, the schedule was paused), or was left lying for two minutes (the clock was set
 * forward, the machine slept, the store was full).
 */
import type { FiringTimes } from "./firing-times.ts";
import type { CatchUp, Firing } from "./schedule-definition.ts";

export const firingLimits = {
  /** How many firings are caught up or wait at most; of more, the oldest are skipped. */
  waiting: 1_000,
  /** How many skipped firings are counted at most. */
  counted: 100_000,
} as const;

/** A timer may be a minute late after the machine slept, so this is more. */
const lateAfterMs = 120_000;

export interface DueFirings {
  /** Oldest first. */
  readonly wanted: readonly Firing[];
  readonly skipped: number;
  /** The newest firing of all: what has come due up to it is in here. */
  readonly newest: Firing;
}

export interface DueRange {
  /** The last firing that has been dealt with. */
  readonly place: number;
  readonly now: number;
  /** Since when firings are watched for. */
  readonly since: number;
  readonly catchUp: CatchUp;
}

/** Null when nothing has come due. */
export function dueFirings(times: FiringTimes, { place, now, since, catchUp }: DueRange): DueFirings | null {
  const wanted: Firing[] = [];
  let newest: Firing | null = null;
  let skipped = 0;
  for (const firing of times.backwards(place, now)) {
    newest ??= firing;
    const isOnTime = firing.at > since && firing.at >= now - lateAfterMs;
    const isWanted = isOnTime || catchUp === "all" || (catchUp === "latest" && firing === newest);
    if (isWanted && wanted.length < firingLimits.waiting) wanted.push(firing);
    else skipped += 1;
    if (skipped === firingLimits.counted) break;
  }
  return newest === null ? null : { wanted: wanted.reverse(), skipped, newest };
}
