/** How attempts are dispatched, and the limits of what may be set (P7). */
import { MycroftError } from "@mycroft/errors";
import type { RateLimit } from "./rate-limiter.ts";

export interface PoolSettings {
  /** How many of the pool's attempts are under way at once: 1 to 100,000. */
  readonly slots: number;
}

export interface DispatchSettings {
  /** By name. The pool `default` is always there; unless it is given here, only its workers' concurrency bounds it. */
  readonly pools?: Readonly<Record<string, PoolSettings>>;
  /** By the agents' names. */
  readonly rateLimits?: Readonly<Record<string, RateLimit>>;
  /** What one step of priority is worth in waiting: 60,000 ms unless given. */
  readonly ageingMs?: number;
  /** How long a worker may be silent before it loses its leases: 15,000 ms unless given. */
  readonly leaseMs?: number;
  /** How long a message may go unclaimed before it is compared with the queue's depth: 60,000 ms unless given. */
  readonly redeliverAfterMs?: number;
}

const dayMs = 86_400_000;

/** @throws {MycroftError} INPUT_INVALID, naming the field, the value and the limits. */
export function readDispatchSettings(given: DispatchSettings): Required<DispatchSettings> {
  const settings = {
    pools: {},
    rateLimits: {},
    ageingMs: 60_000,
    leaseMs: 15_000,
    redeliverAfterMs: 60_000,
    ...given,
  };
  for (const [name, { slots }] of Object.entries(settings.pools)) {
    assertWithin(`pools.${name}.slots`, slots, 1, 100_000);
  }
  for (const [agent, { calls, perMs }] of Object.entries(settings.rateLimits)) {
    assertWithin(`rateLimits.${agent}.calls`, calls, 1, 1_000_000);
    assertWithin(`rateLimits.${agent}.perMs`, perMs, 1, 30 * dayMs);
  }
  assertWithin("ageingMs", settings.ageingMs, 1, dayMs);
  assertWithin("leaseMs", settings.leaseMs, 100, dayMs);
  assertWithin("redeliverAfterMs", settings.redeliverAfterMs, 100, dayMs);
  return settings;
}

function assertWithin(field: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new MycroftError(
    "INPUT_INVALID",
    `${field} is a whole number from ${least} to ${most}, not ${value}.`,
    {
      details: { field, value, least, most },
    },
  );
}
