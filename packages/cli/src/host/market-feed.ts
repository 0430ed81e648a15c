/**
 * The market data that the runs of a process work on. A run keeps the data that it began with, for its record names that
 * (P5, P6); where data is read from files that change, later runs begin with what the files then hold.
 */
import type { Provenance, Store } from "@mycroft/runtime";
import type { MarketData } from "@mycroft/sdk";
import { readCodeVersion } from "../version.ts";

export interface MarketSource {
  /** Changes when the data may have: the files' times and sizes, say. */
  readonly mark: () => Promise<string>;
  /** @throws {MycroftError} the codes of `loadCsv`. */
  readonly load: () => Promise<MarketData | null>;
}

type DataHash = string | undefined;

/** Files that are being written while they are read are read again, this often. */
const mostReads = 3;
const pageSize = 1_000;

export class MarketFeed {
  readonly #source: MarketSource | null;
  #mark: string;
  #current: MarketData | null;
  readonly #known = new Map<DataHash, MarketData | null>();
  #refreshing: Promise<boolean> | null = null;

  private constructor(current: MarketData | null, mark: string, source: MarketSource | null) {
    this.#current = current;
    this.#mark = mark;
    this.#source = source;
    this.#known.set(current?.hash, current);
  }

  /** Data that stays as it is; null for none. */
  static fixed(data: MarketData | null): MarketFeed {
    return new MarketFeed(data, "", null);
  }

  /** @throws {MycroftError} what the source throws. */
  static async open(source: MarketSource): Promise<MarketFeed> {
    const { data, mark } = await readSettled(source);
    return new MarketFeed(data, mark, source);
  }

  /** Whether every run of this process works on the same data. */
  get isFixed(): boolean {
    return this.#source === null;
  }

  /** What a run that begins now works on; null for none. */
  get current(): MarketData | null {
    return this.#current;
  }

  /** Kept with a run that begins now. */
  get provenance(): Provenance {
    const hash = this.#current?.hash;
    return { codeVersion: readCodeVersion(), ...(hash === undefined ? {} : { dataHash: hash }) };
  }

  /** The data of that hash; undefined when it is not at hand. */
  find(hash: DataHash): MarketData | null | undefined {
    return this.#known.get(hash);
  }

  /**
   * Reads the data anew if it may have changed; resolves with whether it has. What no run of the store needs any more is
   * forgotten.
   * @throws {MycroftError} what the source throws; the runs under way keep what they have.
   */
  refresh(store: Pick<Store, "listRuns">): Promise<boolean> {
    this.#refreshing ??= this.#refresh(store).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(store: Pick<Store, "listRuns">): Promise<boolean> {
    if (this.#source === null || (await this.#source.mark()) === this.#mark) return false;
    const { data, mark } = await readSettled(this.#source);
    this.#mark = mark;
    if (data?.hash === this.#current?.hash) return false;
    this.#current = data;
    this.#known.set(data?.hash, data);
    const needed = await hashesInUse(store);
    for (const hash of this.#known.keys()) {
      if (hash !== data?.hash && !needed.has(hash)) this.#known.delete(hash);
    }
    return true;
  }
}

async function readSettled({ mark, load }: MarketSource): Promise<{ data: MarketData | null; mark: string }> {
  let before = await mark();
  for (let reads = 1; ; reads += 1) {
    const data = await load();
    const after = await mark();
    if (after === before || reads === mostReads) return { data, mark: before };
    before = after;
  }
}

async function hashesInUse(store: Pick<Store, "listRuns">): Promise<ReadonlySet<DataHash>> {
  const hashes = new Set<DataHash>();
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { status: "running", limit: pageSize } as const;
    const page = await store.listRuns(cursor === undefined ? query : { ...query, cursor });
    for (const { provenance } of page.runs) hashes.add(provenance.dataHash);
    cursor = page.nextCursor;
  }
  return hashes;
}
