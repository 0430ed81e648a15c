/**
 * Spaces the calls of one agent evenly: the generic cell rate algorithm (ITU-T I.371) without tolerance. Any
 * `calls + 1` calls in a row lie at least `perMs` apart, so no window of that length holds more than `calls`. It begins
 * closed for one interval: the call before a restart lies in the past, so the bound holds across restarts, though nothing
 * of it is stored.
 */
export interface RateLimit {
  /** 1 to 1,000,000. */
  readonly calls: number;
  /** In any window of this length, in milliseconds; its end does not belong to it. 1 to 2,592,000,000 (30 days). */
  readonly perMs: number;
}

export class RateLimiter {
  /** Whole microseconds, so that adding them up is exact, and rounded up, so that the bound is. */
  readonly #intervalUs: number;
  #opensAtUs: number;
  #reservedFor: object | null = null;

  /** @param elapsedMs by the clock's `elapsed`, as everywhere here. */
  constructor({ calls, perMs }: RateLimit, elapsedMs: number) {
    this.#intervalUs = Math.ceil((perMs * 1_000) / calls);
    this.#opensAtUs = Math.ceil(elapsedMs * 1_000) + this.#intervalUs;
  }

  /** Makes a call, when one may be made now. */
  take(elapsedMs: number): boolean {
    if (Math.floor(elapsedMs * 1_000) < this.#opensAtUs) return false;
    this.#opensAtUs = Math.ceil(elapsedMs * 1_000) + this.#intervalUs;
    return true;
  }

  /** How long it is until a call may be made; 0 when one may be made now. */
  opensInMs(elapsedMs: number): number {
    return Math.max(0, (this.#opensAtUs - Math.floor(elapsedMs * 1_000)) / 1_000);
  }

  /** Whether a call may be made now, and nobody is on the way to make it. */
  isFree(elapsedMs: number): boolean {
    return this.#reservedFor === null && this.opensInMs(elapsedMs) === 0;
  }

  /** Keeps the next call for `caller`, who is on the way to make it. */
  reserve(caller: object): void {
    this.#reservedFor = caller;
  }

  /** The caller has come, or is not to be waited for any longer. */
  unreserve(caller: object): void {
    if (this.#reservedFor === caller) this.#reservedFor = null;
  }
}
