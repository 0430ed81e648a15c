import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { firingLimits } from "./due-firings.ts";
import type { CatchUp, Overlap, ScheduleDefinition } from "./schedule-definition.ts";
import { Lives } from "./testing/lives.ts";
import { plan, sampleSchedule } from "./testing/sample-schedule.ts";
import { World } from "./testing/world.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function begin(startAt: string): { readonly world: World; readonly lives: Lives } {
  const world = new World(startAt);
  return { world, lives: new Lives(world) };
}

/** When the runs of the sample schedule were due, as `MM-DD HH:MM`. */
function dueTimes(world: World, name = "sample"): string[] {
  return world.inputs(`schedule:${name}`).map((input) => String(input).slice(5, 16).replace("T", " "));
}

describe("a schedule fires", () => {
  it("at its times, once each, with the firing's day as asOf, its tag and its key", async () => {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    const nightly = sampleSchedule({
      cron: "30 16 * * MON-FRI",
      timeZone: "America/New_York",
      tags: ["nightly"],
    });
    await lives.begin([nightly]);
    await world.passUntil("2024-03-12T12:00:00Z");
    assert.deepEqual(dueTimes(world), ["03-08 21:30", "03-11 20:30"]);
    const [first] = world.runs;
    assert.deepEqual(first?.start.tags, ["nightly", "schedule:sample"]);
    assert.equal(first?.start.asOf, "2024-03-08");
    assert.equal(first?.start.startKey, "schedule/sample/2024-03-08T21:30:00.000Z");
    assert.deepEqual(first?.start.provenance, { codeVersion: "test" });
    assert.deepEqual(lives.notices[0], {
      kind: "started",
      schedule: "sample",
      scheduledAt: "2024-03-08T21:30:00.000Z",
      runId: "run-000001",
    });
  });

  it("not before it was first seen, not after its end, not before its beginning", async () => {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    await lives.begin([sampleSchedule({ startAt: "2024-03-10", endAt: "2024-03-11", catchUp: "all" })]);
    await world.passUntil("2024-03-20T00:00:00Z");
    assert.deepEqual(dueTimes(world), ["03-10 09:00", "03-11 09:00"]);
  });

  it("many at the same moment, each on its own", async () => {
    const { world, lives } = begin("2024-03-08T08:55:00Z");
    const schedules = Array.from({ length: 300 }, (_, index) => sampleSchedule({ name: `s${index}` }));
    world.refusal = ({ tags }) =>
      tags.includes("schedule:s7") ? new MycroftError("INPUT_INVALID", "not this one") : null;
    await lives.begin(schedules);
    await world.pass(600_000);
    assert.equal(world.runs.length, 299);
    assert.deepEqual(dueTimes(world, "s299"), ["03-08 09:00"]);
  });

  it("a run when it is triggered, whether paused or not, without changing its place", async () => {
    const { world, lives } = begin("2024-03-08T08:00:00Z");
    const scheduler = await lives.begin([sampleSchedule()]);
    await scheduler.pause("sample");
    assert.equal(await scheduler.trigger("sample"), "run-000001");
    await world.passUntil("2024-03-08T12:00:00Z");
    assert.deepEqual(dueTimes(world), ["03-08 08:00"]);
    assert.equal((await scheduler.list())[0]?.lastFiring, null);
  });

  it("tells how it stands", async () => {
    const { world, lives } = begin("2024-03-08T08:00:00Z");
    world.durationMs = () => 2 * dayMs;
    const scheduler = await lives.begin([
      sampleSchedule({ overlap: "queue" }),
      sampleSchedule({ name: "other" }),
    ]);
    await world.passUntil("2024-03-09T12:00:00Z");
    await scheduler.pause("sample");
    assert.deepEqual((await scheduler.list())[1], {
      name: "sample",
      workflow: "daily",
      cron: "0 9 * * *",
      timeZone: "UTC",
      calendar: null,
      catchUp: "latest",
      overlap: "queue",
      paused: true,
      nextFiring: "2024-03-10T09:00:00.000Z",
      lastFiring: { scheduledAt: "2024-03-08T09:00:00.000Z", runId: "run-000001", error: null },
      underWay: ["run-000001"],
      waiting: 1,
      missed: 0,
      overlapping: 0,
      failed: 0,
      failure: null,
    });
  });

  it("P7 an unknown schedule is an error that names those that exist", async () => {
    const { lives } = begin("2024-03-08T08:00:00Z");
    const scheduler = await lives.begin([sampleSchedule()]);
    for (const ask of ["pause", "resume", "trigger"] as const) {
      await assert.rejects(scheduler[ask]("sampel"), {
        code: "SCHEDULE_UNKNOWN",
        message: /There are sample\./,
      });
    }
    await assert.rejects(lives.begin([sampleSchedule({ cron: "nonsense" })]), { code: "SCHEDULE_INVALID" });
  });

  it("closing lets nothing more happen", async () => {
    const { world, lives } = begin("2024-03-08T08:00:00Z");
    const scheduler = await lives.begin([sampleSchedule()]);
    await scheduler.close();
    await world.pass(2 * dayMs);
    assert.deepEqual(world.runs, []);
  });
});

