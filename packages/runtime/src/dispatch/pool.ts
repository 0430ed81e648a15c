/**
 * A pool: its slots, and the attempts that wait for one. A slot in use is a lease that lives, an entry of `leases` and
 * nothing else: there is no counter that could disagree with it. Attempts whose agent is limited in its rate wait in lines
 * of their own, so that they hold up nobody else while their agent may not be called.
 */
import type { TaskMessage } from "../ports/queue.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { isBefore, type Waiting, WaitingLine } from "./waiting-line.ts";

/** An attempt on its way: in a line of its pool, or holding a lease on one of its slots. */
export interface Dispatched extends Waiting {
  readonly message: TaskMessage;
  readonly pool: Pool;
  /** What paces the calls of its agent; null when nothing does. */
  readonly limiter: RateLimiter | null;
  /** Where it stands among its pool's leases; -1 while it holds none. Only the pool writes it. */
  lease: number;
  /** The worker that holds its lease; null while the queue does. */
  worker: string | null;
  /** The number of the sweep after which the lease was taken or last renewed. */
  sweep: number;
  /** How often it was published again because nobody had claimed it. */
  redeliveries: number;
}

type Line = WaitingLine<Dispatched>;

export class Pool {
  readonly name: string;
  /** Infinity when only the workers' own concurrency bounds it; 0 when nobody declared it. */
  readonly slots: number;
  /** In no order. A list, since a set costs as much as all the rest of an attempt without limits. */
  readonly #leases: Dispatched[] = [];
  readonly #line: Line = new WaitingLine();
  /** None is empty. */
  readonly #limitedLines = new Map<RateLimiter, Line>();

  constructor(name: string, slots: number) {
    this.name = name;
    this.slots = slots;
  }

  get isDeclared(): boolean {
    return this.slots > 0;
  }

  get waiting(): number {
    let waiting = this.#line.length;
    for (const line of this.#limitedLines.values()) waiting += line.length;
    return waiting;
  }

  get leases(): readonly Dispatched[] {
    return this.#leases;
  }

  get hasFreeSlot(): boolean {
    return this.#leases.length < this.slots;
  }

  lease(attempt: Dispatched): void {
    attempt.lease = this.#leases.length;
    this.#leases.push(attempt);
  }

  /** Ends a lease that the attempt holds. */
  endLease(attempt: Dispatched): void {
    const last = this.#leases.pop();
    // The last one takes its place.
    if (last !== undefined && last !== attempt) {
      this.#leases[attempt.lease] = last;
      last.lease = attempt.lease;
    }
    attempt.lease = -1;
  }

  queueUp(attempt: Dispatched): void {
    const { limiter } = attempt;
    if (limiter === null) {
      this.#line.push(attempt);
      return;
    }
    let line = this.#limitedLines.get(limiter);
    if (line === undefined) {
      line = new WaitingLine();
      this.#limitedLines.set(limiter, line);
    }
    line.push(attempt);
  }

  /** Takes an attempt that waits here out of its line. */
  remove(attempt: Dispatched): void {
    const { limiter } = attempt;
    if (limiter === null) {
      this.#line.remove(attempt);
      return;
    }
    const line = this.#limitedLines.get(limiter);
    line?.remove(attempt);
    if (line?.length === 0) this.#limitedLines.delete(limiter);
  }

  /** Takes the first of those that may start now out of its line. */
  takeNext(elapsed: () => number): Dispatched | undefined {
    if (this.#limitedLines.size === 0) return this.#line.shift();
    const elapsedMs = elapsed();
    let next = this.#line.first;
    for (const [limiter, { first }] of this.#limitedLines) {
      if (first === undefined || !limiter.isFree(elapsedMs)) continue;
      if (next === undefined || isBefore(first, next)) next = first;
    }
    if (next !== undefined) this.remove(next);
    return next;
  }

  /** The first of those that wait for this agent. */
  firstOf(limiter: RateLimiter): Dispatched | undefined {
    return this.#limitedLines.get(limiter)?.first;
  }
}
