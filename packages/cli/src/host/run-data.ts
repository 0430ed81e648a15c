/** Which data a run began with, and whether this process has it: its agents must be shown that, and nothing else (P5, P6). */
import type { Store } from "@mycroft/runtime";
import type { MarketFeed } from "./market-feed.ts";
import { rootOf } from "./run-activity.ts";

type DataHash = string | undefined;

/** How many runs are remembered with their data. */
const rememberedRuns = 10_000;

export class RunData {
  readonly #store: Pick<Store, "getRun">;
  readonly #hashes = new Map<string, DataHash>();

  constructor(store: Pick<Store, "getRun">) {
    this.#store = store;
  }

  /** The hash of the data of a run, or of the run that it lies within. */
  async hashOf(runId: string): Promise<DataHash> {
    const root = rootOf(runId);
    if (this.#hashes.has(root)) return this.#hashes.get(root);
    const hash = (await this.#store.getRun(root))?.provenance.dataHash;
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size >= rememberedRuns && oldest !== undefined) this.#hashes.delete(oldest);
    this.#hashes.set(root, hash);
    return hash;
  }
}

/**
 * Why a task of that run is to be left to others, as a clause; null when it may be executed here. Files that have changed are
 * read anew before data is given up as missing.
 */
export async function dataObstacle(
  runId: string,
  {
    feed,
    data,
    store,
  }: { readonly feed: MarketFeed; readonly data: RunData; readonly store: Pick<Store, "listRuns"> },
): Promise<string | null> {
  const hash = await data.hashOf(runId);
  if (feed.find(hash) !== undefined) return null;
  await feed.refresh(store);
  if (feed.find(hash) !== undefined) return null;
  const has = feed.current === null ? "none" : feed.current.hash.slice(0, 12);
  return `it needs the market data ${hash?.slice(0, 12) ?? "of a run without any"}, and this worker has ${has}`;
}