describe("what was missed", () => {
  async function down(settings: Partial<ScheduleDefinition>): Promise<{ world: World; lives: Lives }> {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    await lives.begin([sampleSchedule(settings)]);
    lives.kill();
    await world.passUntil("2024-03-12T09:00:30Z");
    await lives.begin([sampleSchedule(settings)]);
    await world.passUntil("2024-03-13T12:00:00Z");
    return { world, lives };
  }
  const expected: Readonly<Record<CatchUp, readonly string[]>> = {
    all: ["03-09 09:00", "03-10 09:00", "03-11 09:00", "03-12 09:00", "03-13 09:00"],
    latest: ["03-12 09:00", "03-13 09:00"],
    none: ["03-13 09:00"],
  };
  for (const catchUp of ["all", "latest", "none"] as const) {
    it(`while the process was down, by ${catchUp}`, async () => {
      const { world, lives } = await down({ catchUp });
      assert.deepEqual(dueTimes(world), expected[catchUp]);
      const skipped = lives.notices.flatMap((notice) => (notice.kind === "skipped" ? [notice] : []));
      const count = 5 - expected[catchUp].length;
      const told = {
        kind: "skipped",
        reason: "missed",
        schedule: "sample",
        count,
        until: "2024-03-12T09:00:00.000Z",
      };
      assert.deepEqual(skipped, count === 0 ? [] : [told]);
    });

    it(`while it was paused, by ${catchUp}, as its own rule or as what is asked for`, async () => {
      for (const asked of [undefined, catchUp]) {
        const { world, lives } = begin("2024-03-08T12:00:00Z");
        const own = asked === undefined ? catchUp : "latest";
        const scheduler = await lives.begin([sampleSchedule({ catchUp: own })]);
        await scheduler.pause("sample");
        await world.passUntil("2024-03-12T09:00:30Z");
        assert.deepEqual(dueTimes(world), []);
        await scheduler.resume("sample", asked);
        await world.passUntil("2024-03-13T12:00:00Z");
        assert.deepEqual(dueTimes(world), expected[catchUp]);
      }
    });

    it(`while the machine slept, by ${catchUp}`, async () => {
      const { world, lives } = begin("2024-03-08T12:00:00Z");
      await lives.begin([sampleSchedule({ catchUp })]);
      world.jump(3 * dayMs + 21 * hourMs + 300_000);
      await world.passUntil("2024-03-13T12:00:00Z");
      assert.deepEqual(dueTimes(world), expected[catchUp]);
    });
  }

  it("is paused and resumed in one process and known in the next", async () => {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    await (await lives.open([sampleSchedule()])).pause("sample");
    await lives.begin([sampleSchedule()]);
    await world.pass(3 * dayMs);
    assert.deepEqual(dueTimes(world), []);
    // Nothing fires in a process that only opened the scheduler.
    const opened = await lives.open([sampleSchedule()]);
    await opened.resume("sample");
    await world.pass(dayMs);
    assert.deepEqual(dueTimes(world), []);
    await lives.begin([sampleSchedule()]);
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-11 09:00", "03-12 09:00"]);
  });

  it("since a beginning that lies in the past", async () => {
    for (const [catchUp, count] of [
      ["all", 8],
      ["latest", 1],
      ["none", 0],
    ] as const) {
      const { world, lives } = begin("2024-03-08T12:00:00Z");
      await lives.begin([sampleSchedule({ startAt: "2024-03-01", catchUp })]);
      await world.pass(hourMs);
      assert.equal(world.runs.length, count, catchUp);
    }
  });

  it("beyond the limit: the oldest are skipped and counted", async () => {
    const { world, lives } = begin("2024-03-08T12:00:30Z");
    await lives.begin([sampleSchedule({ cron: "* * * * *", catchUp: "all" })]);
    lives.kill();
    await world.pass(1_500 * 60_000);
    const scheduler = await lives.begin([sampleSchedule({ cron: "* * * * *", catchUp: "all" })]);
    await world.pass(1_000);
    assert.equal(world.runs.length, firingLimits.waiting);
    assert.equal(dueTimes(world).at(-1), "03-09 13:00");
    assert.equal((await scheduler.list())[0]?.missed, 500);
  });

  it("by a cron text that was changed meanwhile: the new one counts from the place on", async () => {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    await lives.begin([sampleSchedule({ catchUp: "all" })]);
    await world.pass(dayMs);
    lives.kill();
    await world.pass(12 * hourMs);
    await lives.begin([sampleSchedule({ catchUp: "all", cron: "0 */6 * * *" })]);
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-09 09:00", "03-09 12:00", "03-09 18:00", "03-10 00:00"]);
  });

  it("by a schedule that was taken out and put back", async () => {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    await lives.begin([sampleSchedule({ catchUp: "all" })]);
    await lives.begin([]);
    await world.pass(2 * dayMs);
    await lives.begin([sampleSchedule({ catchUp: "all" })]);
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-09 09:00", "03-10 09:00"]);
  });
});

