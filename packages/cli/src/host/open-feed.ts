/** The market data of a process that keeps running: read anew when its files have changed. */
import { stat } from "node:fs/promises";
import type { Invocation } from "../command.ts";
import { type LoadedMarket, loadMarket, marketFiles, noteLoadReport } from "../project/market.ts";
import type { OpenProject } from "../project/open-project.ts";
import { MarketFeed } from "./market-feed.ts";

export interface OpenedFeed {
  readonly feed: MarketFeed;
  /** What has been read; null for a project without market data. */
  readonly market: LoadedMarket | null;
}

/** @throws {MycroftError} the codes of `loadCsv`; USAGE for data options that do not go together. */
export async function openFeed(
  open: OpenProject,
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): Promise<OpenedFeed> {
  const files = marketFiles(open, options);
  let market: LoadedMarket | null = null;
  const load = async () => {
    market = await loadMarket(open, options, terminal);
    if (market !== null) noteLoadReport(market, terminal);
    return market?.data ?? null;
  };
  const feed =
    files.length === 0
      ? MarketFeed.fixed(await load())
      : await MarketFeed.open({ load, mark: () => markOf(files) });
  return { feed, market };
}

/** Of a file that cannot be looked at, nothing: reading it says why. */
async function markOf(files: readonly string[]): Promise<string> {
  const marks = files.map(async (file) => {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      return [mtimeMs, size, ino].join(" ");
    } catch {
      return "";
    }
  });
  return (await Promise.all(marks)).join("\n");
}
