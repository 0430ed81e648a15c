/**
 * Appends as a store's client makes them over a connection that may be lost: what is appended again, because nobody knew
 * whether it was stored, is stored once.
 */
import { isDeepStrictEqual } from "node:util";
import { asMycroftError } from "@mycroft/errors";
import type { SharedAppend, SharedStore } from "../../ports/shared-store.ts";
import type { AppendOutcome, NewRun, RunHeader } from "../../ports/store.ts";
import type { Through } from "./shared-store-port.ts";

type Append = SharedStore["append"];

/** @param server the store itself. @param call the way to it. */
export function decidingAppend(server: SharedStore, call: Through): Append {
  const doubts = new Set<string>();
  const confirm = async (append: SharedAppend, outcome: AppendOutcome): Promise<AppendOutcome> =>
    outcome === "conflict" && doubts.has(nameOf(append)) && (await isThere(server, append))
      ? "stored"
      : outcome;
  return async (batch) => {
    try {
      const outcomes = await call(async () => {
        const found = await server.append(batch);
        return Promise.all(batch.map((append, index) => confirm(append, found[index] ?? "conflict")));
      });
      for (const append of batch) doubts.delete(nameOf(append));
      return outcomes;
    } catch (thrown) {
      if (asMycroftError(thrown).details?.["isUndecided"] === true) {
        for (const append of batch) doubts.add(nameOf(append));
      }
      throw thrown;
    }
  };
}

function nameOf({ runId, fromSeq, create }: SharedAppend): string {
  return `${runId} ${fromSeq} ${create === undefined ? "" : "created"}`;
}

async function isThere(store: SharedStore, append: SharedAppend): Promise<boolean> {
  const { runId, fromSeq, events, settle, create } = append;
  const header = await store.getRun(runId);
  if (header === undefined || (create !== undefined && !isSameRun(header, create))) return false;
  if (settle !== undefined && (header.status !== settle.status || header.settledAt !== settle.at)) {
    return false;
  }
  const found = events.length === 0 ? [] : await store.readEvents(runId, fromSeq, events.length);
  return isDeepStrictEqual(found, JSON.parse(JSON.stringify(events)));
}

function isSameRun(header: RunHeader, create: NewRun): boolean {
  const { status: _, settledAt: __, events: ___, ...found } = header;
  return isDeepStrictEqual(found, JSON.parse(JSON.stringify(create)));
}
