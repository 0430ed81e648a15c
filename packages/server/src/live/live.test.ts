/** What streams promise, over real HTTP: nothing is lost, nothing comes twice, whatever happens to a connection, a server or a bus. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openSqliteStore } from "@mycroft/embedded";
import { apiRoutes, type RunEventView, type RunFrame, type TaskSummary } from "@mycroft/protocol";
import fc from "fast-check";
import { RunPlace } from "../runs/testing/run-place.ts";
import { connect, EventReader, type ReadEvent } from "./testing/event-reader.ts";

const streamOf = (place: RunPlace, runId: string) =>
  `${place.server.address}/api/runs/${runId}/events/stream`;
const updatesOf = (place: RunPlace) => `${place.server.address}/api/updates`;

/** What a page knows of a run, put together from frames as the web application does, but for anything that comes twice. */
class Followed {
  readonly events: RunEventView[] = [];
  readonly tasks = new Map<string, TaskSummary>();
  last: RunFrame | null = null;
  lastId: string | undefined;

  take({ event, id, data }: ReadEvent): RunFrame {
    assert.equal(event, "frame");
    const frame = apiRoutes.streamRun.response.parse(data);
    for (const one of frame.events) {
      assert.equal(one.seq, this.events.length, "each event once, in order");
      this.events.push(one);
    }
    assert.equal(id, String(this.events.length - 1), "the id is that of the last event told");
    for (const task of frame.tasks) this.tasks.set(task.task, task);
    this.last = frame;
    this.lastId = id;
    return frame;
  }
}

/** What has been told is what the record says. */
async function assertWhole(place: RunPlace, runId: string, followed: Followed): Promise<void> {
  const { run, tasks, counts } = await place.take(apiRoutes.getRun, `/api/runs/${runId}`);
  assert.equal(followed.events.length, run.events);
  assert.deepEqual(followed.last?.run, run);
  assert.deepEqual(followed.last?.counts, counts);
  const byName = (list: Iterable<TaskSummary>) => [...list].sort((a, b) => (a.task < b.task ? -1 : 1));
  assert.deepEqual(byName(followed.tasks.values()), byName(tasks));
}

async function signal(place: RunPlace, runId: string, name: string, payload: unknown): Promise<void> {
  await place.take(apiRoutes.signalRun, `/api/runs/${runId}/signal`, { signal: name, payload });
}

