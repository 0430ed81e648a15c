/** What is to change in the store with the news of a run, in the same transaction. */
import type { StartAttempt } from "@mycroft/engine";
import type { LiveNews, LiveRun } from "../live-run.ts";
import type { AttemptOffer, OutboxChange } from "../ports/shared-store.ts";

type OfferOf = (run: LiveRun, command: StartAttempt, readyAt: number) => AttemptOffer;

/** Whether an attempt that has ended may have been offered again meanwhile. */
type MayBeOffered = (run: LiveRun, ended: Pick<StartAttempt, "task" | "attempt">) => boolean;

/** Null when nothing is. */
export function outboxOf(
  { run, append, commands, letters }: LiveNews,
  offerOf: OfferOf,
  mayBeOffered: MayBeOffered,
): OutboxChange | null {
  const offers = new Map<string, AttemptOffer>();
  const withdrawals: { readonly task: string; readonly attempt: number }[] = [];
  for (const event of append.events) {
    const isOutcome = event.type === "attemptSucceeded" || event.type === "attemptFailed";
    if (isOutcome && mayBeOffered(run, event)) withdrawals.push({ task: event.task, attempt: event.attempt });
  }
  for (const command of commands) {
    if (command.type === "startAttempt") {
      const readyAt = run.state.tasks.get(command.task)?.readyAt ?? 0;
      offers.set(`${command.attempt} ${command.task}`, offerOf(run, command, readyAt));
    } else if (command.type === "cancelAttempt") {
      const { task, attempt } = command;
      // What starts and ends between two commits was never there.
      if (!offers.delete(`${attempt} ${task}`)) withdrawals.push({ task, attempt });
    }
  }
  if (offers.size === 0 && withdrawals.length === 0 && letters.length === 0) return null;
  return { offers: [...offers.values()], withdrawals, lettersTaken: letters };
}
