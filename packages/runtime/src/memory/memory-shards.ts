/** The processes that say that they are alive, and the shards that orchestrators among them have, in memory. */
import type { ListedProcess, ProcessStatus } from "../ports/shared-store.ts";
import { shardCount } from "../shared/shard-of.ts";

interface KeptShard {
  readonly owner: string;
  leasedUntil: number;
}

interface KeptProcess {
  readonly status: ProcessStatus;
  readonly seenAt: number;
  readonly aliveUntil: number;
}

export class MemoryShards {
  readonly #now: () => number;
  readonly #shards = new Map<number, KeptShard>();
  readonly #processes = new Map<string, KeptProcess>();

  constructor(now: () => number) {
    this.#now = now;
  }

  hold(owner: string, leaseMs: number): readonly number[] {
    const now = this.#now();
    const leasedUntil = now + leaseMs;
    const share = Math.ceil(shardCount / this.#countOrchestrators(owner));
    const mine: number[] = [];
    for (const [shard, kept] of this.#shards) {
      if (kept.owner !== owner) continue;
      kept.leasedUntil = leasedUntil;
      mine.push(shard);
    }
    for (let shard = 0; shard < shardCount && mine.length < share; shard += 1) {
      const kept = this.#shards.get(shard);
      if (kept !== undefined && (kept.owner === owner || kept.leasedUntil > now)) continue;
      this.#shards.set(shard, { owner, leasedUntil });
      mine.push(shard);
    }
    return mine.sort((left, right) => left - right).slice(0, share);
  }

  /** Whether there were any. */
  release(owner: string, shards: readonly number[]): boolean {
    const held = shards.filter((shard) => this.#shards.get(shard)?.owner === owner);
    for (const shard of held) this.#shards.delete(shard);
    return held.length > 0;
  }

  /** Whether the process is new. */
  report(status: ProcessStatus, ttlMs: number): boolean {
    const now = this.#now();
    for (const [name, { aliveUntil }] of this.#processes) if (aliveUntil <= now) this.#processes.delete(name);
    const isNew = !this.#processes.has(status.name);
    this.#processes.set(status.name, {
      status: structuredClone(status),
      seenAt: now,
      aliveUntil: now + ttlMs,
    });
    return isNew;
  }

  forget(name: string): void {
    this.#processes.delete(name);
    for (const [shard, { owner }] of this.#shards) if (owner === name) this.#shards.delete(shard);
  }

  list(): readonly ListedProcess[] {
    const now = this.#now();
    const held = [...this.#shards.values()].filter(({ leasedUntil }) => leasedUntil > now);
    return [...this.#processes.values()]
      .filter(({ aliveUntil }) => aliveUntil > now)
      .map(({ status, seenAt }) => ({
        ...structuredClone(status),
        seenAt,
        shards: held.filter(({ owner }) => owner === status.name).length,
      }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  #countOrchestrators(asking: string): number {
    const names = new Set([asking]);
    const now = this.#now();
    for (const { status, aliveUntil } of this.#processes.values()) {
      if (status.kind === "orchestrator" && aliveUntil > now) names.add(status.name);
    }
    return names.size;
  }
}
