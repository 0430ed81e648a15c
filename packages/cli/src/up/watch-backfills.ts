/** Tells now and then how far the backfills under way are, and when they have ended. */
import type { BackfillProgress, Backfills } from "@mycroft/runtime";
import type { UpLog } from "./up-log.ts";

const everyMs = 10_000;

/** Returns how to stop it. */
export function watchBackfills(backfills: Backfills, log: UpLog): () => void {
  /** What was last told of each that is under way. */
  const told = new Map<string, string>();
  const look = async () => {
    for (const progress of await backfills.list()) {
      const { id, endedAt } = progress;
      const text = textOf(progress);
      if ((endedAt !== null && !told.has(id)) || told.get(id) === text) continue;
      log.tell({ event: "backfill", backfill: progress });
      if (endedAt === null) told.set(id, text);
      else told.delete(id);
    }
  };
  // What cannot be read now is told by whoever needs it.
  const timer = setInterval(() => void look().catch(() => {}), everyMs);
  return () => clearInterval(timer);
}

function textOf({ status, succeeded, failed, cancelled, underWay }: BackfillProgress): string {
  return [status, succeeded, failed, cancelled, underWay].join(" ");
}
