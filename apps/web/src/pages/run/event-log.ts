/** A run's events by their sequence numbers, as far as they are known: pages come in any order, and twice. */
import type { RunEventView } from "@mycroft/protocol";

export interface EventLog {
  /** By sequence number less `first`; holes are events that have not been fetched. */
  readonly events: ReadonlyMap<number, RunEventView>;
  /** The highest sequence number that is known to be; -1 before there is any. */
  readonly last: number;
}

export const emptyLog: EventLog = { events: new Map(), last: -1 };

/** @param count how many events the run's summary tells of: they are numbered from 0. */
export function extendLog(log: EventLog, events: readonly RunEventView[], count = 0): EventLog {
  const fresh = events.filter(({ seq }) => !log.events.has(seq));
  const last = events.reduce((most, { seq }) => Math.max(most, seq), Math.max(log.last, count - 1));
  if (fresh.length === 0 && last === log.last) return log;
  const known = new Map(log.events);
  for (const event of fresh) known.set(event.seq, event);
  return { events: known, last };
}

/** The pages that are wanted to show the events from one sequence number to another. */
export function missingPages(log: EventLog, from: number, to: number, pageSize: number): readonly number[] {
  const pages: number[] = [];
  const lastPage = Math.floor(Math.min(to, log.last) / pageSize);
  for (let page = Math.floor(Math.max(0, from) / pageSize); page <= lastPage; page++) {
    const begin = page * pageSize;
    const end = Math.min(begin + pageSize - 1, log.last);
    if (hasHole(log, Math.max(begin, from), Math.min(end, to))) pages.push(page);
  }
  return pages;
}

function hasHole(log: EventLog, from: number, to: number): boolean {
  for (let seq = from; seq <= to; seq++) if (!log.events.has(seq)) return true;
  return false;
}