const counting = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("the stream of a run", () => {
  it("tells each event once over reconnects at any point, and ends with the run", async () => {
    const place = await RunPlace.open();
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
          fc.integer({ min: 0, max: 30 }),
          fc.constantFrom("identity" as const, "gzip" as const),
          async (cuts, items, coding) => {
            const runId = await place.start("stepwise", { numbers: counting(items) });
            const followed = new Followed();
            const steps = [
              () => signal(place, runId, "go", { value: 1 }),
              () => signal(place, runId, "on", null),
            ];
            for (const frames of [...cuts, Number.POSITIVE_INFINITY]) {
              const reader = await EventReader.open(
                streamOf(place, runId),
                place.key,
                followed.lastId,
                coding,
              );
              for (let frame = 0; frame < frames && followed.last?.isSettled !== true; frame += 1) {
                const next = await reader.next();
                assert.ok(next !== null);
                followed.take(next);
                await steps.shift()?.();
              }
              const isOver = followed.last?.isSettled === true;
              if (isOver) assert.equal(await reader.next(), null, "nothing comes after the end");
              assert.equal(reader.error, null);
              reader.close();
              if (isOver) break;
            }
            await assertWhole(place, runId, followed);
            // Who comes back after the end is told so at once.
            const late = await EventReader.open(streamOf(place, runId), place.key, followed.lastId);
            const end = await late.next();
            assert.ok(end !== null && followed.take(end).isSettled);
            assert.equal(await late.next(), null);
          },
        ),
        { numRuns: 15 },
      );
      assert.deepEqual(place.errors, []);
    } finally {
      await place.close();
    }
  });

  it("P4 loses nothing when the bus says nothing", async () => {
    const place = await RunPlace.open({ hasBus: false });
    try {
      const runId = await place.start("stepwise", { numbers: [1] });
      const reader = await EventReader.open(streamOf(place, runId), place.key);
      const followed = new Followed();
      for (const step of ["go", "on"]) {
        const before = followed.events.length;
        await signal(place, runId, step, { value: 1 });
        while (followed.events.length <= before) {
          const next = await reader.next();
          assert.ok(next !== null);
          followed.take(next);
        }
      }
      for (let next = await reader.next(); next !== null; next = await reader.next()) followed.take(next);
      await assertWhole(place, runId, followed);
    } finally {
      await place.close();
    }
  });

  it("P3 goes on where it was when the server was started again on the same folder in the middle of a run", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mycroft-live-"));
    try {
      const followed = new Followed();
      const first = await RunPlace.open({ store: await openSqliteStore({ folder }) });
      const runId = await first.start("stepwise", { numbers: counting(20) });
      const before = await EventReader.open(streamOf(first, runId), first.key);
      const opening = await before.next();
      assert.ok(opening !== null);
      followed.take(opening);
      await signal(first, runId, "go", { value: 1 });
      await first.close();
      for (let next = await before.next(); next !== null; next = await before.next()) followed.take(next);
      const second = await RunPlace.open({ store: await openSqliteStore({ folder }) });
      try {
        const after = await EventReader.open(streamOf(second, runId), second.key, followed.lastId);
        await signal(second, runId, "on", null);
        for (let next = await after.next(); next !== null; next = await after.next()) followed.take(next);
        assert.equal(followed.last?.isSettled, true);
        await assertWhole(second, runId, followed);
      } finally {
        await second.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("tells whoever missed thousands of events all of them, in several frames", async () => {
    const place = await RunPlace.open();
    try {
      const runId = await place.start("doubling", { numbers: counting(6_000) });
      await place.settled(runId);
      const reader = await EventReader.open(streamOf(place, runId), place.key, "10");
      const followed = new Followed();
      followed.events.length = 11;
      let frames = 0;
      for (let next = await reader.next(); next !== null; next = await reader.next()) {
        frames += 1;
        followed.take(next);
        assert.equal(followed.last?.isSettled, followed.events.length === 6_001);
      }
      assert.ok(frames > 1);
      assert.equal(followed.events.length, 6_001);
      assert.equal(followed.tasks.size, 5_000, "P8 no more tasks than that");
      assert.deepEqual(followed.last?.counts, { succeeded: 6_001 });
    } finally {
      await place.close();
    }
  });

  for (const coding of ["identity", "gzip"] as const) {
    it(`P8 keeps no queue for a slow client, and tells it all once it reads (${coding})`, async () => {
      const place = await RunPlace.open();
      try {
        const runId = await place.start("stepwise", { numbers: counting(3_000) });
        const slow = await EventReader.open(streamOf(place, runId), place.key, undefined, coding);
        const followed = new Followed();
        const opening = await slow.next();
        assert.ok(opening !== null);
        followed.take(opening);
        slow.pause();
        const quick = await EventReader.open(streamOf(place, runId), place.key);
        await signal(place, runId, "go", { value: 1 });
        await quick.until(({ data }) => (data as RunFrame).counts["succeeded"] === 3_002);
        await signal(place, runId, "on", null);
        await quick.until(({ data }) => (data as RunFrame).isSettled);
        slow.resume();
        for (let next = await slow.next(); next !== null; next = await slow.next()) followed.take(next);
        assert.equal(followed.last?.isSettled, true);
        assert.equal(slow.error, null);
        await assertWhole(place, runId, followed);
      } finally {
        await place.close();
      }
    });
  }

  it("understands an id from elsewhere as none, and the query for those who cannot send the header", async () => {
    const place = await RunPlace.open();
    try {
      const runId = await place.settled(await place.start("doubling", { numbers: [1, 2] }));
      for (const [id, events] of [
        ["999999", 3],
        ["-5", 3],
        ["1e1", 3],
        ["nonsense", 3],
        ["0", 2],
      ] as const) {
        const reader = await EventReader.open(`${streamOf(place, runId)}?lastEventId=${id}`, place.key);
        const { data } = await reader.until(({ event }) => event === "frame");
        assert.equal((data as RunFrame).events.length, events, id);
      }
    } finally {
      await place.close();
    }
  });

  it("serves a thousand at once, and follows the run once for all of them", async () => {
    const place = await RunPlace.open();
    try {
      const runId = await place.start("stepwise", { numbers: counting(50) });
      const readers = await Promise.all(
        counting(1_000).map((index) =>
          EventReader.open(
            streamOf(place, runId),
            place.key,
            undefined,
            index % 2 === 0 ? "gzip" : "identity",
          ),
        ),
      );
      await signal(place, runId, "go", { value: 1 });
      await signal(place, runId, "on", null);
      const ends = await Promise.all(
        readers.map(async (reader) => {
          const followed = new Followed();
          for (let next = await reader.next(); next !== null; next = await reader.next()) followed.take(next);
          return [reader.error, followed.last?.isSettled, followed.events.length] as const;
        }),
      );
      const { run } = await place.take(apiRoutes.getRun, `/api/runs/${runId}`);
      for (const end of ends) assert.deepEqual(end, [null, true, run.events]);
    } finally {
      await place.close();
    }
  });
});

describe("the stream of all updates", () => {
  it("says hello, then what happens, with the run that a child run belongs to", async () => {
    const place = await RunPlace.open();
    try {
      const reader = await EventReader.open(updatesOf(place), place.key);
      assert.equal((await reader.next())?.event, "hello");
      const runId = await place.start("outer", { what: "x" });
      const child = await reader.until(({ data }) => Reflect.get(Object(data), "workflow") === "asking");
      assert.equal(child.event, "update");
      const update = apiRoutes.streamUpdates.response.parse(child.data);
      assert.deepEqual([update.rootRunId, update.status], [runId, "running"]);
      assert.notEqual(update.runId, runId);
      reader.close();
    } finally {
      await place.close();
    }
  });

  it("tells what came while a client was away, each run's last state at least", async () => {
    const place = await RunPlace.open();
    try {
      const first = await EventReader.open(updatesOf(place), place.key);
      const hello = await first.next();
      first.close();
      const runId = await place.settled(await place.start("doubling", { numbers: [1] }));
      const again = await EventReader.open(updatesOf(place), place.key, hello?.id);
      assert.equal((await again.next())?.event, "hello");
      const settled = await again.until(({ event, data }) => {
        assert.notEqual(event, "reset");
        return (
          Reflect.get(Object(data), "runId") === runId && Reflect.get(Object(data), "status") === "succeeded"
        );
      });
      again.close();
      const third = await EventReader.open(updatesOf(place), place.key, settled.id);
      const { id } = (await third.next()) ?? {};
      assert.equal(id, settled.id, "nothing comes twice");
      third.close();
    } finally {
      await place.close();
    }
  });

  it("says reset to whoever comes from another process, or was away too long", async () => {
    const place = await RunPlace.open();
    try {
      for (const id of ["0123456789ab-7", "nonsense", "-1"]) {
        const reader = await EventReader.open(updatesOf(place), place.key, id);
        assert.deepEqual([(await reader.next())?.event, (await reader.next())?.event], ["hello", "reset"]);
        reader.close();
      }
    } finally {
      await place.close();
    }
  });

  it("P4 tells of new runs and of their end when the bus says nothing", async () => {
    const place = await RunPlace.open({ hasBus: false });
    try {
      const old = await place.start("asking", { what: "old" });
      const reader = await EventReader.open(updatesOf(place), place.key);
      await reader.next();
      const runId = await place.settled(await place.start("doubling", { numbers: [1] }));
      // The record may be looked at in the middle of the run as well.
      const types: string[] = [];
      for (let status = "running"; status !== "succeeded"; ) {
        const update = await reader.until(({ event }) => event === "update");
        const told = apiRoutes.streamUpdates.response.parse(update.data);
        assert.equal(told.runId, runId);
        types.push(...told.types);
        ({ status } = told);
        assert.ok(["running", "succeeded"].includes(status), status);
      }
      assert.ok(types.includes("attemptSucceeded"));
      await place.take(apiRoutes.approveTask, `/api/runs/${old}/approve`, { verdict: "approve" });
      const other = await reader.until(({ event }) => event === "update");
      assert.equal(apiRoutes.streamUpdates.response.parse(other.data).runId, old);
      reader.close();
    } finally {
      await place.close();
    }
  });
});

describe("streams", () => {
  it("need a caller, and are refused beyond the limit with the time after which to come again", async () => {
    const place = await RunPlace.open();
    try {
      assert.equal((await connect(updatesOf(place), "myk_nobody")).statusCode, 401);
      const open = await Promise.all(counting(1_500).map(() => connect(updatesOf(place), place.key)));
      assert.ok(open.every(({ statusCode }) => statusCode === 200));
      const refused = await connect(updatesOf(place), place.key);
      assert.deepEqual([refused.statusCode, refused.headers["retry-after"]], [503, "10"]);
      let text = "";
      for await (const part of refused) text += part;
      const { code, retryable, status } = JSON.parse(text);
      assert.deepEqual([code, retryable, status], ["LIMIT_EXCEEDED", true, 503]);
      for (const response of open) response.destroy();
    } finally {
      await place.close();
    }
  });

  it("end with the server, at once", async () => {
    const place = await RunPlace.open();
    const runId = await place.start("asking", { what: "x" });
    const readers = [
      await EventReader.open(streamOf(place, runId), place.key),
      await EventReader.open(updatesOf(place), place.key),
    ];
    await place.close();
    for (const reader of readers) {
      let ended: ReadEvent | null = { event: "", id: "", data: null };
      while (ended !== null) ended = await reader.next();
    }
  });
});
