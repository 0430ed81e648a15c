/** What is offered to workers of an attempt that is to start. */
import { defaultPool, type StartAttempt } from "@mycroft/engine";
import { attemptRequest } from "../attempt-request.ts";
import type { DispatchSettings } from "../dispatch/dispatch-settings.ts";
import type { LiveRun } from "../live-run.ts";
import type { AttemptOffer } from "../ports/shared-store.ts";

export type OfferSettings = Required<Pick<DispatchSettings, "ageingMs" | "rateLimits">>;

/** Ten seconds of waiting are one rank: fine enough to be fair, coarse enough that a queue's range of ranks lasts for months. */
const rankMs = 10_000;

/**
 * First in line is who has waited longest, with `ageingMs` added for each step of priority. As everybody ages alike, that order
 * never changes, so a rank that is worked out once serves for all of an attempt's life.
 * @param readyAt when its task became ready, in milliseconds since the epoch.
 */
export function attemptOffer(
  { header }: LiveRun,
  command: StartAttempt,
  readyAt: number,
  { ageingMs, rateLimits }: OfferSettings,
): AttemptOffer {
  const { task, attempt, target, pool = defaultPool, priority = 0 } = command;
  const rank = Math.floor((priority * ageingMs - readyAt) / rankMs);
  return {
    message: { runId: header.runId, task, attempt, pool, priority: rank },
    request: attemptRequest(header, command),
    rateLimit: (target.kind === "agent" ? rateLimits[target.name] : undefined) ?? null,
  };
}
