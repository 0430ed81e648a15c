/**
 * Keeps an orchestrator's shards: takes its share of them, renews them, gives back what is more than its share, and notices
 * when it has lost one. Nobody leads: each takes what is free, up to the share that the number of orchestrators leaves it.
 *
 * A shard that could not be renewed in time is given up here before others may take it, by the time that has elapsed in this
 * process. Should the process stand still meanwhile, so that both act, appends tell who was late.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "../ports/clock.ts";
import type { SharedStore } from "../ports/shared-store.ts";
import { shardCount } from "./shard-of.ts";

export interface ShardKeeperOptions {
  readonly store: SharedStore;
  readonly clock: Clock;
  /** Unique among the orchestrators of the store. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Takes over what belongs to the shard. It is asked `isStillHeld` whenever it has waited. */
  readonly onTaken: (shard: number, isStillHeld: () => boolean) => Promise<void>;
  /** It is taken over, and among those that are `ready`. */
  readonly onReady?: (shard: number) => void;
  /** Gives up what belongs to the shard; resolves when nothing of it is on the way to the store. */
  readonly onLost: (shard: number) => Promise<void>;
  readonly onError: (error: MycroftError) => void;
}

const beatsPerLease = 3;
/** After a call whose answer was lost: for how long it may still take effect. */
const unsureLeases = 6;

export class ShardKeeper {
  readonly #options: ShardKeeperOptions;
  /** The shards that are held, each with a token of the time for which it is. */
  readonly #held = new Map<number, symbol>();
  /** Those that were taken over completely. */
  readonly #ready = new Set<number>();
  /** Those that are being given up. */
  readonly #losing = new Map<number, Promise<void>>();
  #timer: Timer | null = null;
  #beating: Promise<void> | null = null;
  #isBeatWanted = false;
  /** Those that the store may have us down for, whether they are held here or not: it renews them all until they are given back. */
  readonly #lent = new Set<number>();
  /** Until when a call may still take effect whose answer was lost; by the time that has elapsed. */
  #unsureUntil = Number.NEGATIVE_INFINITY;
  #expiry: Timer | null = null;
  #isStopped = false;

  constructor(options: ShardKeeperOptions) {
    this.#options = options;
  }

  /** Shards whose runs are all in the owner's memory. */
  get ready(): ReadonlySet<number> {
    return this.#ready;
  }

  holds(shard: number): boolean {
    return this.#held.has(shard);
  }

  /** Renews and takes shards now, then every third of a lease. Resolves when this was tried once. */
  beat(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#beating !== null) {
      this.#isBeatWanted = true;
      return this.#beating;
    }
    this.#beating = this.#hold().finally(() => {
      this.#beating = null;
      if (this.#isStopped) return;
      if (this.#isBeatWanted) {
        this.#isBeatWanted = false;
        void this.beat();
      } else {
        this.#timer = this.#options.clock.setDelay(this.#options.leaseMs / beatsPerLease, () => {
          this.#doubt();
          void this.beat();
        });
      }
    });
    return this.#beating;
  }

  /** For as long as a call may still take effect whose answer was lost, any shard may be lent. Not at news: this makes some. */
  #doubt(): void {
    if (this.#options.clock.elapsed() > this.#unsureUntil) return;
    for (let shard = 0; shard < shardCount; shard += 1) this.#lent.add(shard);
  }

  /** Gives all shards up, and back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#expiry?.cancel();
    await this.#beating;
    await Promise.all([...this.#held.keys()].map((shard) => this.#lose(shard)));
    const shards = [...this.#lent];
    if (shards.length > 0) await this.#giveBack(shards);
  }

  async #hold(): Promise<void> {
    const { store, clock, owner, leaseMs, onError } = this.#options;
    const askedAt = clock.elapsed();
    try {
      const held = new Set(await store.holdShards(owner, leaseMs));
      if (this.#isStopped) return;
      this.#expireAfter(askedAt + leaseMs - clock.elapsed());
      for (const shard of held) this.#lent.add(shard);
      const surplus = [...this.#lent].filter((shard) => !held.has(shard));
      const lost = surplus.map((shard) =>
        this.#held.has(shard) ? this.#lose(shard) : this.#losing.get(shard),
      );
      for (const shard of held) if (!this.#held.has(shard)) this.#begin(shard);
      await Promise.all(lost);
      // The store has left to us to end what is on the way in shards that others are to have.
      if (surplus.length > 0) await this.#giveBack(surplus);
    } catch (thrown) {
      this.#isUnsure();
      onError(asMycroftError(thrown));
    }
  }

  #begin(shard: number): void {
    const token = Symbol(shard);
    this.#held.set(shard, token);
    const isStillHeld = () => this.#held.get(shard) === token;
    // What was known of it before is forgotten first.
    const forgotten = this.#losing.get(shard) ?? Promise.resolve();
    const take = () => (isStillHeld() ? this.#options.onTaken(shard, isStillHeld) : undefined);
    forgotten.then(take).then(
      () => {
        if (!isStillHeld()) return;
        this.#ready.add(shard);
        this.#options.onReady?.(shard);
      },
      (thrown: unknown) => {
        // Given up, and taken anew with the next beat.
        this.#options.onError(asMycroftError(thrown));
        if (isStillHeld()) void this.#lose(shard);
      },
    );
  }

  #lose(shard: number): Promise<void> {
    this.#held.delete(shard);
    this.#ready.delete(shard);
    const losing = this.#options.onLost(shard).finally(() => {
      if (this.#losing.get(shard) === losing) this.#losing.delete(shard);
    });
    this.#losing.set(shard, losing);
    return losing;
  }

  #expireAfter(delayMs: number): void {
    this.#expiry?.cancel();
    this.#expiry = this.#options.clock.setDelay(Math.max(0, delayMs), () => {
      for (const shard of [...this.#held.keys()]) void this.#lose(shard);
    });
  }

  async #giveBack(shards: readonly number[]): Promise<void> {
    const { store, owner, onError } = this.#options;
    try {
      await store.releaseShards(owner, shards);
      for (const shard of shards) if (!this.#held.has(shard)) this.#lent.delete(shard);
    } catch (thrown) {
      this.#isUnsure();
      onError(asMycroftError(thrown));
    }
  }

  #isUnsure(): void {
    const { clock, leaseMs } = this.#options;
    this.#unsureUntil = clock.elapsed() + unsureLeases * leaseMs;
  }
}
