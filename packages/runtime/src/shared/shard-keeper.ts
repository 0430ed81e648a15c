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

export interface ShardKeeperOptions {
  readonly store: SharedStore;
  readonly clock: Clock;
  /** Unique among the orchestrators of the store. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Takes over what belongs to the shard. It is asked `isStillHeld` whenever it has waited. */
  readonly onTaken: (shard: number, isStillHeld: () => boolean) => Promise<void>;
  /** Gives up what belongs to the shard; resolves when nothing of it is on the way to the store. */
  readonly onLost: (shard: number) => Promise<void>;
  readonly onError: (error: MycroftError) => void;
}

const beatsPerLease = 3;

export class ShardKeeper {
  readonly #options: ShardKeeperOptions;
  /** The shards that are held, each with a token of the time for which it is. */
  readonly #held = new Map<number, symbol>();
  /** Those that were taken over completely. */
  readonly #ready = new Set<number>();
  #timer: Timer | null = null;
  #beating: Promise<void> | null = null;
  #isBeatWanted = false;
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
        this.#timer = this.#options.clock.setDelay(
          this.#options.leaseMs / beatsPerLease,
          () => void this.beat(),
        );
      }
    });
    return this.#beating;
  }

  /** Gives all shards up, and back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#expiry?.cancel();
    await this.#beating;
    const shards = [...this.#held.keys()];
    await Promise.all(shards.map((shard) => this.#lose(shard)));
    if (shards.length > 0) await this.#giveBack(shards);
  }

  async #hold(): Promise<void> {
    const { store, clock, owner, leaseMs, onError } = this.#options;
    const askedAt = clock.elapsed();
    try {
      const held = new Set(await store.holdShards(owner, leaseMs));
      if (this.#isStopped) return;
      this.#expireAfter(askedAt + leaseMs - clock.elapsed());
      const surplus = [...this.#held.keys()].filter((shard) => !held.has(shard));
      const lost = surplus.map((shard) => this.#lose(shard));
      for (const shard of held) if (!this.#held.has(shard)) this.#begin(shard);
      await Promise.all(lost);
      // The store has left to us to end what is on the way in shards that others are to have.
      if (surplus.length > 0) await this.#giveBack(surplus);
    } catch (thrown) {
      onError(asMycroftError(thrown));
    }
  }

  #begin(shard: number): void {
    const token = Symbol(shard);
    this.#held.set(shard, token);
    const isStillHeld = () => this.#held.get(shard) === token;
    this.#options.onTaken(shard, isStillHeld).then(
      () => {
        if (isStillHeld()) this.#ready.add(shard);
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
    return this.#options.onLost(shard);
  }

  #expireAfter(delayMs: number): void {
    this.#expiry?.cancel();
    this.#expiry = this.#options.clock.setDelay(Math.max(0, delayMs), () => {
      for (const shard of [...this.#held.keys()]) void this.#lose(shard);
    });
  }

  async #giveBack(shards: readonly number[]): Promise<void> {
    const { store, owner, onError } = this.#options;
    // Whoever cannot be told finds out when the lease has run out.
    await store.releaseShards(owner, shards).catch((thrown: unknown) => onError(asMycroftError(thrown)));
  }
}
