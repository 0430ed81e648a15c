/**
 * What `mycroft up` does: it holds the store, works on every run, fires the schedules, goes on with backfills, serves the web page
 * and does what other commands ask, until it is told to end. Data that cannot be read, and a store that fails, are told and tried
 * again. Told to end, it takes nothing more in, finishes what is in hand for a while, and leaves the rest to the next process (P3).
 */

import { setTimeout as delay } from "node:timers/promises";
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import type { RunUpdate } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { watchForInterruption } from "../host/interruption.ts";
import type { MarketFeed } from "../host/market-feed.ts";
import { openFeed } from "../host/open-feed.ts";
import { StoreHolder } from "../host/store-holder.ts";
import type { FolderProject } from "../project/open-project.ts";
import { RunUpdates } from "../web/run-updates.ts";
import type { ServedWeb } from "../web/serve-web.ts";
import type { WebOptions } from "../web/web-options.ts";
import { UpLog } from "./up-log.ts";
import { watchBackfills } from "./watch-backfills.ts";

export interface KeepRunningOptions {
  readonly open: FolderProject;
  readonly invocation: Pick<Invocation, "options" | "terminal">;
  /** How long what is in hand may take when it is told to end. */
  readonly graceMs: number;
  /** Null for no server. */
  readonly web: WebOptions | null;
  /** The data as it has been read already; read here unless given. */
  readonly feed?: MarketFeed;
  /**
   * Says that it is up, each time that it is: nothing fires before that. When the log is attached, it tells what has happened
   * since the store was opened, and from then on what happens.
   */
  readonly greet: (life: Life) => Promise<void>;
  readonly onUpdate?: (update: RunUpdate) => void;
}

/** From reading the data to the end of the store. */
export interface Life {
  readonly holder: StoreHolder;
  readonly page: ServedWeb | null;
  readonly log: UpLog;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/**
 * Resolves when it was told to end, and has, with the exit code that goes with the signal.
 * @throws {MycroftError} STORE_LOCKED when another process holds the store; what no later try would mend.
 */
export async function keepRunning(options: KeepRunningOptions): Promise<number> {
  const log = new UpLog(options.invocation);
  const stop = Promise.withResolvers<"stop">();
  const interruption = watchForInterruption({ onFirst: () => stop.resolve("stop") });
  const lives = new Lives(options, log, stop.promise);
  try {
    let retryMs = firstRetryMs;
    for (;;) {
      const startedAt = performance.now();
      if ((await lives.next()) === "stopped") break;
      if (performance.now() - startedAt > longestRetryMs) retryMs = firstRetryMs;
      if ((await Promise.race([stop.promise, delay(retryMs)])) === "stop") break;
      retryMs = Math.min(2 * retryMs, longestRetryMs);
    }
  } finally {
    await log.flush();
    interruption.stop();
  }
  return interruption.exitCode ?? 0;
}

class Lives {
  readonly #options: KeepRunningOptions;
  readonly #log: UpLog;
  readonly #stop: Promise<"stop">;
  /** Of the first life only. */
  #feed: MarketFeed | undefined;
  /** The page stays where it was. */
  #web: WebOptions | null;

  constructor(options: KeepRunningOptions, log: UpLog, stop: Promise<"stop">) {
    this.#options = options;
    this.#log = log;
    this.#stop = stop;
    this.#feed = options.feed;
    this.#web = options.web;
  }

  async next(): Promise<"stopped" | "failed"> {
    const { greet, graceMs } = this.#options;
    const log = this.#log;
    const failed = Promise.withResolvers<"failed">();
    let holder: StoreHolder | null = null;
    let page: ServedWeb | null = null;
    try {
      const updates = new RunUpdates();
      const feed = await this.#openFeed();
      holder = await this.#openHolder(
        feed,
        updates,
        () => page,
        () => failed.resolve("failed"),
      );
      page = await this.#serve(holder, feed, updates);
      const why = await this.#live({ holder, page, log }, greet, failed.promise);
      if (why === "failed") log.tell({ event: "reopening" });
      else log.tell({ event: "stopping", inHand: holder.inHand, graceMs });
      const inHand = await drain(holder, page, graceMs);
      if (why === "failed") return "failed";
      log.tell({ event: "stopped", inHand });
      return "stopped";
    } catch (thrown) {
      const error = asMycroftError(thrown);
      await page?.close().catch(() => {});
      await holder?.close().catch(() => {});
      if (!mendable.has(error.code)) throw thrown;
      log.warn(error, true);
      return "failed";
    }
  }

