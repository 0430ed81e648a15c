/** Schedules and backfills over the real orchestrator, which is what their port is made for. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { compile } from "@mycroft/engine";
import type { MycroftError } from "@mycroft/errors";
import { MemoryStore } from "../memory/memory-store.ts";
import { Orchestrator } from "../orchestrator.ts";
import type { TaskQueue } from "../ports/queue.ts";
import { readRun } from "../run-record.ts";
import { deafBus } from "../simulation/deaf-bus.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { Backfills } from "./backfills.ts";
import { Scheduler } from "./scheduler.ts";
import { sampleSchedule } from "./testing/sample-schedule.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** No worker is there: a run ends when its time is over. */
const plan = compile({
  name: "slow",
  timeoutMs: 100 * minuteMs,
  tags: ["study"],
  steps: [
    {
      kind: "call",
      name: "wait",
      target: { kind: "function", name: "wait" },
      input: { kind: "input", path: [] },
    },
  ],
  output: { kind: "step", step: "wait", path: [] },
});
const schedule = sampleSchedule({
  workflow: { name: "slow", plan, plans: [plan] },
  cron: "0 * * * *",
  catchUp: "all",
  overlap: "queue",
  tags: ["study", "hourly"],
});
const nowhere: TaskQueue = {
  publish: () => Promise.resolve(),
  consume: () => Promise.reject(new Error("nobody consumes here")),
  depth: () => Promise.resolve(0),
  close: () => Promise.resolve(),
};

/** What outlives a process: time and the store. */
function world() {
  const clock = new VirtualClock(Date.parse("2024-03-08T12:30:00Z"));
  const store = new MemoryStore({ now: () => clock.now() });
  const errors: MycroftError[] = [];
  const onError = (error: MycroftError) => errors.push(error);
  const pass = async (durationMs: number) => {
    const end = clock.now() + durationMs;
    for (; clock.now() < end; clock.advanceTo(Math.min(end, clock.now() + minuteMs))) {
      for (let turn = 0; turn < 6; turn += 1) {
        clock.advanceTo(clock.now());
        await setImmediate();
      }
    }
  };
  const live = async () => {
    const runs = await Orchestrator.open({ store, queue: nowhere, bus: deafBus, clock, onError });
    const common = { store, runs, clock, provenance: { codeVersion: "test" }, onError };
    const scheduler = await Scheduler.open({ ...common, schedules: [schedule] });
    const backfills = await Backfills.open({ ...common, resolve: () => schedule });
    scheduler.start();
    backfills.start();
    return { runs, scheduler, backfills };
  };
  const close = async ({ runs, scheduler, backfills }: Awaited<ReturnType<typeof live>>) => {
    await Promise.all([scheduler.close(), backfills.close(), runs.close()]);
  };
  return { clock, store, errors, pass, live, close };
}

describe("over the orchestrator", () => {
  it("a queue of firings, through restarts: each has one run, one after another", async () => {
    const { store, errors, pass, live, close } = world();
    await close(await live());
    for (let life = 0; life < 5; life += 1) {
      const process = await live();
      await pass(130 * minuteMs);
      await close(process);
    }
    const { runs } = await store.listRuns({ tag: "schedule:sample", limit: 100 });
    const inOrder = [...runs].reverse();
    assert.deepEqual(
      inOrder.map((run) => run.startKey),
      [13, 14, 15, 16, 17, 18, 19].map((hour) => `schedule/sample/2024-03-08T${hour}:00:00.000Z`),
    );
    assert.ok(inOrder.every((run, index) => run.createdAt >= (inOrder[index - 1]?.settledAt ?? 0)));
    assert.deepEqual(inOrder[0]?.tags, ["hourly", "schedule:sample", "study"]);
    assert.equal((await readRun(store, inOrder[0]?.runId ?? "")).state.input, "2024-03-08T13:00:00.000Z");
    assert.deepEqual(errors, []);
  });

  it("a backfill, through a restart: every run once, and the counts say how they ended", async () => {
    const { store, errors, pass, live, close } = world();
    const first = await live();
    const target = { kind: "schedule", name: "sample" } as const;
    await first.scheduler.pause("sample");
    await first.backfills.begin({ id: "b", target, from: "2024-03-07", to: "2024-03-07", concurrency: 10 });
    await pass(2 * hourMs);
    await close(first);
    const second = await live();
    await pass(5 * hourMs);
    const { status, planned, started, succeeded, failed } = await second.backfills.progress("b");
    assert.deepEqual([status, planned, started, succeeded, failed], ["finished", 24, 24, 0, 24]);
    const { runs } = await store.listRuns({ tag: "backfill:b", limit: 100 });
    assert.deepEqual(new Set(runs.map((run) => run.startKey)).size, 24);
    assert.equal(runs.length, 24);
    assert.deepEqual(errors, []);
    await close(second);
  });

  it("cancelling a backfill cancels its runs", async () => {
    const { store, errors, pass, live, close } = world();
    const process = await live();
    const target = { kind: "schedule", name: "sample" } as const;
    await process.scheduler.pause("sample");
    await process.backfills.begin({ id: "b", target, from: "2024-03-07", to: "2024-03-07", concurrency: 3 });
    await pass(10 * minuteMs);
    const cancelling = process.backfills.cancel("b");
    await pass(2 * minuteMs);
    assert.equal(await cancelling, true);
    assert.equal((await process.backfills.progress("b")).cancelled, 3);
    const { runs } = await store.listRuns({ tag: "backfill:b", limit: 100 });
    assert.deepEqual(
      runs.map((run) => run.status),
      ["cancelled", "cancelled", "cancelled"],
    );
    assert.deepEqual(errors, []);
    await close(process);
  });
});
