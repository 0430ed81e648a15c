/** What another process has changed: on a host that is shared, commands reach schedules and backfills through the store alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Backfills } from "./backfills.ts";
import { Scheduler } from "./scheduler.ts";
import { sampleSchedule } from "./testing/sample-schedule.ts";
import { untilQuiet, World } from "./testing/world.ts";

const dayMs = 86_400_000;
const provenance = { codeVersion: "test" };

async function schedulers(world: World) {
  const schedules = [sampleSchedule()];
  const open = () => {
    const { store, runs, clock } = world.process();
    return Scheduler.open({ schedules, store, runs, clock, provenance });
  };
  const working = await open();
  working.start();
  await untilQuiet();
  return { working, other: await open() };
}

async function backfillsOf(world: World) {
  const open = () => {
    const { store, runs, clock } = world.process();
    return Backfills.open({ store, runs, clock, provenance, resolve: () => sampleSchedule() });
  };
  const working = await open();
  working.start();
  return { working, other: await open() };
}

const request = {
  target: { kind: "schedule", name: "sample" },
  from: "2024-06-01",
  to: "2024-06-03",
  concurrency: 1,
} as const;

describe("refreshing", () => {
  it("a schedule that another process has resumed fires again, and one that it has paused does not", async () => {
    const world = new World("2024-07-01T12:00:00Z");
    const { working, other } = await schedulers(world);
    await other.pause("sample");
    await working.refresh();
    await world.pass(dayMs);
    assert.deepEqual(world.inputs("schedule:sample"), []);
    await other.resume("sample", "none");
    await working.refresh();
    await world.pass(dayMs);
    assert.deepEqual(world.inputs("schedule:sample"), ["2024-07-03T09:00:00.000Z"]);
    assert.equal((await working.list())[0]?.paused, false);
    await Promise.all([working.close(), other.close()]);
  });

  it("a backfill that another process has begun goes on here", async () => {
    const world = new World("2024-07-01T12:00:00Z");
    const { working, other } = await backfillsOf(world);
    const { id } = await other.begin(request);
    await world.pass(dayMs);
    assert.equal((await working.progress(id)).started, 0, "nobody has told it");
    await working.refresh();
    await world.pass(dayMs);
    const { status, succeeded } = await working.progress(id);
    assert.deepEqual([status, succeeded], ["finished", 3]);
    await Promise.all([working.close(), other.close()]);
  });

  it("a backfill that another process has cancelled starts nothing more", async () => {
    const world = new World("2024-07-01T12:00:00Z");
    world.durationMs = () => dayMs;
    const { working, other } = await backfillsOf(world);
    const { id } = await working.begin(request);
    await untilQuiet();
    await other.refresh();
    assert.equal(await other.cancel(id), true);
    await working.refresh();
    await world.pass(3 * dayMs);
    const { status, started, cancelled } = await working.progress(id);
    assert.deepEqual([status, started, cancelled], ["cancelled", 1, 1]);
    await Promise.all([working.close(), other.close()]);
  });
});
