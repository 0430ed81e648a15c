/**
 * What `mycroft up` does: it holds the store, works on every run, fires the schedules, goes on with backfills and does what
 * other commands ask, until it is told to end. Data that cannot be read, and a store that fails, are told and tried again. Told
 * to end, it takes nothing more in, finishes what is in hand for a while, and leaves the rest to the next process (P3).
 */

import { setTimeout as delay } from "node:timers/promises";
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import type { Invocation } from "../command.ts";
import { watchForInterruption } from "../host/interruption.ts";
import { openFeed } from "../host/open-feed.ts";
import { StoreHolder } from "../host/store-holder.ts";
import type { FolderProject } from "../project/open-project.ts";
import { UpLog } from "./up-log.ts";
import { tellSummary } from "./up-summary.ts";
import { watchBackfills } from "./watch-backfills.ts";

export interface KeepRunningOptions {
  readonly open: FolderProject;
  readonly invocation: Pick<Invocation, "options" | "terminal">;
  /** How long what is in hand may take when it is told to end. */
  readonly graceMs: number;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/**
 * Resolves when it was told to end, and has.
 * @throws {MycroftError} STORE_LOCKED when another process holds the store; what no later try would mend.
 */
export async function keepRunning(options: KeepRunningOptions): Promise<void> {
  const log = new UpLog(options.invocation);
  const stop = Promise.withResolvers<"stop">();
  const interruption = watchForInterruption({ onFirst: () => stop.resolve("stop") });
  try {
    let retryMs = firstRetryMs;
    for (;;) {
      const startedAt = performance.now();
      if ((await oneLife(options, log, stop.promise)) === "stopped") break;
      if (performance.now() - startedAt > longestRetryMs) retryMs = firstRetryMs;
      if ((await Promise.race([stop.promise, delay(retryMs)])) === "stop") break;
      retryMs = Math.min(2 * retryMs, longestRetryMs);
    }
  } finally {
    await log.flush();
    interruption.stop();
  }
}

/** From reading the data to the end of the store. */
async function oneLife(
  options: KeepRunningOptions,
  log: UpLog,
  stop: Promise<"stop">,
): Promise<"stopped" | "failed"> {
  const failed = Promise.withResolvers<"failed">();
  let holder: StoreHolder | null = null;
  try {
    holder = await openHolder(options, log, () => failed.resolve("failed"));
    log.attach(holder.store);
    await tellSummary(holder, options.open, options.invocation);
    holder.controls.scheduler.start();
    holder.controls.backfills.start();
    const stopWatching = watchBackfills(holder.controls.backfills, log);
    const why = await Promise.race([stop, failed.promise]);
    stopWatching();
    if (why === "failed") log.tell({ event: "reopening" });
    else log.tell({ event: "stopping", inHand: holder.inHand, graceMs: options.graceMs });
    const inHand = await drain(holder, options.graceMs);
    if (why === "failed") return "failed";
    log.tell({ event: "stopped", inHand });
    return "stopped";
  } catch (thrown) {
    const error = asMycroftError(thrown);
    await holder?.close().catch(() => {});
    if (!mendable.has(error.code)) throw thrown;
    log.warn(error, true);
    return "failed";
  }
}

async function openHolder(
  { open, invocation }: KeepRunningOptions,
  log: UpLog,
  onStoreFailed: () => void,
): Promise<StoreHolder> {
  const feed = await openFeed(open, invocation);
  let holder: StoreHolder | null = null;
  holder = await StoreHolder.open({
    open,
    feed,
    isStaying: true,
    listener: {
      onUpdate: (update) => log.takeUpdate(update),
      onWaiting: (runId, waits) => log.takeWaiting(runId, waits),
      onSettled: (runId) => log.takeSettled(runId),
      onClosing: async () => {
        await log.flush();
        log.attach(null);
      },
      onScheduler: (notice) => log.takeNotice(notice),
      onDataLoaded: ({ source, lastDate, hash }) => log.tell({ event: "dataLoaded", source, lastDate, hash }),
      onAsked: (operation, about) => log.tell({ event: "asked", operation, about }),
      onError: (error) => {
        log.warn(error);
        if (holder !== null && holder.failure === error) onStoreFailed();
      },
    },
  });
  return holder;
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
async function drain(holder: StoreHolder, graceMs: number): Promise<number> {
  // What a store that has failed makes of closing is no news.
  const closed = holder.close().then(
    () => 0,
    () => 0,
  );
  return Promise.race([closed, delay(graceMs).then(() => holder.inHand)]);
}