describe("the clock", () => {
  it("set back: nothing fires twice, and it goes on when the clock is there again", async () => {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    await lives.begin([sampleSchedule({ cron: "0 * * * *", catchUp: "all" })]);
    await world.pass(3 * hourMs);
    world.jump(-2 * hourMs);
    await world.pass(3 * hourMs);
    assert.deepEqual(dueTimes(world), ["03-08 13:00", "03-08 14:00", "03-08 15:00", "03-08 16:00"]);
  });

  it("set years ahead and back: it says so, and resuming without catching up sets it right", async () => {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    world.jump(3 * 365 * dayMs);
    await lives.begin([sampleSchedule({ cron: "0 * * * *", catchUp: "all" })]);
    await world.pass(hourMs);
    lives.kill();
    world.jump(-3 * 365 * dayMs);
    const scheduler = await lives.begin([sampleSchedule({ cron: "0 * * * *", catchUp: "all" })]);
    await world.pass(3 * hourMs);
    assert.equal(world.runs.length, 1);
    assert.deepEqual(lives.notices.at(-1), {
      kind: "ahead",
      schedule: "sample",
      place: "2027-03-08T13:00:00.000Z",
    });
    await scheduler.resume("sample", "none");
    await world.pass(2 * hourMs);
    assert.deepEqual(dueTimes(world).slice(1), ["03-08 17:00", "03-08 18:00"]);
  });
});

