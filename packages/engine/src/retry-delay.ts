/**
 * How long to wait before a retry (E3). The jitter comes from a hash, so that a replay gives the same delay. Recorded
 * runs hold timers that were due by this computation: it belongs to the plan's format and does not change.
 */
import type { RetryPolicy } from "./workflow-definition.ts";

/**
 * @param attempt the number of the attempt that failed, from 1.
 * @returns milliseconds, rounded to whole ones: more than `(1 - jitter)` of the backoff, at most the backoff.
 */
export function retryDelayMs(policy: RetryPolicy, runId: string, task: string, attempt: number): number {
  const share = hashToUnit(`${runId}\n${task}\n${attempt}`);
  return Math.round(backoffMs(policy, attempt) * (1 - policy.jitter * share));
}

/** By multiplication, which IEEE 754 defines to the last bit; the result of `**` may differ between engines. */
function backoffMs({ initialDelayMs, factor, maxDelayMs }: RetryPolicy, attempt: number): number {
  let delayMs = initialDelayMs;
  for (let failed = 1; failed < attempt && delayMs < maxDelayMs; failed += 1) delayMs *= factor;
  return Math.min(delayMs, maxDelayMs);
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
