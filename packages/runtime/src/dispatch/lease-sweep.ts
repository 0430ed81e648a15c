/**
 * Finds the leases whose holder is gone: workers that are silent, and messages that the queue has lost (P4). It counts time
 * in sweeps, so that taking and renewing a lease reads no clock, and a process that stood still, whose own sweeps are then
 * as late as its workers, takes nobody's lease for that. There are no sweeps while no lease is held.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Dispatched, Pool } from "./pool.ts";

export interface LeaseSweepOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly redeliverAfterMs: number;
  readonly pools: () => Iterable<Pool>;
  /** How many messages of a pool wait in the queue. */
  readonly depth: (pool: string) => Promise<number>;
  /** Called when a lease is to be published again. */
  readonly onLost: (lease: Dispatched) => void;
  /** Called when a message has not been claimed for a whole sweep. */
  readonly onSlow: (lease: Dispatched) => void;
  /** Called when a sweep, or a part of it that waited for the queue, has told of all that it found. */
  readonly onDone: () => void;
  readonly onError: (error: MycroftError) => void;
}

/** A lease is lost at the sweep that finds more than this many between itself and the lease's last renewal. */
const sweepsPerLease = 3;
/** How much longer than `redeliverAfterMs`, as a power of two, a message goes unclaimed before no depth counts. */
const patience = 3;
const mostDoublings = 10;

export class LeaseSweep {
  readonly #options: LeaseSweepOptions;
  readonly #sweepMs: number;
  readonly #sweepsUntilOverdue: number;
  readonly #askedForDepth = new Set<Pool>();
  #timer: Timer | null = null;
  #isStopped = false;
  #now = 0;

  constructor(options: LeaseSweepOptions) {
    this.#options = options;
    this.#sweepMs = options.leaseMs / sweepsPerLease;
    this.#sweepsUntilOverdue = Math.ceil(options.redeliverAfterMs / this.#sweepMs);
  }

  /** How many sweeps there were: leases are dated by it. */
  get now(): number {
    return this.#now;
  }

  /** To be called when a lease is taken. */
  wake(): void {
    if (this.#timer !== null || this.#isStopped) return;
    this.#timer = this.#options.clock.setDelay(this.#sweepMs, () => {
      this.#timer = null;
      this.#sweep();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #sweep(): void {
    this.#now += 1;
    let held = 0;
    for (const pool of this.#options.pools()) {
      let isAnyOverdue = false;
      for (const lease of pool.leases) isAnyOverdue = this.#look(lease) || isAnyOverdue;
      if (isAnyOverdue) this.#askForDepth(pool);
      held += pool.leases.length;
    }
    if (held > 0) this.wake();
    this.#options.onDone();
  }

  /** True when the lease's message is overdue, and may have been lost. */
  #look(lease: Dispatched): boolean {
    const age = this.#now - lease.sweep;
    if (lease.worker !== null) {
      if (age > sweepsPerLease) this.#options.onLost(lease);
      return false;
    }
    if (age > 1) this.#options.onSlow(lease);
    if (age <= this.#sweepsUntilOverdue) return false;
    const doublings = patience + Math.min(lease.redeliveries, mostDoublings);
    if (age > this.#sweepsUntilOverdue * 2 ** doublings) this.#redeliver(lease);
    return true;
  }

  #askForDepth(pool: Pool): void {
    if (this.#askedForDepth.has(pool)) return;
    this.#askedForDepth.add(pool);
    this.#options
      .depth(pool.name)
      .then((depth) => this.#compare(pool, depth))
      .catch((thrown: unknown) => this.#options.onError(asMycroftError(thrown)))
      .finally(() => this.#askedForDepth.delete(pool));
  }

  /** As many overdue messages as the queue seems to have lost are redelivered, the oldest first. */
  #compare(pool: Pool, depth: number): void {
    if (this.#isStopped) return;
    const unclaimed = pool.leases.filter((lease) => lease.worker === null);
    const lost = unclaimed.length - depth;
    if (lost <= 0) return;
    const overdue = unclaimed.filter((lease) => this.#now - lease.sweep > this.#sweepsUntilOverdue);
    overdue.sort((left, right) => left.sweep - right.sweep || left.number - right.number);
    for (const lease of overdue.slice(0, lost)) this.#redeliver(lease);
    this.#options.onDone();
  }

  #redeliver(lease: Dispatched): void {
    lease.redeliveries += 1;
    this.#options.onLost(lease);
  }
}
