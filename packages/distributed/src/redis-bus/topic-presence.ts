/**
 * Who listens to which topic, among all processes: so that what is of use to listeners only need not be published when there are
 * none. A process notes on the server that it listens, for a time that it renews; one that has died is forgotten with that time.
 * A group keeps its place without subscribers (see the port), so a topic that has a group is heard, too.
 */
import { LuaScript } from "../redis/lua-script.ts";
import type { RedisLink } from "../redis/redis-link.ts";
import { topicKeys } from "./bus-limits.ts";

/** How long a process that is silent counts as one that listens. */
export const presentForMs = 10_000;
/** A topic that is not asked about for so long is not looked at any more. */
const watchedForMs = 60_000;
/** Beyond this many topics nothing is remembered, and all count as heard (P8). */
const mostWatched = 10_000;

/** KEYS: heard. ARGV: instance, presentForMs. By the server's clock, so that the processes' do not matter. */
const come = new LuaScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

/** KEYS: heard, log. Gives 1 when somebody listens or a group is there, 0 otherwise. */
const look = new LuaScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf') > 0 then return 1 end
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
return #redis.call('XINFO', 'GROUPS', KEYS[2]) > 0 and 1 or 0
`);

interface Watched {
  isHeard: boolean;
  /** Up to when somebody listened for sure, by this process's clock; null: nobody was ever seen. */
  heardAt: number | null;
  askedAt: number;
}

export interface TopicPresenceOptions {
  readonly link: RedisLink;
  readonly prefix: string;
  /** Unique among the processes. */
  readonly instance: string;
}

export class TopicPresence {
  readonly #options: TopicPresenceOptions;
  /** How many subscriptions this process has, by topic. */
  readonly #own = new Map<string, number>();
  readonly #watched = new Map<string, Watched>();
  #renewing: Promise<unknown> | null = null;

  constructor(options: TopicPresenceOptions) {
    this.#options = options;
  }

  /** True when in doubt: at first, and when the server cannot be asked. */
  isHeard(topic: string): boolean {
    if (this.#own.has(topic)) return true;
    const known = this.#watched.get(topic);
    if (known !== undefined) {
      known.askedAt = performance.now();
      return known.isHeard;
    }
    if (this.#watched.size < mostWatched) {
      const watched = { isHeard: true, heardAt: null, askedAt: performance.now() };
      this.#watched.set(topic, watched);
      void this.#look(topic, watched);
    }
    return true;
  }

  /** This process listens, too. Resolves when others can see it, or the server is away: then they see it later. */
  async come(topic: string): Promise<void> {
    const before = this.#own.get(topic) ?? 0;
    this.#own.set(topic, before + 1);
    this.#watched.delete(topic);
    if (before === 0) await this.#renew(topic);
  }

  async leave(topic: string): Promise<void> {
    const left = (this.#own.get(topic) ?? 0) - 1;
    if (left > 0) {
      this.#own.set(topic, left);
      return;
    }
    this.#own.delete(topic);
    const { link, instance } = this.#options;
    await this.#quietly(`leave topic ${topic}`, async () => {
      // A renewal that is on its way must not come after this.
      await this.#renewing;
      if (!this.#own.has(topic)) await link.commands.zrem(this.#keys(topic).heard, instance);
    });
  }

  /** To be called about once a second: that is how late it may be seen that somebody has come. */
  async lookAround(): Promise<void> {
    if (this.#renewing !== null) return;
    const unused = performance.now() - watchedForMs;
    for (const [topic, { askedAt }] of this.#watched) if (askedAt < unused) this.#watched.delete(topic);
    this.#renewing = Promise.all([
      ...Array.from(this.#own.keys(), (topic) => this.#renew(topic)),
      ...Array.from(this.#watched, ([topic, watched]) => this.#look(topic, watched)),
    ]);
    await this.#renewing;
    this.#renewing = null;
  }

  #renew(topic: string): Promise<boolean> {
    const { link, instance } = this.#options;
    return this.#quietly(`listen to topic ${topic}`, () =>
      come.run(link.commands, [this.#keys(topic).heard], [instance, presentForMs]),
    );
  }

  async #look(topic: string, watched: Watched): Promise<void> {
    const { heard, log } = this.#keys(topic);
    let found: unknown;
    const isAnswered = await this.#quietly(`look who listens to topic ${topic}`, async () => {
      found = await look.run(this.#options.link.commands, [heard, log], []);
    });
    const now = performance.now();
    // A server that has lost all is told again who listens, but not at once: so long they count as present in any case.
    if (isAnswered ? found !== 0 : watched.heardAt !== null) watched.heardAt = now;
    watched.isHeard = !isAnswered || (watched.heardAt !== null && now - watched.heardAt < presentForMs);
  }

  /** Whether it worked. */
  async #quietly(what: string, action: () => Promise<unknown>): Promise<boolean> {
    const { link } = this.#options;
    try {
      await link.call(what, action);
      return true;
    } catch (thrown) {
      link.warnUnlessCutOff(thrown);
      return false;
    }
  }

  #keys(topic: string): { readonly heard: string; readonly log: string } {
    const { log, heard } = topicKeys(this.#options.prefix, topic);
    return { heard, log };
  }
}
