/**
 * A page of a run's events. The store is asked for no more than the page needs; events of one task are looked for piece by
 * piece, and no further than a bound, so that a page may hold fewer than were asked for while there are more (P8).
 */
import type { RunEventView } from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import { eventView } from "./event-views.ts";

export const eventPageLimits = {
  /** Events that are read at once to look for those of one task. */
  piece: 1_000,
  /** Events that one page looks through. */
  looked: 20_000,
} as const;

export interface EventQuery {
  /** The sequence number to begin at. */
  readonly from: number;
  readonly limit: number;
  readonly task?: string | undefined;
}

export interface EventPage {
  readonly events: RunEventView[];
  /** Where to go on; null when that was the last one. */
  readonly next: number | null;
}

/** @throws {MycroftError} the store's codes. */
export async function listEvents(
  store: Pick<Store, "readEvents">,
  runId: string,
  { from, limit, task }: EventQuery,
): Promise<EventPage> {
  const piece = task === undefined ? limit + 1 : eventPageLimits.piece;
  const events: RunEventView[] = [];
  let seq = from;
  for (;;) {
    const found = await store.readEvents(runId, seq, piece);
    for (const event of found) {
      if (events.length === limit) return { events, next: seq };
      if (task === undefined || ("task" in event && event.task === task)) events.push(eventView(event, seq));
      seq += 1;
    }
    if (found.length < piece) return { events, next: null };
    if (seq - from >= eventPageLimits.looked) return { events, next: seq };
  }
}
