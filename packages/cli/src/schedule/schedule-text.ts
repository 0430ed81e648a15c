/** Schedules and backfills in words. */

import { counted, ownTimeZone, zonedTimeText } from "@mycroft/record/text";
import type { BackfillProgress, ScheduleStatus } from "@mycroft/runtime";

/** `2026-11-23 22:30 Europe/Berlin (16:30 America/New_York)`: the user's zone, and the schedule's where it is another. */
export function momentInZones(at: string, timeZone: string, own: string = ownTimeZone()): string {
  const ms = Date.parse(at);
  const here = zonedTimeText(ms, own);
  return own === timeZone ? here : `${here} (${zonedTimeText(ms, timeZone)})`;
}

/** When it fires next, or why it does not. */
export function nextText({ nextFiring, paused, timeZone, failure }: ScheduleStatus): string {
  const next = nextFiring === null ? "never fires again" : momentInZones(nextFiring, timeZone);
  if (paused)
    return nextFiring === null ? "paused, and never fires again" : `paused; it would fire at ${next}`;
  return failure === null ? next : `${next}; trying again after ${failure}`;
}

/** `12 of 60 runs: 10 succeeded, 1 failed, 1 under way`. */
export function backfillText(progress: BackfillProgress): string {
  const { planned, succeeded, failed, cancelled, underWay } = progress;
  const counts = [
    [succeeded, "succeeded"],
    [failed, "failed"],
    [cancelled, "cancelled"],
    [underWay, "under way"],
  ] as const;
  const parts = counts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  const done = succeeded + failed + cancelled;
  return `${done} of ${counted(planned, "run")} done${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}