describe("overlap", () => {
  async function hourly(overlap: Overlap, settings: Partial<ScheduleDefinition> = {}) {
    const { world, lives } = begin("2024-03-08T12:30:00Z");
    world.durationMs = () => 2.6 * hourMs;
    const schedule = sampleSchedule({ cron: "0 * * * *", overlap, ...settings });
    await lives.begin([schedule]);
    await world.pass(5 * hourMs);
    return { world, lives, schedule };
  }
  const statuses = (world: World) => world.runs.map((run) => run.status);

  it("allow: they run beside each other", async () => {
    const { world } = await hourly("allow");
    assert.deepEqual(dueTimes(world).length, 5);
    assert.deepEqual(statuses(world), ["succeeded", "succeeded", "running", "running", "running"]);
  });

  it("skip: those in between are left out and counted", async () => {
    const { world, lives, schedule } = await hourly("skip");
    assert.deepEqual(dueTimes(world), ["03-08 13:00", "03-08 16:00"]);
    assert.equal(lives.notices.filter((notice) => notice.kind === "skipped").length, 3);
    // A restart knows it too.
    const scheduler = await lives.begin([schedule]);
    await world.pass(hourMs);
    assert.equal(world.runs.length, 2);
    assert.equal((await scheduler.list())[0]?.overlapping, 4);
  });

  it("queue: each waits for the one before, also across a restart", async () => {
    const { world, lives, schedule } = await hourly("queue");
    assert.deepEqual(dueTimes(world), ["03-08 13:00", "03-08 14:00"]);
    await lives.begin([schedule]);
    lives.kill();
    await world.pass(hourMs);
    await lives.begin([schedule]);
    await world.pass(9 * hourMs);
    assert.deepEqual(
      dueTimes(world).slice(0, 5),
      [13, 14, 15, 16, 17].map((hour) => `03-08 ${hour}:00`),
    );
    const starts = world.runs.map((run) => run.beganAt);
    assert.ok(starts.every((at, index) => at >= (world.runs[index - 1]?.endedAt ?? at)));
  });

  it("queue: a pause holds what waits, and resuming without catching up drops it", async () => {
    const { world, lives, schedule } = await hourly("queue");
    const scheduler = await lives.begin([schedule]);
    await scheduler.pause("sample");
    await world.pass(9 * hourMs);
    assert.equal(world.runs.length, 2);
    await scheduler.resume("sample", "none");
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world).slice(2), ["03-09 03:00"]);
  });

  it("cancelOld: the newest alone goes on, and of several missed ones only it is started", async () => {
    const { world, lives, schedule } = await hourly("cancelOld", { catchUp: "all" });
    assert.deepEqual(statuses(world), ["cancelled", "cancelled", "cancelled", "cancelled", "running"]);
    lives.kill();
    await world.pass(3 * hourMs);
    const scheduler = await lives.begin([schedule]);
    await world.pass(60_000);
    assert.deepEqual(dueTimes(world).slice(5), ["03-08 20:00"]);
    assert.equal((await scheduler.list())[0]?.overlapping, 2);
  });

  it("runs of others do not count", async () => {
    const { world, lives } = begin("2024-03-08T12:30:00Z");
    world.durationMs = () => dayMs;
    await world.startRun({
      plan,
      childPlans: [],
      input: null,
      asOf: "",
      provenance: { codeVersion: "" },
      tags: ["backfill:b"],
    });
    await lives.begin([sampleSchedule({ cron: "0 * * * *", overlap: "skip" })]);
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-08 13:00"]);
  });

  it("nor does a fork of one of its own", async () => {
    const { world, lives } = begin("2024-03-08T12:30:00Z");
    const run = { runId: "fork", workflow: "sample", planHash: plan.hash, asOf: "", createdAt: world.now() };
    const forkedFrom = { runId: "run-000000", tasks: ["a"] };
    await world.disk.append([
      {
        runId: "fork",
        create: {
          ...{ ...run, provenance: { codeVersion: "" }, tags: ["schedule:sample"], startKey: null },
          ...{ parent: null, forkedFrom },
        },
        fromSeq: 0,
        events: [{ type: "runStarted", at: world.now(), input: null }],
      },
    ]);
    await lives.begin([sampleSchedule({ cron: "0 * * * *", overlap: "skip" })]);
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-08 13:00"]);
  });
});

