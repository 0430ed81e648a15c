/**
 * Decides when an attempt goes to the queue, and knows who has it in hand. It holds nothing that is not in the store: a
 * process that takes over submits what is outstanding, and so has all of it again (E12).
 *
 * An attempt that is submitted takes a slot of its pool, or waits for one in the pool's line. A slot is a lease. The queue
 * holds it first; the worker that claims the attempt takes it over; it ends when the attempt is released (settled,
 * cancelled, under a newer token). Slots in use are the leases that live, so none can leak: releasing twice, claiming what
 * was released, a message that comes twice or never change nothing of their number.
 *
 * First in line is who has waited longest, with `ageingMs` added for each step of priority. As everybody ages alike, that
 * order never changes, and whoever waits is behind a finite number of others: nobody starves. An attempt's age counts
 * from when it became ready; once it is here, the machine's clock may be set without changing it.
 *
 * An agent's rate limit is held where its call begins, at the claim. Of a limited agent's attempts one at a time goes to the
 * queue; a claim that comes too soon all the same (after a backlog, or from a message that was sent again) is refused, and
 * its attempt is back in line without a slot.
 *
 * Leases are timed by sweeps, each `leaseMs / 3` after the one before (see `lease-sweep.ts`), which cost as much as there is
 * in flight; an attempt has no timer of its own. The bounds:
 * - A worker that has not renewed a lease for `leaseMs` loses it within `leaseMs / 3` more, and the attempt is published
 *   again, under the same token (E10).
 * - A publication that the queue refused is published again within `leaseMs / 3`.
 * - A message that was lost is published again within `redeliverAfterMs + leaseMs / 3`, when the queue holds fewer messages
 *   than are unclaimed (P4). Should the queue's depth hide the loss (by messages that came twice, say), it is published
 *   again after 8 times `redeliverAfterMs` whatever the depth, and then after twice as long each time.
 */
import { defaultPool, type StartAttempt } from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "../ports/clock.ts";
import type { TaskMessage, TaskQueue } from "../ports/queue.ts";
import { AttemptIndex } from "./attempt-index.ts";
import type { Dispatch } from "./dispatch.ts";
import { type DispatchSettings, readDispatchSettings } from "./dispatch-settings.ts";
import { LeaseSweep } from "./lease-sweep.ts";
import { type Dispatched, Pool } from "./pool.ts";
import { RateLimiter } from "./rate-limiter.ts";

export interface DispatcherOptions {
  readonly clock: Clock;
  readonly queue: Pick<TaskQueue, "publish" | "depth">;
  readonly settings?: DispatchSettings;
  /** Told of what no caller is waiting for: a refused publication, a pool that nobody declared. */
  readonly onError?: (error: MycroftError) => void;
}

/** What the dispatcher reads of a run. */
interface Submitted {
  readonly header: { readonly runId: string };
}

/** What the dispatcher reads of the command that starts an attempt. */
export type Submission = Pick<StartAttempt, "task" | "attempt" | "target" | "pool" | "priority">;

export interface PoolUsage {
  readonly pool: string;
  /** Null when only the workers' concurrency bounds it. 0: nobody declared it, and what is in it waits until somebody does. */
  readonly slots: number | null;
  /** The number of its leases. */
  readonly inUse: number;
  readonly waiting: number;
}

/** Messages are ordered to the second: finer ranks would only be more lanes for a queue to keep. */
const rankMs = 1_000;

