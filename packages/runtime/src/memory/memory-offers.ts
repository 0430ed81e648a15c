/**
 * Attempts in flight, in memory: who has them, and when they are due. An agent's calls are spaced evenly, as `RateLimiter` does,
 * by the limit of the offer that is claimed.
 */
import type { RateLimit } from "../dispatch/rate-limiter.ts";
import type { AttemptRequest } from "../ports/gateway.ts";
import type { TaskMessage } from "../ports/queue.ts";
import type {
  AttemptKey,
  AttemptOffer,
  ClaimAnswer,
  DueQuery,
  HandedBack,
  PoolBacklog,
} from "../ports/shared-store.ts";
import { shardOf } from "../shared/shard-of.ts";

/** As it is kept: JSON, so that what is handed out is never what was given. */
export interface OfferText {
  readonly message: TaskMessage;
  readonly agent: string;
  readonly request: string;
  readonly rateLimit: RateLimit | null;
}

interface KeptOffer extends OfferText {
  readonly shard: number;
  readonly offeredAt: number;
  /** When it was last made, or taken since it was due: its message was published then, unless whoever did it has died. */
  publishedAt: number;
  dueAt: number;
  deliveries: number;
  worker: string | null;
  reason: string | null;
}

const mostReasons = 10;
/** The most that comes between two deliveries is 64 times the least. */
const mostDoublings = 6;
/** How long after its turn an offer is due that nobody has come back for. */
const missedTurnMs = 60_000;

export function offerText({ message, request, rateLimit }: AttemptOffer): OfferText {
  return {
    message: { ...message },
    agent: request.target.name,
    request: JSON.stringify(request),
    rateLimit: rateLimit && { ...rateLimit },
  };
}

export class MemoryOffers {
  readonly #now: () => number;
  readonly #offers = new Map<string, KeptOffer>();
  /** When each agent with a limit was last called; at first, when it was first offered. */
  readonly #calledAt = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether there was no offer of the attempt yet. */
  add(offer: OfferText, dueInMs: number): boolean {
    const { message, agent, rateLimit } = offer;
    const key = keyText(message);
    if (this.#offers.has(key)) return false;
    const offeredAt = this.#now();
    if (rateLimit !== null && !this.#calledAt.has(agent)) this.#calledAt.set(agent, offeredAt);
    this.#offers.set(key, {
      ...offer,
      shard: shardOf(message.runId),
      offeredAt,
      publishedAt: offeredAt,
      dueAt: offeredAt + dueInMs,
      deliveries: 0,
      worker: null,
      reason: null,
    });
    return true;
  }

  remove(key: AttemptKey): void {
    this.#offers.delete(keyText(key));
  }

  claim(worker: string, leaseMs: number, key: AttemptKey): ClaimAnswer {
    const now = this.#now();
    const offer = this.#offers.get(keyText(key));
    if (offer === undefined) return null;
    if (offer.worker !== null && offer.worker !== worker && offer.dueAt > now) return null;
    const againInMs = this.#call(offer, now);
    if (againInMs > 0) {
      offer.worker = null;
      offer.dueAt = now + againInMs + missedTurnMs;
      return { againInMs };
    }
    offer.worker = worker;
    offer.dueAt = now + leaseMs;
    offer.reason = null;
    return { request: JSON.parse(offer.request) as AttemptRequest };
  }

  /** Calls the offer's agent, when it may be called now; gives how long it is until then otherwise. */
  #call({ agent, rateLimit }: KeptOffer, now: number): number {
    if (rateLimit === null) return 0;
    const opensAt = (this.#calledAt.get(agent) ?? now) + Math.ceil(rateLimit.perMs / rateLimit.calls);
    if (now < opensAt) return opensAt - now;
    this.#calledAt.set(agent, now);
    return 0;
  }

  renew(worker: string, leaseMs: number, key: AttemptKey): boolean {
    const offer = this.#heldBy(worker, key);
    if (offer === null) return false;
    offer.dueAt = this.#now() + leaseMs;
    return true;
  }

  handBack(worker: string, { key, againInMs, reason }: HandedBack): void {
    const offer = this.#heldBy(worker, key);
    if (offer === null) return;
    offer.worker = null;
    offer.dueAt = this.#now() + againInMs;
    offer.reason = reason;
  }

  #heldBy(worker: string, key: AttemptKey): KeptOffer | null {
    const offer = this.#offers.get(keyText(key));
    return offer?.worker === worker ? offer : null;
  }

  takeDue({ shards, limit, againInMs }: DueQuery): readonly TaskMessage[] {
    const now = this.#now();
    const due: KeptOffer[] = [];
    const asked = new Set(shards);
    for (const offer of this.#offers.values()) {
      if (offer.dueAt <= now && asked.has(offer.shard)) due.push(offer);
    }
    const taken = due.sort((left, right) => left.dueAt - right.dueAt).slice(0, limit);
    for (const offer of taken) {
      offer.worker = null;
      offer.publishedAt = now;
      offer.dueAt = now + againInMs * 2 ** Math.min(offer.deliveries, mostDoublings);
      offer.deliveries += 1;
    }
    return taken.map(({ message }) => ({ ...message }));
  }

  hurry(shards: readonly number[], withinMs = Number.POSITIVE_INFINITY): void {
    const now = this.#now();
    const asked = new Set(shards);
    for (const offer of this.#offers.values()) {
      if (offer.worker !== null || offer.dueAt <= now || !asked.has(offer.shard)) continue;
      if (now - offer.publishedAt >= withinMs) continue;
      offer.dueAt = now;
      offer.deliveries = 0;
    }
  }

  backlogs(): readonly PoolBacklog[] {
    const pools = Map.groupBy(this.#offers.values(), ({ message }) => message.pool);
    return Array.from(pools, ([pool, offers]) => backlog(pool, offers)).sort((left, right) =>
      left.pool < right.pool ? -1 : 1,
    );
  }
}

function backlog(pool: string, offers: readonly KeptOffer[]): PoolBacklog {
  const waiting = offers.filter(({ worker }) => worker === null);
  const reasons = new Set(waiting.flatMap(({ reason }) => (reason === null ? [] : [reason])));
  // Not spread into one call: there may be more than a call takes.
  const oldestAt = waiting.reduce(
    (oldest, { offeredAt }) => Math.min(oldest, offeredAt),
    Number.POSITIVE_INFINITY,
  );
  return {
    pool,
    claimed: offers.length - waiting.length,
    waiting: waiting.length,
    oldestAt: waiting.length === 0 ? null : oldestAt,
    reasons: [...reasons].sort().slice(0, mostReasons),
  };
}

/** No run id holds a space. */
function keyText({ runId, task, attempt }: AttemptKey): string {
  return `${runId} ${attempt} ${task}`;
}
