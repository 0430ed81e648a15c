/**
 * The members of one group in this process. Each has one message in hand at a time; what they finished and what they want
 * goes to the server in one step, one step at a time, so that under load each carries the work of many members.
 *
 * A step that fails is tried again with what it carried: tokens make that harmless. A group that the server lost is made
 * again from the oldest message that is kept, since all that came after the loss is wanted.
 */

import { replyWord } from "../redis/redis-failure.ts";
import type { RedisLink } from "../redis/redis-link.ts";
import type { BusLimits } from "./bus-limits.ts";
import { makeGroup, stepGroup, tendGroup } from "./group-scripts.ts";
import { firstOffset, type LogEntry, readEntries } from "./log-entry.ts";

/** How many messages of a group may be pending: how far beyond a busy key its members look for a free one. */
const lookahead = 1_000;
const retryMs = 200;
const rounds = 3;

export interface GroupOptions {
  readonly link: RedisLink;
  readonly topic: string;
  readonly group: string;
  readonly keys: readonly string[];
  readonly limits: BusLimits;
  /** Unique in the cluster, for as long as this is used. */
  readonly instance: string;
}

type Outcome = "done" | "failed" | "back";

interface InHand {
  readonly entry: LogEntry;
  readonly token: string;
}

interface Finished extends InHand {
  readonly outcome: Outcome;
  /** Called when the server knows. */
  readonly settled: () => void;
}

interface Member {
  readonly handle: (entry: LogEntry) => Promise<void>;
  inHand: InHand | null;
  /** Settles when a closing member has nothing in hand; null while it is open. */
  drained: PromiseWithResolvers<void> | null;
}