export class Dispatcher implements Dispatch {
  /** How long a worker may be silent before it loses its leases. */
  readonly leaseMs: number;
  readonly #clock: Clock;
  readonly #queue: DispatcherOptions["queue"];
  readonly #onError: (error: MycroftError) => void;
  readonly #ageingMs: number;
  readonly #pools = new Map<string, Pool>();
  readonly #limiters = new Map<string, RateLimiter>();
  /** When each limiter that has attempts waiting is looked at again. */
  readonly #openings = new Map<RateLimiter, Timer>();
  /** What is waiting or in flight, by run and task: of each task, its newest attempt. */
  readonly #attempts = new AttemptIndex<Dispatched>();
  /** What goes out with the next publication. */
  #outbox: Dispatched[] = [];
  #isFlushDue = false;
  #submitted = 0;
  readonly #sweep: LeaseSweep;
  /** The time of the turn in which attempts are being submitted: reading a clock for each would cost more than the rest. */
  #turn: { readonly now: number; readonly elapsed: number } | null = null;
  #isStopped = false;

  /** @throws {MycroftError} INPUT_INVALID, naming the setting, its value and its limits. */
  constructor({ clock, queue, settings = {}, onError = () => {} }: DispatcherOptions) {
    const { pools, rateLimits, ageingMs, leaseMs, redeliverAfterMs } = readDispatchSettings(settings);
    this.leaseMs = leaseMs;
    this.#clock = clock;
    this.#queue = queue;
    this.#onError = onError;
    this.#ageingMs = ageingMs;
    this.#pools.set(defaultPool, new Pool(defaultPool, Number.POSITIVE_INFINITY));
    for (const [name, { slots }] of Object.entries(pools)) this.#pools.set(name, new Pool(name, slots));
    for (const [agent, limit] of Object.entries(rateLimits)) {
      this.#limiters.set(agent, new RateLimiter(limit, clock.elapsed()));
    }
    this.#sweep = new LeaseSweep({
      clock,
      leaseMs,
      redeliverAfterMs,
      pools: () => this.#pools.values(),
      depth: (pool) => queue.depth(pool),
      onLost: (lease) => this.#send(lease),
      onSlow: (lease) => this.#waitNoLonger(lease),
      onDone: () => this.flush(),
      onError,
    });
  }

  /**
   * To be asked before a run starts, so that a bad one is refused at the door.
   * @throws {MycroftError} POOL_UNKNOWN, with the pools that there are.
   */
  requirePool(name: string): void {
    if (this.#pools.get(name)?.isDeclared !== true) throw this.#poolUnknown(name);
  }

  /**
   * Takes a slot for the attempt, or puts it in line. Call `flush` when all of a turn is submitted. An older attempt of the
   * task is released; submitting the same attempt again changes nothing. In a pool that nobody declared it waits.
   * @param readyAt when it became ready, in milliseconds since the epoch: its age counts from then.
   */
  submit({ header: { runId } }: Submitted, submission: Submission, readyAt: number): void {
    const { task, attempt, target, pool = defaultPool, priority = 0 } = submission;
    const known = this.#attempts.get(runId, task);
    if (known !== undefined) {
      if (known.message.attempt >= attempt) return;
      this.release(runId, task, known.message.attempt);
    }
    const order = this.#orderOf(priority, readyAt);
    const dispatched: Dispatched = {
      message: { runId, task, attempt, pool, priority: Math.floor(-order / rankMs) },
      pool: this.#poolOf(pool),
      limiter: (target.kind === "agent" ? this.#limiters.get(target.name) : undefined) ?? null,
      order,
      number: this.#submitted,
      place: -1,
      lease: -1,
      worker: null,
      sweep: 0,
      redeliveries: 0,
    };
    this.#submitted += 1;
    this.#attempts.add(dispatched);
    this.#admitOrQueueUp(dispatched);
  }

  /** A process that takes over has nothing: all that is outstanding is new to it. */
  resubmit(run: Submitted, submission: Submission, readyAt: number): void {
    this.submit(run, submission, readyAt);
  }

  /** Publishes what was submitted, and what has got a slot, since the last time. */
  flush(): void {
    this.#turn = null;
    if (this.#outbox.length === 0 || this.#isStopped) return;
    const messages: TaskMessage[] = [];
    for (const attempt of this.#outbox) if (isUnclaimed(attempt)) messages.push(attempt.message);
    this.#outbox = [];
    if (messages.length === 0) return;
    this.#queue.publish(messages).catch((thrown: unknown) => this.#wasRefused(messages, thrown));
  }

  /** Whether the worker may execute the attempt, and holds its lease now. */
  claim(runId: string, task: string, attempt: number, worker: string): boolean {
    const claimed = this.#find(runId, task, attempt);
    if (claimed === undefined || !holdsLease(claimed)) return false;
    if (claimed.worker !== null && claimed.worker !== worker) return false;
    if (claimed.limiter !== null && !this.#mayCall(claimed, claimed.limiter)) return false;
    claimed.worker = worker;
    claimed.sweep = this.#sweep.now;
    return true;
  }

  /** Renews the leases of those attempts that the worker holds. */
  renew(worker: string, attempts: Iterable<Pick<TaskMessage, "runId" | "task" | "attempt">>): void {
    for (const { runId, task, attempt } of attempts) {
      const held = this.#find(runId, task, attempt);
      if (held?.worker === worker) held.sweep = this.#sweep.now;
    }
  }

  /** The worker has given the attempt's message back to the queue, and with it the lease. */
  handBack(runId: string, task: string, attempt: number, worker: string): void {
    const held = this.#find(runId, task, attempt);
    if (held?.worker !== worker) return;
    held.worker = null;
    held.sweep = this.#sweep.now;
  }

  /** The attempt is over, or not wanted any more: its slot goes to others, or it leaves the line. */
  release(runId: string, task: string, attempt: number): void {
    const released = this.#find(runId, task, attempt);
    if (released === undefined) return;
    this.#attempts.delete(released);
    this.#takeOut(released);
    this.#passOn(released);
  }

  releaseRun(runId: string): void {
    const attempts = this.#attempts.takeRun(runId);
    // All of them first: what waits of the run need not get the slots that it leaves.
    for (const released of attempts) this.#takeOut(released);
    for (const released of attempts) this.#passOn(released);
  }

  /** Every declared pool, and those that attempts wait in though nobody declared them. */
  usage(): readonly PoolUsage[] {
    return Array.from(this.#pools.values(), ({ name, slots, leases, waiting }) => ({
      pool: name,
      slots: slots === Number.POSITIVE_INFINITY ? null : slots,
      inUse: leases.length,
      waiting,
    }));
  }

  /** Publishes nothing from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#sweep.stop();
    for (const timer of this.#openings.values()) timer.cancel();
    this.#openings.clear();
  }

  #orderOf(priority: number, readyAt: number): number {
    this.#turn ??= { now: this.#clock.now(), elapsed: this.#clock.elapsed() };
    const ageMs = Math.max(0, this.#turn.now - readyAt);
    return this.#turn.elapsed - ageMs - priority * this.#ageingMs;
  }

  #poolOf(name: string): Pool {
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      // Recorded runs may name a pool that the project has no longer: that must stop nobody else.
      this.#onError(this.#poolUnknown(name));
      pool = new Pool(name, 0);
      this.#pools.set(name, pool);
    }
    return pool;
  }

  #poolUnknown(name: string): MycroftError {
    const pools = [...this.#pools.values()].filter((pool) => pool.isDeclared).map((pool) => pool.name);
    return new MycroftError(
      "POOL_UNKNOWN",
      `There is no pool ${JSON.stringify(name)}; there are ${pools.join(", ")}. Declare it with its number of slots; until then its steps wait.`,
      { details: { pool: name, known: pools } },
    );
  }

  #find(runId: string, task: string, attempt: number): Dispatched | undefined {
    const found = this.#attempts.get(runId, task);
    return found?.message.attempt === attempt ? found : undefined;
  }

  #admitOrQueueUp(attempt: Dispatched): void {
    const { pool, limiter } = attempt;
    // While a slot is free nobody waits for one: who waits then waits for an agent.
    if (limiter === null && pool.hasFreeSlot) this.#lease(attempt);
    else {
      pool.queueUp(attempt);
      if (limiter === null) this.#admit(pool);
      else this.#serve(limiter);
    }
  }

  /** Gives the pool's free slots to those who are first in line. */
  #admit(pool: Pool): void {
    while (pool.hasFreeSlot) {
      const next = pool.takeNext(this.#elapsed);
      if (next === undefined) return;
      this.#lease(next);
      this.#flushSoon();
    }
  }

  readonly #elapsed = (): number => this.#clock.elapsed();

  #lease(attempt: Dispatched): void {
    attempt.pool.lease(attempt);
    attempt.limiter?.reserve(attempt);
    this.#send(attempt);
    this.#sweep.wake();
  }

  #send(attempt: Dispatched): void {
    attempt.worker = null;
    attempt.sweep = this.#sweep.now;
    this.#outbox.push(attempt);
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#clock.defer(() => {
      this.#isFlushDue = false;
      this.flush();
    });
  }

  #takeOut(attempt: Dispatched): void {
    const { pool } = attempt;
    if (holdsLease(attempt)) pool.endLease(attempt);
    else pool.remove(attempt);
    if (!pool.isDeclared && pool.waiting === 0) this.#pools.delete(pool.name);
  }

  /** Gives to others what an attempt that was taken out leaves. */
  #passOn(attempt: Dispatched): void {
    this.#admit(attempt.pool);
    if (attempt.limiter === null) return;
    attempt.limiter.unreserve(attempt);
    this.#serve(attempt.limiter);
  }

  /** Whether an agent's call may begin now; otherwise the attempt goes back into the line, and its slot to others. */
  #mayCall(attempt: Dispatched, limiter: RateLimiter): boolean {
    const { pool } = attempt;
    limiter.unreserve(attempt);
    const mayCall = limiter.take(this.#clock.elapsed());
    if (!mayCall) {
      pool.endLease(attempt);
      pool.queueUp(attempt);
      this.#admit(pool);
    }
    this.#serve(limiter);
    return mayCall;
  }

  /** Lets the first of those that wait for an agent go as soon as it may be called. */
  #serve(limiter: RateLimiter): void {
    if (this.#openings.has(limiter) || this.#isStopped) return;
    const pools = [...this.#pools.values()].filter((pool) => pool.firstOf(limiter) !== undefined);
    const opensInMs = limiter.opensInMs(this.#clock.elapsed());
    if (opensInMs === 0) {
      pools.sort((left, right) => orderOfFirst(left, limiter) - orderOfFirst(right, limiter));
      for (const pool of pools) this.#admit(pool);
    } else if (pools.length > 0) {
      const open = () => {
        this.#openings.delete(limiter);
        this.#serve(limiter);
      };
      // Whole milliseconds: timers are no finer.
      this.#openings.set(limiter, this.#clock.setDelay(Math.ceil(opensInMs), open));
    }
  }

  /** A message for a limited agent is slow to be claimed: others need not wait for it. */
  #waitNoLonger(lease: Dispatched): void {
    if (lease.limiter === null) return;
    lease.limiter.unreserve(lease);
    this.#serve(lease.limiter);
  }

  #wasRefused(messages: readonly TaskMessage[], thrown: unknown): void {
    this.#onError(asMycroftError(thrown));
    for (const { runId, task, attempt } of messages) {
      const refused = this.#find(runId, task, attempt);
      // As old as can be: the next sweep sends it, whatever the queue's depth.
      if (refused !== undefined && isUnclaimed(refused)) refused.sweep = Number.NEGATIVE_INFINITY;
    }
  }
}

function holdsLease(attempt: Dispatched): boolean {
  return attempt.lease >= 0;
}

function isUnclaimed(attempt: Dispatched): boolean {
  return attempt.worker === null && holdsLease(attempt);
}

function orderOfFirst(pool: Pool, limiter: RateLimiter): number {
  return pool.firstOf(limiter)?.order ?? Number.POSITIVE_INFINITY;
}
