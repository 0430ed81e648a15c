/** Asks for the backfill, in every life again, perhaps gives it up, and waits until it has ended. */
import { backfillId, daysOf } from "../backfill-watch.ts";
import { ask } from "./ask.ts";
import type { ClientOptions } from "./outside.ts";

export async function useBackfill(options: ClientOptions): Promise<void> {
  const { scenario, backfills, until } = options;
  const { backfill } = scenario;
  if (backfill === null || backfills === null) return;
  backfills.start();
  await until(backfill.atMs);
  const { workflow: name, concurrency, newestFirst } = backfill;
  const days = daysOf(backfill);
  const target = { kind: "workflow", name, input: null, calendar: null } as const;
  const range = { from: days[0] ?? "", to: days.at(-1) ?? "" };
  await ask(options, [], () =>
    backfills.begin({ id: backfillId, target, ...range, concurrency, newestFirst }),
  );
  await Promise.all([backfills.waitFor(backfillId), giveUp(options)]);
}

async function giveUp(options: ClientOptions): Promise<void> {
  const { scenario, backfills, until, memory } = options;
  const cancelAtMs = scenario.backfill?.cancelAtMs ?? null;
  if (cancelAtMs === null || backfills === null) return;
  await until(cancelAtMs);
  if (!memory.answered.has("backfill")) await ask(options, [], () => backfills.cancel(backfillId));
  memory.answered.add("backfill");
}
