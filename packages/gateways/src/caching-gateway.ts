/**
 * Uses an earlier output instead of asking again, for steps that allow it: the same question (target and version, input, day,
 * data) within the step's time to live. Only what succeeded is kept. The cache may lose or refuse anything at any time: it can
 * make an attempt faster, and never make it fail.
 */
import { contentHash, type JsonValue } from "@mycroft/engine";
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { AttemptRequest, Clock, Store } from "@mycroft/runtime";
import { z } from "zod";
import type { VersionedGateway } from "./versioned-gateway.ts";

export interface CachingGatewayOptions {
  /** Outputs are kept in its collection `results`, until they expire. */
  readonly store: Pick<Store, "getDocument" | "putDocument">;
  readonly clock: Clock;
  /** The content hash of the market data that agents are shown; null when there is none. */
  readonly dataHash: string | null;
  /** Told of trouble with the cache, which nobody else hears of. */
  readonly onError?: (error: MycroftError) => void;
}

const collection = "results";
/** Outputs beyond this many that wait to be stored are not kept (P8). */
const maxWritesUnderWay = 100;

const entrySchema = z.strictObject({
  version: z.string(),
  /** When the output was given, in milliseconds since the epoch. */
  at: z.number(),
  output: z.custom<JsonValue>((value) => value !== undefined),
  /** The content hash of the output: it goes on record as an answer, so it must be the one that was given. */
  hash: z.string(),
});

type Entry = z.infer<typeof entrySchema>;
type Answer = Pick<Entry, "output" | "version">;

/**
 * @returns a gateway that answers from the cache where a request's `cacheTtlMs` allows it. An output that is too large for a
 * document is not kept. Equal requests that are under way at the same time are all executed.
 */
export function cachingGateway(gateway: VersionedGateway, options: CachingGatewayOptions): VersionedGateway {
  const cache = new ResultCache(options);
  return {
    versionOf: (target) => gateway.versionOf(target),
    async execute(request, control) {
      const { cacheTtlMs, target } = request;
      const version = cacheTtlMs === null ? null : gateway.versionOf(target);
      const key = version === null ? null : cache.keyOf(request, version);
      if (cacheTtlMs === null || key === null) return gateway.execute(request, control);
      const entry = await cache.find(key, cacheTtlMs);
      if (entry !== null) return { ok: true, output: entry.output, version: entry.version, isCached: true };
      const outcome = await gateway.execute(request, control);
      if (outcome.ok && outcome.version === version) cache.keep(key, outcome, cacheTtlMs);
      return outcome;
    },
  };
}

class ResultCache {
  readonly #options: CachingGatewayOptions;
  #writesUnderWay = 0;

  constructor(options: CachingGatewayOptions) {
    this.#options = options;
  }

  /** Null when the request cannot be named. */
  keyOf({ target: { kind, name }, input, asOf }: AttemptRequest, version: string): string | null {
    try {
      return contentHash({ kind, name, version, input, asOf, dataHash: this.#options.dataHash });
    } catch (thrown) {
      this.#report(thrown);
      return null;
    }
  }

  /** Null when there is nothing that may be used: no entry, a damaged one, or one too old for this step. */
  async find(key: string, ttlMs: number): Promise<Entry | null> {
    const { store, clock } = this.#options;
    try {
      const document = await store.getDocument(collection, key);
      const { success, data } = entrySchema.safeParse(document?.value);
      if (!success || contentHash(data.output) !== data.hash) return null;
      const ageMs = clock.now() - data.at;
      // An entry from the future was written before the clock was set back: nobody knows its age.
      return ageMs >= 0 && ageMs < ttlMs ? data : null;
    } catch (thrown) {
      this.#report(thrown);
      return null;
    }
  }

  /** Nobody waits for this: an answer that is there must not be late for want of a cache. */
  keep(key: string, answer: Answer, ttlMs: number): void {
    if (this.#writesUnderWay >= maxWritesUnderWay) return;
    this.#writesUnderWay += 1;
    this.#write(key, answer, ttlMs)
      .catch((thrown: unknown) => this.#report(thrown))
      .finally(() => {
        this.#writesUnderWay -= 1;
      });
  }

  async #write(key: string, { output, version }: Answer, ttlMs: number): Promise<void> {
    const { store, clock } = this.#options;
    const at = clock.now();
    const value: Entry = { version, at, output, hash: contentHash(output) };
    await store.putDocument({ collection, id: key, replaces: null, value, expiresAt: at + ttlMs });
  }

  #report(thrown: unknown): void {
    const error = asMycroftError(thrown);
    // Too large for a document: that is no trouble, just not kept.
    if (error.code !== "LIMIT_EXCEEDED") this.#options.onError?.(error);
  }
}
