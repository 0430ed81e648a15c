/**
 * The store's server, which outlives all processes: it does one thing after the other, each whole, and tells the witness of all
 * that changes.
 */
import type { TaskMessage } from "../../ports/queue.ts";
import type { AttemptKey, Letter, SharedAppend, SharedStore } from "../../ports/shared-store.ts";
import type { AppendOutcome } from "../../ports/store.ts";
import { sharedStorePort, type Through } from "./shared-store-port.ts";

/** Told of what has happened in the store, in its order. */
export interface StoreWatch {
  stores(append: SharedAppend): void;
  grants(worker: string, leaseMs: number, key: AttemptKey): void;
  renews(worker: string, leaseMs: number, key: AttemptKey): void;
  /** The lease is over, whoever has it; `worker` when it was that one's to end. */
  releases(key: AttemptKey, worker?: string): void;
  /** Offers that were due are taken by somebody, who may never hear of it. */
  takes(messages: readonly TaskMessage[]): void;
  receives(letters: readonly Letter[]): void;
  drops(ids: readonly string[]): void;
}

export function watchedServer(store: SharedStore, watch: StoreWatch): SharedStore {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn: Through = (call) => {
    const called = last.then(call);
    last = called.catch(() => {});
    return called;
  };
  const tellOfAppends = (batch: readonly SharedAppend[], outcomes: readonly AppendOutcome[]) => {
    for (const [index, append] of batch.entries()) {
      if (outcomes[index] !== "stored") continue;
      watch.stores(append);
      watch.receives(append.outbox?.lettersSent ?? []);
    }
    return outcomes;
  };
  const port = sharedStorePort(store, inTurn, inTurn);
  return {
    ...port,
    append: (batch) => inTurn(async () => tellOfAppends(batch, await store.append(batch))),
    claimAttempts: (worker, leaseMs, keys) =>
      inTurn(async () => {
        const answers = await store.claimAttempts(worker, leaseMs, keys);
        for (const [index, key] of keys.entries()) {
          const answer = answers[index] ?? null;
          if (answer !== null && "request" in answer) watch.grants(worker, leaseMs, key);
        }
        return answers;
      }),
    renewAttempts: (worker, leaseMs, keys) =>
      inTurn(async () => {
        const renewed = await store.renewAttempts(worker, leaseMs, keys);
        for (const [index, key] of keys.entries()) {
          if (renewed[index] === true) watch.renews(worker, leaseMs, key);
        }
        return renewed;
      }),
    handBackAttempts: (worker, handedBack) =>
      inTurn(async () => {
        await store.handBackAttempts(worker, handedBack);
        for (const { key } of handedBack) watch.releases(key, worker);
      }),
    reportAttempts: (letters) =>
      inTurn(async () => {
        await store.reportAttempts(letters);
        for (const { body } of letters) if (body.kind === "outcome") watch.releases(body.key);
        watch.receives(letters);
      }),
    takeDue: (query) =>
      inTurn(async () => {
        const messages = await store.takeDue(query);
        watch.takes(messages);
        return messages;
      }),
    sendLetters: (letters) =>
      inTurn(async () => {
        await store.sendLetters(letters);
        watch.receives(letters);
      }),
    dropLetters: (ids) =>
      inTurn(async () => {
        await store.dropLetters(ids);
        watch.drops(ids);
      }),
  };
}
