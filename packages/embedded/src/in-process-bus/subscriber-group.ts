/**
 * A group's place in one topic, and who of the group has which message in hand. Each member has one message at a time;
 * of two messages with one key the later waits until the earlier is done or given up, whoever has it.
 *
 * `place` is the first message that is not done. Beyond it, up to `lookahead`, messages may be in hand or done already,
 * because another member was free and their key was too. What is in hand keeps its key busy; a failed message is simply
 * neither any more, and the next search from `place` finds it before all later ones of its key.
 */
import type { LogEntry, MessageLog } from "./message-log.ts";

/** How far beyond its place a group looks for a message whose key is free. */
const lookahead = 1_000;

export interface GroupOptions {
  readonly log: MessageLog;
  readonly place: number;
  readonly deliveryLimit: number;
  readonly onDeadLetter: (entry: LogEntry) => void;
}

interface Member {
  readonly handle: (entry: LogEntry) => Promise<void>;
  isBusy: boolean;
  /** Settles when a closing member has nothing in hand; null while it is open. */
  drained: PromiseWithResolvers<void> | null;
}

export class SubscriberGroup {
  readonly #options: GroupOptions;
  #place: number;
  #members: Member[] = [];
  readonly #busyKeys = new Set<string>();
  readonly #doneBeyondPlace = new Set<number>();
  readonly #failures = new Map<number, number>();
  #isPumpDue = false;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#place = options.place;
  }

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  /** Adds a member and returns what closes it: it takes no more, and the promise waits for what it has in hand. */
  join(handle: (entry: LogEntry) => Promise<void>): () => Promise<void> {
    const member: Member = { handle, isBusy: false, drained: null };
    this.#members.push(member);
    this.wake();
    return () => this.#leave(member);
  }

  /** To be called when the log has grown. Handlers never run on the caller's stack. */
  wake(): void {
    if (this.#isPumpDue || this.isEmpty) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #leave(member: Member): Promise<void> {
    if (member.drained === null) {
      member.drained = Promise.withResolvers();
      this.#members = this.#members.filter((one) => one !== member);
      if (!member.isBusy) member.drained.resolve();
    }
    return member.drained.promise;
  }

  #pump(): void {
    for (const member of this.#members) {
      if (member.isBusy || member.drained !== null) continue;
      const entry = this.#findFree();
      if (entry === undefined) return;
      this.#deliver(member, entry);
    }
  }

  #findFree(): LogEntry | undefined {
    const { log } = this.#options;
    this.#passOver(log.oldest);
    const end = Math.min(log.next, this.#place + lookahead);
    for (let seq = this.#place; seq < end; seq += 1) {
      if (this.#doneBeyondPlace.has(seq)) continue;
      const entry = log.at(seq);
      if (entry !== undefined && !this.#busyKeys.has(entry.key)) return entry;
    }
    return undefined;
  }

  /** What is no longer kept cannot be delivered any more. */
  #passOver(oldest: number): void {
    if (this.#place >= oldest) return;
    this.#place = oldest;
    for (const seq of this.#doneBeyondPlace) if (seq < oldest) this.#doneBeyondPlace.delete(seq);
    for (const seq of this.#failures.keys()) if (seq < oldest) this.#failures.delete(seq);
    this.#advance();
  }

  #deliver(member: Member, entry: LogEntry): void {
    member.isBusy = true;
    this.#busyKeys.add(entry.key);
    const settle = (): void => {
      member.isBusy = false;
      this.#busyKeys.delete(entry.key);
      member.drained?.resolve();
      this.#pump();
    };
    handOver(member, entry).then(
      () => {
        this.#finish(entry.seq);
        settle();
      },
      () => {
        this.#fail(entry);
        settle();
      },
    );
  }

  #finish(seq: number): void {
    this.#failures.delete(seq);
    if (seq < this.#place) return;
    this.#doneBeyondPlace.add(seq);
    this.#advance();
  }

  #fail(entry: LogEntry): void {
    const failures = (this.#failures.get(entry.seq) ?? 0) + 1;
    this.#failures.set(entry.seq, failures);
    const isKept = entry.seq >= this.#options.log.oldest;
    if (failures < this.#options.deliveryLimit && isKept) return;
    this.#options.onDeadLetter(entry);
    this.#finish(entry.seq);
  }

  #advance(): void {
    while (this.#doneBeyondPlace.delete(this.#place)) this.#place += 1;
  }
}

/** A handler that throws at once is one that rejects. */
function handOver(member: Member, entry: LogEntry): Promise<void> {
  try {
    return member.handle(entry);
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}
