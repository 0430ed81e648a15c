/** What a scheduler tells of its work, for a log or a screen. */
import type { MycroftError } from "@mycroft/errors";

/** Moments are ISO 8601 in UTC. */
export type SchedulerNotice = { readonly schedule: string } & (
  | { readonly kind: "started"; readonly scheduledAt: string; readonly runId: string }
  /** Firings that lead to no run: they were missed, or an earlier run was under way. */
  | {
      readonly kind: "skipped";
      readonly reason: "missed" | "overlapping";
      /** At most 100,000 are counted. */
      readonly count: number;
      /** The newest firing that came due together with them. */
      readonly until: string;
    }
  /** A firing whose run cannot be started, now or later. */
  | { readonly kind: "failed"; readonly scheduledAt: string; readonly error: MycroftError }
  /** Nothing fires before `place`, which the clock is more than a day away from: was it wrong then, or is it now? */
  | { readonly kind: "ahead"; readonly place: string }
);
