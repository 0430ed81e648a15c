/**
 * The blackboard of one run: values under keys, each with a revision, kept as documents of the store until they expire (P8).
 * A child run has its own, so that how it comes out does not depend on who started it; so has a fork.
 */
import { contentHash, type JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { Clock } from "../ports/clock.ts";
import type { Store, StoredDocument } from "../ports/store.ts";
import { objectOf, textOf } from "../scheduler/read-fields.ts";
import type { ExchangeLog } from "./exchange-log.ts";
import { checkBody, checkKey, limitExceeded, messageLimits } from "./message-limits.ts";

export interface BlackboardEntry {
  readonly key: string;
  readonly value: JsonValue;
  /** 1 when it is first written, one more with each change. */
  readonly revision: number;
  /** The agent or function that wrote it. */
  readonly by: string;
}

export type BlackboardWrite =
  | { readonly status: "written"; readonly revision: number }
  /** Somebody else wrote first; `current` is what there is, null for nothing. */
  | { readonly status: "conflict"; readonly current: BlackboardEntry | null };

export interface BlackboardOptions {
  readonly store: Pick<Store, "getDocument" | "putDocument" | "listDocuments">;
  readonly clock: Pick<Clock, "now">;
  readonly runId: string;
  /** Who writes. */
  readonly by: string;
  readonly log: ExchangeLog;
  /** Throws when nothing may be sent or read any more. */
  readonly assertOpen: () => void;
}

const collection = "blackboard";
/** How often a write without a stated revision begins anew because others write the same key. */
const maxTries = 20;

export class Blackboard {
  readonly #options: BlackboardOptions;
  /** No run id has a blank, so no run's keys begin as another's. */
  readonly #prefix: string;

  constructor(options: BlackboardOptions) {
    this.#options = options;
    this.#prefix = `${options.runId} `;
  }

  /** Null when nothing is written there. @throws {MycroftError} INPUT_INVALID, LIMIT_EXCEEDED, the store's codes. */
  async read(key: string): Promise<BlackboardEntry | null> {
    const { log, assertOpen } = this.#options;
    assertOpen();
    checkKey(key);
    const entry = await this.#find(key);
    const hash = entry === null ? null : contentHash(entry.value);
    log.keepRead({ type: "read", key, revision: entry?.revision ?? 0, hash });
    return entry;
  }

  /**
   * @param replaces the revision that is replaced, 0 to write what is not there yet; whatever there is unless given.
   * @throws {MycroftError} INPUT_INVALID, OUTPUT_NOT_JSON, LIMIT_EXCEEDED, STORE_CONFLICT when too many write the same key
   *   at once, the store's codes.
   */
  async write(key: string, value: JsonValue, replaces: number | null = null): Promise<BlackboardWrite> {
    const { log, assertOpen } = this.#options;
    assertOpen();
    checkKey(key);
    checkBody(value, `The value under ${JSON.stringify(key)}`);
    log.takeRoom();
    const revision = replaces === null ? await this.#writeOver(key, value) : replaces + 1;
    if (replaces === 0) await this.#assertRoom();
    if (replaces !== null && !(await this.#put(key, value, replaces))) {
      const current = await this.#find(key);
      const hash = current === null ? null : contentHash(current.value);
      log.keep({ type: "read", key, revision: current?.revision ?? 0, hash });
      return { status: "conflict", current };
    }
    log.keep({ type: "written", key, revision, hash: contentHash(value) });
    return { status: "written", revision };
  }

  /** All of them, in the order of their keys. @throws {MycroftError} LIMIT_EXCEEDED, the store's codes. */
  async entries(): Promise<readonly BlackboardEntry[]> {
    const { log, assertOpen } = this.#options;
    assertOpen();
    const entries = await this.#list();
    log.keepRead({ type: "listed", keys: entries.length, hash: contentHash(asJson(entries)) });
    return entries;
  }

  async #writeOver(key: string, value: JsonValue): Promise<number> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const revision = (await this.#find(key))?.revision ?? 0;
      if (revision === 0) await this.#assertRoom();
      if (await this.#put(key, value, revision)) return revision + 1;
    }
    const { runId } = this.#options;
    throw new MycroftError(
      "STORE_CONFLICT",
      `Others wrote ${JSON.stringify(key)} on the blackboard of run ${runId} ${maxTries} times meanwhile.`,
      { details: { runId, key }, retryable: true },
    );
  }

  async #put(key: string, value: JsonValue, replaces: number): Promise<boolean> {
    const { store, clock, by } = this.#options;
    const outcome = await store.putDocument({
      collection,
      id: `${this.#prefix}${key}`,
      replaces,
      value: { by, value },
      expiresAt: clock.now() + messageLimits.blackboardMs,
    });
    return outcome === "stored";
  }

  async #assertRoom(): Promise<void> {
    const { length } = await this.#list();
    if (length < messageLimits.blackboardKeys) return;
    throw limitExceeded("blackboardKeys", `The blackboard of run ${this.#options.runId} has ${length} keys`);
  }

  async #find(key: string): Promise<BlackboardEntry | null> {
    const found = await this.#options.store.getDocument(collection, `${this.#prefix}${key}`);
    return found === undefined ? null : this.#entryOf(found);
  }

  async #list(): Promise<readonly BlackboardEntry[]> {
    const { store } = this.#options;
    const entries: BlackboardEntry[] = [];
    let cursor: string | null = this.#prefix;
    while (cursor !== null) {
      const page = await store.listDocuments(collection, { limit: messageLimits.blackboardKeys, cursor });
      const own = page.documents.filter(({ id }) => id.startsWith(this.#prefix));
      entries.push(...own.map((one) => this.#entryOf(one)));
      cursor = own.length === page.documents.length ? page.nextCursor : null;
    }
    return entries;
  }

  #entryOf({ id, revision, value: kept }: StoredDocument): BlackboardEntry {
    const fields = objectOf(kept);
    return {
      key: id.slice(this.#prefix.length),
      value: fields["value"] ?? null,
      revision,
      by: textOf(fields["by"]),
    };
  }
}

function asJson(entries: readonly BlackboardEntry[]): JsonValue {
  return entries.map(({ key, value, revision, by }) => ({ key, value, revision, by }));
}