describe("what fails", () => {
  it("a firing without an input is told and passed over; the next one is not held up", async () => {
    const { world, lives } = begin("2024-03-08T12:00:00Z");
    const moody = sampleSchedule({
      cron: "0 * * * *",
      startFor: ({ scheduledAt, date }) => {
        if (scheduledAt.includes("T13")) throw new TypeError("unlucky");
        return { input: scheduledAt, asOf: date };
      },
    });
    const scheduler = await lives.begin([moody]);
    await world.pass(hourMs + 60_000);
    const { lastFiring, failed } = (await scheduler.list())[0] ?? {};
    assert.deepEqual(lastFiring, {
      scheduledAt: "2024-03-08T13:00:00.000Z",
      runId: null,
      error: { code: "INPUT_INVALID", message: "unlucky" },
    });
    assert.equal(failed, 1);
    assert.equal(lives.notices[0]?.kind, "failed");
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-08 14:00"]);
    assert.deepEqual(lives.errors, []);
  });

  it("a full store: told once, tried again until there is room, nothing lost", async () => {
    const { world, lives } = begin("2024-03-08T12:30:00Z");
    const scheduler = await lives.begin([sampleSchedule({ cron: "0 * * * *", catchUp: "all" })]);
    world.isFull = true;
    await world.pass(2 * hourMs);
    assert.deepEqual(
      lives.errors.map((error) => error.code),
      ["STORE_FULL"],
    );
    assert.match(lives.errors[0]?.message ?? "", /^Schedule "sample": /);
    assert.deepEqual([lives.errors[0]?.details?.["schedule"], lives.errors[0]?.retryable], ["sample", true]);
    assert.equal((await scheduler.list())[0]?.failure, "STORE_FULL");
    world.isFull = false;
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-08 13:00", "03-08 14:00", "03-08 15:00"]);
    assert.equal((await scheduler.list())[0]?.failure, null);
  });

  it("a start that is refused for a while holds up that schedule alone, and is made good", async () => {
    const { world, lives } = begin("2024-03-08T12:30:00Z");
    let isRefused = true;
    world.refusal = ({ tags }) =>
      isRefused && tags.includes("schedule:sample") ? new MycroftError("STORE_IO", "no") : null;
    await lives.begin([
      sampleSchedule({ cron: "0 * * * *" }),
      sampleSchedule({ name: "b", cron: "0 * * * *" }),
    ]);
    await world.pass(hourMs);
    assert.deepEqual([dueTimes(world), dueTimes(world, "b")], [[], ["03-08 13:00"]]);
    isRefused = false;
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-08 13:00", "03-08 14:00"]);
  });

  it("a place that cannot be read: it says so and waits for a person, and the others go on", async () => {
    const { world, lives } = begin("2024-03-08T12:30:00Z");
    await world.disk.putDocument({
      collection: "schedules",
      id: "sample",
      replaces: null,
      value: { place: "soon" },
    });
    const schedules = [
      sampleSchedule({ cron: "0 * * * *" }),
      sampleSchedule({ name: "b", cron: "0 * * * *" }),
    ];
    const scheduler = await lives.begin(schedules);
    await world.pass(hourMs);
    assert.deepEqual([dueTimes(world), dueTimes(world, "b")], [[], ["03-08 13:00"]]);
    assert.deepEqual(
      lives.errors.map((error) => error.code),
      ["STORE_DAMAGED"],
    );
    assert.equal((await scheduler.list())[1]?.failure, "STORE_DAMAGED");
    await assert.rejects(scheduler.pause("sample"), { code: "STORE_DAMAGED" });
    await scheduler.resume("sample", "none");
    await world.pass(hourMs);
    assert.deepEqual(dueTimes(world), ["03-08 14:00"]);
    assert.equal((await scheduler.list())[1]?.failure, null);
  });
});
