/**
 * The simplest thing that offers and letters could be, and be right: maps, looked through from end to end. Time stands still: a
 * lease never runs out, and what is due again later is so when no test runs any more.
 */
import type { AttemptKey, HandedBack, Letter, SharedAppend } from "../ports/shared-store.ts";
import type { AppendOutcome } from "../ports/store.ts";

interface ModelOffer {
  readonly key: AttemptKey;
  worker: string | null;
  isDue: boolean;
}

export class SharedStoreModel {
  readonly #events = new Map<string, number>();
  readonly #offers = new Map<string, ModelOffer>();
  readonly #letters = new Map<string, Letter>();

  append({ runId, create, fromSeq, events, outbox = {} }: SharedAppend): AppendOutcome {
    const stored = this.#events.get(runId);
    const { offers = [], withdrawals = [], lettersTaken = [], lettersSent = [] } = outbox;
    const isAtItsPlace = create === undefined ? stored === fromSeq : stored === undefined;
    if (!isAtItsPlace || lettersTaken.some((id) => !this.#letters.has(id))) return "conflict";
    this.#events.set(runId, fromSeq + events.length);
    for (const { message } of offers) this.#offer(message, false);
    for (const one of withdrawals) this.#offers.delete(textOf({ runId, ...one }));
    for (const id of lettersTaken) this.#letters.delete(id);
    this.send(lettersSent);
    return "stored";
  }

  eventCount(runId: string): number {
    return this.#events.get(runId) ?? 0;
  }

  ensure(keys: readonly AttemptKey[]): readonly AttemptKey[] {
    const missing = keys.filter((key) => !this.#offers.has(textOf(key)));
    for (const key of missing) this.#offer(key, true);
    return missing;
  }

  claim(worker: string, key: AttemptKey): "granted" | "no" {
    const offer = this.#offers.get(textOf(key));
    if (offer === undefined || (offer.worker !== null && offer.worker !== worker)) return "no";
    offer.worker = worker;
    offer.isDue = false;
    return "granted";
  }

  renew(worker: string, key: AttemptKey): boolean {
    return this.#offers.get(textOf(key))?.worker === worker;
  }

  handBack(worker: string, { key, againInMs }: HandedBack): void {
    const offer = this.#offers.get(textOf(key));
    if (offer?.worker !== worker) return;
    offer.worker = null;
    offer.isDue = againInMs === 0;
  }

  report(letters: readonly Letter[]): void {
    for (const { body } of letters) if (body.kind === "outcome") this.#offers.delete(textOf(body.key));
    this.send(letters);
  }

  takeDue(): readonly AttemptKey[] {
    const due = [...this.#offers.values()].filter(({ isDue }) => isDue);
    for (const offer of due) offer.isDue = false;
    return due.map(({ key }) => key);
  }

  hurry(): void {
    for (const offer of this.#offers.values()) if (offer.worker === null) offer.isDue = true;
  }

  backlog(): { readonly claimed: number; readonly waiting: number } {
    const offers = [...this.#offers.values()];
    const claimed = offers.filter(({ worker }) => worker !== null).length;
    return { claimed, waiting: offers.length - claimed };
  }

  send(letters: readonly Letter[]): void {
    for (const letter of letters) if (!this.#letters.has(letter.id)) this.#letters.set(letter.id, letter);
  }

  drop(ids: readonly string[]): void {
    for (const id of ids) this.#letters.delete(id);
  }

  letters(): readonly Letter[] {
    return [...this.#letters.values()].toSorted((left, right) => (left.id < right.id ? -1 : 1));
  }

  #offer({ runId, task, attempt }: AttemptKey, isDue: boolean): void {
    this.#offers.set(textOf({ runId, task, attempt }), {
      key: { runId, task, attempt },
      worker: null,
      isDue,
    });
  }
}

/** Equal for the same attempt. */
export function textOf({ runId, task, attempt }: AttemptKey): string {
  return JSON.stringify([runId, task, attempt]);
}