export class GroupOnStream {
  readonly #options: GroupOptions;
  #members: Member[] = [];
  #finished: Finished[] = [];
  #tokens = 0;
  #isStepping = false;
  #isStepDue = false;
  #retry: NodeJS.Timeout | null = null;
  #tending: NodeJS.Timeout | null = null;
  #isStopped = false;
  /** Whoever waits until nothing is left to be told to the server. */
  #quiet: PromiseWithResolvers<void> | null = null;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  /** Makes the group unless it is there. Gives whether the topic has room for it. */
  async make(from: string): Promise<boolean> {
    const { link, topic, limits } = this.#options;
    const made = await link.call(`subscribe to topic ${topic}`, (redis) =>
      makeGroup.run(redis, this.#options.keys, [...this.#head(), from, limits.maxGroups]),
    );
    return made === 1;
  }

  /** Adds a member and returns what closes it: it takes no more, and what it has in hand is done and known to be. */
  join(handle: (entry: LogEntry) => Promise<void>): () => Promise<void> {
    const member: Member = { handle, inHand: null, drained: null };
    this.#members.push(member);
    this.#tendLater();
    this.wake();
    return () => this.#leave(member);
  }

  /** To be called when the last member has left: resolves when the server knows all that they did, or cannot be told. */
  async stop(): Promise<void> {
    this.#quiet ??= Promise.withResolvers();
    const { promise, resolve } = this.#quiet;
    const timer = setTimeout(resolve, this.#options.link.timeoutMs);
    this.wake();
    await promise;
    clearTimeout(timer);
    this.#isStopped = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
  }

  /** To be called when there may be something new. */
  wake(): void {
    this.#isStepDue = true;
    if (this.#isStepping || this.#isStopped || this.#retry !== null) return;
    this.#isStepping = true;
    // What finishes in this turn goes with the same step.
    queueMicrotask(() => this.#steps().catch(this.#options.link.warn));
  }

  #head(): readonly (string | number)[] {
    const { group, limits } = this.#options;
    return [group, limits.deliveryLimit, limits.keptDeadLetters, limits.idleMs];
  }

  async #leave(member: Member): Promise<void> {
    if (member.drained === null) {
      member.drained = Promise.withResolvers();
      if (member.inHand === null) this.#remove(member);
    }
    await member.drained.promise;
  }

  #remove(member: Member): void {
    this.#members = this.#members.filter((one) => one !== member);
    member.drained?.resolve();
    if (!this.isEmpty || this.#tending === null) return;
    clearInterval(this.#tending);
    this.#tending = null;
  }

  async #steps(): Promise<void> {
    try {
      while (this.#isStepDue) {
        this.#isStepDue = false;
        await this.#step();
      }
    } catch (thrown) {
      this.#stepLater();
      this.#options.link.warnUnlessCutOff(thrown);
    } finally {
      this.#isStepping = false;
    }
    if (this.#isStepDue) this.wake();
    else if (this.#finished.length === 0) this.#quiet?.resolve();
  }

  #stepLater(): void {
    if (this.#retry !== null || this.#isStopped) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.wake();
    }, retryMs);
  }

  async #step(): Promise<void> {
    const wanted = this.#members.filter(isFree).length;
    const finished = this.#finished;
    if (wanted === 0 && finished.length === 0) return;
    this.#finished = [];
    this.#tokens += 1;
    const token = `${this.#options.instance}.${this.#tokens}`;
    const carried = finished.flatMap(({ entry, token: held, outcome }) => [
      entry.offset,
      entry.key,
      held,
      outcome,
      outcome === "failed" ? entry.text : "",
    ]);
    try {
      const values = [...this.#head(), token, wanted, lookahead, ...carried];
      const reply = await this.#run((redis) => stepGroup.run(redis, this.#options.keys, values));
      for (const { settled } of finished) settled();
      for (const entry of readEntries(reply ?? [])) this.#handOut({ entry, token });
    } catch (thrown) {
      this.#finished.unshift(...finished);
      throw thrown;
    }
  }

  /** Null when the group was lost, and was made again. */
  #run(script: Parameters<RedisLink["call"]>[1]): Promise<unknown> {
    const { link, topic, group } = this.#options;
    return link.call(`go on with group ${group} of topic ${topic}`, async (redis) => {
      try {
        return await script(redis);
      } catch (thrown) {
        if (replyWord(thrown) !== "NOGROUP") throw thrown;
        const { limits, keys } = this.#options;
        await makeGroup.run(redis, keys, [...this.#head(), firstOffset, limits.maxGroups]);
        this.#isStepDue = true;
        return null;
      }
    });
  }

  #handOut(inHand: InHand): void {
    const member = this.#members.find(isFree);
    // Whoever wanted it has left meanwhile.
    if (member === undefined) this.#finish(inHand, "back", () => {});
    else this.#deliver(member, inHand);
  }

  #deliver(member: Member, inHand: InHand): void {
    member.inHand = inHand;
    handOver(member, inHand.entry).then(
      () => this.#handled(member, inHand, "done"),
      () => this.#handled(member, inHand, "failed"),
    );
  }

  #handled(member: Member, inHand: InHand, outcome: Outcome): void {
    member.inHand = null;
    this.#finish(inHand, outcome, () => {
      if (member.drained !== null) this.#remove(member);
    });
    if (member.drained !== null) this.#removeInTime(member);
  }

  /** Without a server nobody can be told that the message is done; it then comes again. */
  #removeInTime(member: Member): void {
    const timer = setTimeout(() => this.#remove(member), this.#options.link.timeoutMs);
    member.drained?.promise.finally(() => clearTimeout(timer)).catch(() => {});
  }

  #finish(inHand: InHand, outcome: Outcome, settled: () => void): void {
    this.#finished.push({ ...inHand, outcome, settled });
    this.wake();
  }

  #tendLater(): void {
    this.#tending ??= setInterval(() => {
      this.#tend().catch(this.#options.link.warnUnlessCutOff);
    }, this.#options.limits.claimAfterMs / rounds);
  }

  async #tend(): Promise<void> {
    const held = [...this.#members.flatMap((member) => member.inHand ?? []), ...this.#finished];
    const offsets = held.map(({ entry }) => entry.offset);
    const values = [...this.#head(), this.#options.limits.claimAfterMs, ...offsets];
    await this.#run((redis) => tendGroup.run(redis, this.#options.keys, values));
  }
}

function isFree(member: Member): boolean {
  return member.inHand === null && member.drained === null;
}

/** A handler that throws at once is one that rejects. */
async function handOver(member: Member, entry: LogEntry): Promise<void> {
  await member.handle(entry);
}
