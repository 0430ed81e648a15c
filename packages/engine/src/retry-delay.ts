/** How long to wait before a retry (E3). The jitter comes from a hash, so that a replay gives the same delay. */
import type { RetryPolicy } from "./workflow-definition.ts";

/**
 * @param attempt the number of the attempt that failed, from 1.
 * @returns whole milliseconds, between `(1 - jitter)` of the backoff and the backoff.
 */
export function retryDelayMs(policy: RetryPolicy, runId: string, task: string, attempt: number): number {
  const backoffMs = Math.min(policy.maxDelayMs, policy.initialDelayMs * policy.factor ** (attempt - 1));
  const share = hashToUnit(`${runId}\n${task}\n${attempt}`);
  return Math.round(backoffMs * (1 - policy.jitter * share));
}

/**
 * A number in [0, 1) that depends on every character: FNV-1a (Fowler, Noll, Vo), then the 32-bit finalizer of
 * MurmurHash3 (Appleby), since FNV alone leaves the high bits of short texts alike.
 */
function hashToUnit(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
