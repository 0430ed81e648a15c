/**
 * A run's record, read piece by piece and folded in turns beside the server's other work: a run of thousands of companies
 * takes seconds, and nobody else waits for it.
 */
import type { Plan, RunState } from "@mycroft/engine";
import { type TaskStory, type Timeline, TimelineFold } from "@mycroft/record";
import { findRun, type RunHeader, readRunPlan, type Store } from "@mycroft/runtime";
import type { Turns } from "../turns/turns.ts";

/** Events that are read at once. */
const piece = 250;

export interface FoldedRun {
  readonly header: RunHeader;
  readonly state: RunState;
  readonly timeline: Timeline;
  /** How many events were read. */
  readonly events: number;
}

export interface FoldOptions {
  readonly store: Store;
  readonly turns: Turns;
  /** Of that run, for whoever has it already; it is read and checked otherwise. */
  readonly plan?: Plan;
}

/** @throws {MycroftError} RUN_UNKNOWN, also when it is forgotten meanwhile; the codes of `readRunPlan` and of the store. */
export async function foldRun(
  { runId, ...rest }: RunHeader,
  { store, turns, plan }: FoldOptions,
): Promise<FoldedRun> {
  const fold = new TimelineFold(plan ?? (await readRunPlan(store, { runId, ...rest })), runId);
  let events = 0;
  let lastAt: number | null = null;
  for (let isAll = false; !isAll; ) {
    const found = await store.readEvents(runId, events, piece);
    for (const event of found) {
      fold.take(event);
      lastAt = event.at;
      if (turns.isOver) await turns.giveWay();
    }
    events += found.length;
    isAll = found.length < piece;
    if (turns.isOver) await turns.giveWay();
  }
  const tasks: readonly TaskStory[] = await turns.take(fold.eachTask());
  // What has been folded is at least as new as the header; and the record may have been forgotten on the way.
  const header = await findRun(store, runId);
  const { state } = fold;
  const from = state.startedAt ?? header.createdAt;
  const to = state.settledAt ?? lastAt ?? header.createdAt;
  return {
    header,
    state,
    timeline: { from, to, tasks, log: fold.log, ignoredEvents: state.ignored },
    events,
  };
}
