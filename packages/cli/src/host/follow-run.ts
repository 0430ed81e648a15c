/** Follows a run that others work on, by looking at the record: until it has settled, or waits for somebody. */
import { setTimeout as delay } from "node:timers/promises";
import { readStanding, type Standing } from "@mycroft/record";
import type { Store } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { isAtRest } from "./run-activity.ts";
import { waitLines } from "./wait-lines.ts";

export interface Following {
  readonly store: Store;
  readonly runId: string;
  readonly invocation: Pick<Invocation, "options" | "terminal">;
  /** Resolves when the following is to end; the run goes on. */
  readonly stop: Promise<"stop">;
  /** Resolves when there may be news of the run; it is looked at now and then anyway. */
  readonly untilNews?: () => Promise<unknown>;
  /** Looks now and then whether somebody works on the run; rejects when there is no use in waiting. */
  readonly checkWorkers: (standing: Standing) => Promise<void>;
  /** Whether all that the run was told is on record; it is unless given. */
  readonly isHeard?: () => Promise<boolean>;
  /** The time by which waits end, in milliseconds since the epoch. */
  readonly now: () => number;
}

const lookEveryMs = 200;
/** A look may take this share of the time between looks. */
const lookShare = 0.05;
const checkEveryMs = 1_000;

/** @throws {MycroftError} what `checkWorkers` throws; the codes of the store. */
export async function followRun(following: Following): Promise<"ended" | "stopped"> {
  const { store, runId, invocation, stop, checkWorkers, untilNews } = following;
  const { options, terminal } = invocation;
  let told = "";
  let checkedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const startedAt = performance.now();
    const news = untilNews?.();
    const standing = await readStanding(store, runId);
    if (await hasEnded(standing, following)) return "ended";
    const text = standing.kind === "waiting" ? JSON.stringify(standing.waits) : "";
    if (standing.kind === "waiting" && text !== told && terminal.isAttended) {
      terminal.note(`Run ${runId} waits`);
      for (const line of waitLines(standing.waits, options)) terminal.note(`  ${line}`);
    }
    told = text;
    if (performance.now() - checkedAt >= checkEveryMs) {
      await checkWorkers(standing);
      checkedAt = performance.now();
    }
    const pauseMs = Math.max(lookEveryMs, (performance.now() - startedAt) / lookShare);
    const pause = news === undefined ? delay(pauseMs) : Promise.race([news, delay(pauseMs)]);
    if ((await Promise.race([stop, pause])) === "stop") return "stopped";
  }
}

async function hasEnded(standing: Standing, following: Following): Promise<boolean> {
  const { store, runId, isHeard, invocation, now } = following;
  if (standing.kind === "settled") return true;
  if (invocation.terminal.isAttended || !isAtRest(standing, now())) return false;
  if (isHeard === undefined) return true;
  if (!(await isHeard())) return false;
  // What it has heard since the look may have set it going.
  const again = await readStanding(store, runId);
  return again.kind === "settled" || isAtRest(again, now());
}