  /** Until there is a reason to end. */
  async #live(
    life: Life,
    greet: KeepRunningOptions["greet"],
    failed: Promise<"failed">,
  ): Promise<"stop" | "failed"> {
    const end = Promise.race([this.#stop, failed]);
    const greeted = greet(life).then(() => "greeted" as const);
    // What the end does to a greeting is no failure of its own.
    greeted.catch(() => {});
    const first = await Promise.race([end, greeted]);
    if (first !== "greeted") return first;
    const { scheduler, backfills } = life.holder.controls;
    scheduler.start();
    backfills.start();
    const stopWatching = watchBackfills(backfills, this.#log);
    const why = await end;
    stopWatching();
    return why;
  }

  async #openFeed(): Promise<MarketFeed> {
    const { open, invocation } = this.#options;
    const feed = this.#feed ?? (await openFeed(open, invocation)).feed;
    this.#feed = undefined;
    return feed;
  }

  async #serve(holder: StoreHolder, feed: MarketFeed, updates: RunUpdates): Promise<ServedWeb | null> {
    if (this.#web === null) return null;
    const { open, invocation } = this.#options;
    const { options, terminal } = invocation;
    const { folderBackend } = await import("../web/folder-backend.ts");
    const { serveWeb } = await import("../web/serve-web.ts");
    const onError = this.#log.warn.bind(this.#log);
    const backend = folderBackend({ open, holder, feed, updates, options, onError });
    const page = await serveWeb(backend, this.#web, terminal);
    this.#web = { ...this.#web, listen: { ...this.#web.listen, port: page.port } };
    return page;
  }

  async #openHolder(
    feed: MarketFeed,
    updates: RunUpdates,
    page: () => ServedWeb | null,
    onStoreFailed: () => void,
  ): Promise<StoreHolder> {
    const { open, onUpdate = () => {} } = this.#options;
    const log = this.#log;
    let holder: StoreHolder | null = null;
    holder = await StoreHolder.open({
      open,
      feed,
      isStaying: true,
      page: () => page()?.signInUrl ?? null,
      listener: {
        onUpdate: (update) => {
          log.takeUpdate(update);
          updates.tell(update);
          onUpdate(update);
        },
        onWaiting: (runId, waits) => log.takeWaiting(runId, waits),
        onSettled: (runId) => log.takeSettled(runId),
        onClosing: async () => {
          await log.flush();
          log.attach(null);
        },
        onScheduler: (notice) => log.takeNotice(notice),
        onDataLoaded: ({ source, lastDate, hash }) =>
          log.tell({ event: "dataLoaded", source, lastDate, hash }),
        onAsked: (operation, about) => log.tell({ event: "asked", operation, about }),
        onError: (error) => {
          log.warn(error);
          if (holder !== null && holder.failure === error) onStoreFailed();
        },
      },
    });
    return holder;
  }
}

/** What somebody may put right while this process waits: files and disks. A configuration is read once. */
const mendable: ReadonlySet<ErrorCode> = new Set([
  "DATA_FILE_UNREADABLE",
  "DATA_COLUMN_MISSING",
  "DATA_ROW_INVALID",
  "DATA_EMPTY",
  "STORE_FULL",
  "STORE_IO",
]);

/** Finishes what is in hand, for as long as that may take; gives how much of it is given up. */
async function drain(holder: StoreHolder, page: ServedWeb | null, graceMs: number): Promise<number> {
  // What a store that has failed makes of closing is no news.
  const closed = Promise.resolve(page?.close())
    .catch(() => {})
    .then(() => holder.close())
    .then(
      () => 0,
      () => 0,
    );
  return Promise.race([closed, delay(graceMs).then(() => holder.inHand)]);
}
