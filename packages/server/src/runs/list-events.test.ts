import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RunEvent } from "@mycroft/engine";
import { eventPageLimits, listEvents } from "./list-events.ts";

/** A run whose every `step`th event is of the task `rare`. */
function longRun(count: number, step: number) {
  const asked: number[] = [];
  const store = {
    readEvents: async (_: string, from = 0, limit = count): Promise<readonly RunEvent[]> => {
      asked.push(limit);
      const to = Math.min(count, from + limit);
      return Array.from({ length: Math.max(0, to - from) }, (_, index): RunEvent => {
        const task = (from + index) % step === 0 ? "rare" : "common";
        return {
          type: "attemptSucceeded",
          at: from + index,
          task,
          attempt: 1,
          token: 1,
          output: null,
        } as never;
      });
    },
  };
  return { store, asked };
}

const seqs = (events: readonly { readonly seq: number }[]) => events.map(({ seq }) => seq);

describe("listEvents", () => {
  it("P8 reads one event more than the page has, however long the run is", async () => {
    const { store, asked } = longRun(100_000, 2);
    const page = await listEvents(store, "run", { from: 10, limit: 50 });
    assert.deepEqual(
      seqs(page.events),
      Array.from({ length: 50 }, (_, index) => 10 + index),
    );
    assert.equal(page.next, 60);
    assert.deepEqual(asked, [51]);
  });

  it("tells of the end, also where a page ends with the run", async () => {
    const { store } = longRun(20, 2);
    assert.equal((await listEvents(store, "run", { from: 10, limit: 9 })).next, 19);
    assert.equal((await listEvents(store, "run", { from: 10, limit: 10 })).next, null);
    assert.deepEqual(await listEvents(store, "run", { from: 20, limit: 10 }), { events: [], next: null });
  });

  it("finds all events of one task over its pages, none twice", async () => {
    const { store } = longRun(5_000, 700);
    const found: number[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const page = await listEvents(store, "run", { from, limit: 3, task: "rare" });
      found.push(...seqs(page.events));
      from = page.next;
    }
    assert.deepEqual(found, [0, 700, 1_400, 2_100, 2_800, 3_500, 4_200, 4_900]);
  });

  it("P8 stops looking for a task's events at a bound, and says where to go on", async () => {
    const { store, asked } = longRun(100_000, 30_000);
    const { looked, piece } = eventPageLimits;
    const first = await listEvents(store, "run", { from: 1, limit: 10, task: "rare" });
    assert.deepEqual(first, { events: [], next: 1 + looked });
    assert.equal(asked.length, looked / piece);
    const second = await listEvents(store, "run", { from: 1 + looked, limit: 10, task: "rare" });
    assert.deepEqual(seqs(second.events), [30_000]);
  });
});
