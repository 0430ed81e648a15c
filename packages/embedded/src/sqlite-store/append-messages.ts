/**
 * What crosses to the append thread and back. Batches cross as one flat list of strings and numbers: objects within
 * objects take five times as long to be cloned, and that time is the main thread's.
 */
import type { ErrorRecord } from "@mycroft/errors";
import type { RunAppend } from "@mycroft/runtime";
import type { AppendOf, EventLogLimits } from "./event-log.ts";

/** Where the thread finds the store, and what it is to hold to there. */
export interface AppendThreadSettings {
  readonly folder: string;
  readonly limits: EventLogLimits;
  readonly maxFileBytes: number;
}

export interface AppendRequest {
  readonly appends: PackedAppends;
  /** By the store's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Whether the other connection has written since the thread last did. */
  readonly isOvertaken: boolean;
}

/** The places in the batch of the appends that were refused; or why nothing was stored. */
export type AppendAnswer =
  | { readonly ok: true; readonly conflicts: readonly number[] }
  | { readonly ok: false; readonly error: ErrorRecord };

/** For each append: run, sequence number, creation and settling as JSON (or null), number of events, their texts. */
export type PackedAppends = readonly (string | number | null)[];

type Extras = Pick<RunAppend, "create" | "settle">;

/** Null when the texts together are longer than `maxLength`, in UTF-16 code units. */
export function packAppends<Event>(
  batch: readonly AppendOf<Event>[],
  textOf: (event: Event) => string,
  maxLength: number,
): PackedAppends | null {
  const packed: (string | number | null)[] = [];
  let length = 0;
  for (const { runId, fromSeq, create, settle, events } of batch) {
    const isPlain = create === undefined && settle === undefined;
    packed.push(runId, fromSeq, isPlain ? null : JSON.stringify({ create, settle }), events.length);
    for (const event of events) {
      const text = textOf(event);
      length += text.length;
      if (length > maxLength) return null;
      packed.push(text);
    }
  }
  return packed;
}

export function unpackAppends(packed: PackedAppends): readonly AppendOf<string>[] {
  const batch: AppendOf<string>[] = [];
  for (let place = 0; place < packed.length; ) {
    const runId = packed[place] as string;
    const fromSeq = packed[place + 1] as number;
    const extras = packed[place + 2] as string | null;
    const end = place + 4 + (packed[place + 3] as number);
    const events = packed.slice(place + 4, end) as string[];
    batch.push(
      extras === null
        ? { runId, fromSeq, events }
        : { runId, fromSeq, events, ...(JSON.parse(extras) as Extras) },
    );
    place = end;
  }
  return batch;
}
