import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import { Backfills } from "./backfills.ts";
import { type BackfillRequest, type BackfillTarget, backfillLimits } from "./plan-backfill.ts";
import type { ScheduleDefinition } from "./schedule-definition.ts";
import { sampleSchedule } from "./testing/sample-schedule.ts";
import { type MortalView, untilQuiet, World } from "./testing/world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const target: BackfillTarget = { kind: "schedule", name: "sample" };

/** The lives of one process with backfills, in a world of its own. */
class Scene {
  readonly world = new World("2024-06-30T12:00:00Z");
  readonly errors: MycroftError[] = [];
  schedule: ScheduleDefinition | null;
  #process: MortalView | null = null;

  constructor(schedule: Partial<ScheduleDefinition> = {}) {
    this.schedule = sampleSchedule(schedule);
    this.world.durationMs = () => 10 * minuteMs;
  }

  async begin(effects?: number): Promise<Backfills> {
    const backfills = await this.open(effects);
    backfills.start();
    await untilQuiet();
    return backfills;
  }

  async open(effects?: number): Promise<Backfills> {
    this.#process?.kill();
    const process = this.world.process(effects);
    this.#process = process;
    const { store, runs, clock } = process;
    return Backfills.open({
      ...{ store, runs, clock },
      provenance: { codeVersion: "test" },
      resolve: () => {
        if (this.schedule !== null) return this.schedule;
        throw new MycroftError("SCHEDULE_UNKNOWN", "There is no such schedule.");
      },
      onError: (error) => this.errors.push(error),
    });
  }

  /** When the runs of a backfill were due, as `MM-DD HH:MM`. */
  dueTimes(id = "b"): string[] {
    return this.world.inputs(`backfill:${id}`).map((input) => String(input).slice(5, 16).replace("T", " "));
  }

  mostAtOnce(): number {
    const edges = this.world.runs.flatMap(({ beganAt, endedAt }) => [
      { at: beganAt, change: 1 },
      { at: endedAt, change: -1 },
    ]);
    // Of two at one moment, the end comes first: that is what made room.
    edges.sort((one, other) => one.at - other.at || one.change - other.change);
    let [underWay, most] = [0, 0];
    for (const { change } of edges) {
      underWay += change;
      most = Math.max(most, underWay);
    }
    return most;
  }
}

function request(settings: Partial<BackfillRequest> = {}): BackfillRequest {
  return { id: "b", target, from: "2024-03-08", to: "2024-03-11", ...settings };
}

describe("a backfill runs", () => {
  it("the firings whose day in the schedule's zone lies in the range, both ends included", async () => {
    const scene = new Scene({ cron: "30 0,23 * * *", timeZone: "America/New_York", tags: ["nightly"] });
    const backfills = await scene.begin();
    const begun = await backfills.begin(request());
    assert.deepEqual([begun.status, begun.planned, begun.started], ["running", 8, 0]);
    await scene.world.pass(hourMs);
    assert.deepEqual(scene.dueTimes(), [
      ...["03-08 05:30", "03-09 04:30", "03-09 05:30", "03-10 04:30"],
      ...["03-10 05:30", "03-11 03:30", "03-11 04:30", "03-12 03:30"],
    ]);
    const [first] = scene.world.runs;
    assert.deepEqual(first?.start.tags, ["nightly", "backfill:b"]);
    assert.equal(first?.start.asOf, "2024-03-08");
    assert.equal(first?.start.startKey, "backfill/b/2024-03-08T05:30:00.000Z");
    assert.deepEqual(await backfills.waitFor("b"), {
      ...{ id: "b", target, from: "2024-03-08", to: "2024-03-11", newestFirst: false, concurrency: 10 },
      ...{ status: "finished", planned: 8, started: 8, underWay: 0, succeeded: 8, failed: 0, cancelled: 0 },
      createdAt: "2024-06-30T12:00:00.000Z",
      endedAt: "2024-06-30T12:10:00.000Z",
      refusals: [],
    });
  });

  it("whatever the schedule's own bounds, and only what has come due", async () => {
    const scene = new Scene({ cron: "0 */8 * * *", startAt: "2024-06-30", endAt: "2024-06-30" });
    const backfills = await scene.begin();
    await backfills.begin(request({ from: "2024-06-29", to: "2024-06-30" }));
    await scene.world.pass(hourMs);
    assert.deepEqual(scene.dueTimes(), [
      "06-29 00:00",
      "06-29 08:00",
      "06-29 16:00",
      "06-30 00:00",
      "06-30 08:00",
    ]);
  });

  it("a calendar's days alone", () => {
    const calendar = { name: "odd", isTradingDay: (date: string) => Number(date.slice(-2)) % 2 === 1 };
    const scene = new Scene({ cron: "@daily", calendar });
    return scene.begin().then((backfills) => {
      assert.deepEqual(backfills.preview(request({ from: "2024-03-01", to: "2024-03-31" })), {
        planned: 16,
        firstDate: "2024-03-01",
        lastDate: "2024-03-31",
      });
    });
  });

  it("no more at once than it may, with progress on the way", async () => {
    const scene = new Scene();
    const backfills = await scene.begin();
    scene.world.statusOf = ({ asOf }) => (asOf === "2024-03-02" ? "failed" : "succeeded");
    await backfills.begin(request({ from: "2024-03-01", to: "2024-03-31", concurrency: 4 }));
    await scene.world.pass(25 * minuteMs);
    const { planned, started, underWay, succeeded, failed } = await backfills.progress("b");
    assert.deepEqual(
      { planned, started, underWay, succeeded, failed },
      {
        ...{ planned: 31, started: 12, underWay: 4, succeeded: 7, failed: 1 },
      },
    );
    await scene.world.pass(2 * hourMs);
    assert.equal(scene.mostAtOnce(), 4);
    assert.equal((await backfills.progress("b")).succeeded, 30);
  });

  it("newest first when asked to, also after a restart", async () => {
    const scene = new Scene();
    await (await scene.begin()).begin(request({ newestFirst: true, concurrency: 2 }));
    await scene.begin();
    await scene.world.pass(hourMs);
    assert.deepEqual(scene.dueTimes(), ["03-11 09:00", "03-10 09:00", "03-09 09:00", "03-08 09:00"]);
  });

  it("once, however often it is asked for under its id", async () => {
    const scene = new Scene();
    const backfills = await scene.begin();
    await backfills.begin(request());
    await backfills.begin(request());
    await scene.world.pass(hourMs);
    assert.equal((await backfills.begin(request())).status, "finished");
    assert.equal(scene.world.runs.length, 4);
    await assert.rejects(backfills.begin(request({ to: "2024-03-12" })), {
      code: "INPUT_INVALID",
      message: /another id/,
    });
  });

  it("in the list, newest first, with an id of its own when none is given", async () => {
    const scene = new Scene();
    const backfills = await scene.begin();
    await backfills.begin(request());
    await scene.world.pass(hourMs);
    const { from, to } = request();
    const { id } = await backfills.begin({ target, from, to });
    assert.match(id, /^[0-9a-z]{9}-[0-9a-z]{8}$/);
    assert.deepEqual(
      (await backfills.list()).map((one) => [one.id, one.status]),
      [
        [id, "running"],
        ["b", "finished"],
      ],
    );
  });
});

describe("P3 a backfill after a crash", () => {
  it("between any two effects: every run once, and the counts are exact", async () => {
    for (let effects = 1; effects <= 30; effects += 1) {
      const scene = new Scene();
      await (await scene.open()).begin(request({ from: "2024-03-01", to: "2024-03-07", concurrency: 3 }));
      await scene.begin(effects);
      await scene.world.pass(11 * minuteMs);
      const backfills = await scene.begin();
      await scene.world.pass(2 * hourMs);
      const days = [1, 2, 3, 4, 5, 6, 7].map((day) => `03-0${day} 09:00`);
      assert.deepEqual(scene.dueTimes(), days, `after ${effects} effects`);
      const { status, succeeded, started } = await backfills.progress("b");
      assert.deepEqual([status, succeeded, started], ["finished", 7, 7], `after ${effects} effects`);
      assert.ok(scene.mostAtOnce() <= 3);
      assert.deepEqual(scene.errors, []);
    }
  });

  it("while it is cancelled, between any two effects: nothing goes on, and every run is counted", async () => {
    for (let effects = 1; effects <= 16; effects += 1) {
      const scene = new Scene();
      await (await scene.open()).begin(request({ from: "2024-03-01", to: "2024-03-31", concurrency: 3 }));
      const mortal = await scene.begin(effects);
      await scene.world.pass(5 * minuteMs);
      mortal.cancel("b").catch(() => assert.fail("a dead process hears of nothing"));
      await scene.world.pass(6 * minuteMs);
      // Cancelled before it could go on: what was started and not written down has to be found.
      const backfills = await scene.open();
      assert.equal(await backfills.cancel("b"), (await backfills.progress("b")).endedAt === null);
      await scene.world.pass(hourMs);
      const runs = scene.world.runs.length;
      const { status, started, underWay, succeeded, cancelled } = await backfills.progress("b");
      assert.deepEqual([status, started, underWay], ["cancelled", runs, 0], `after ${effects} effects`);
      assert.equal(succeeded + cancelled, runs);
      await scene.world.pass(hourMs);
      assert.equal(scene.world.runs.length, runs);
    }
  });

  it("at any time, any number of times, with runs of any length", async () => {
    const story = fc.record({
      lives: fc.array(
        fc.record({ effects: fc.integer({ min: 1, max: 25 }), minutes: fc.integer({ min: 0, max: 40 }) }),
        {
          maxLength: 8,
        },
      ),
      days: fc.integer({ min: 1, max: 25 }),
      concurrency: fc.integer({ min: 1, max: 7 }),
      newestFirst: fc.boolean(),
      lengths: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(story, async ({ lives, days, concurrency, newestFirst, lengths }) => {
        const scene = new Scene();
        const { world } = scene;
        world.durationMs = () => (lengths[world.runs.length % lengths.length] ?? 0) * minuteMs;
        world.statusOf = ({ asOf }) => (asOf < "2024-03-05" ? "failed" : "succeeded");
        const to = `2024-03-${String(days).padStart(2, "0")}`;
        await (await scene.open()).begin(request({ from: "2024-03-01", to, concurrency, newestFirst }));
        for (const { effects, minutes } of lives) {
          await scene.begin(effects);
          await world.pass(minutes * minuteMs);
        }
        const backfills = await scene.begin();
        await world.pass(days * hourMs);
        const expected = Array.from(
          { length: days },
          (_, day) => `03-${String(day + 1).padStart(2, "0")} 09:00`,
        );
        assert.deepEqual(scene.dueTimes().sort(), expected);
        assert.ok(scene.mostAtOnce() <= concurrency);
        const { status, planned, started, underWay, succeeded, failed } = await backfills.progress("b");
        assert.deepEqual([status, planned, started, underWay], ["finished", days, days, 0]);
        assert.deepEqual([succeeded, failed], [days - Math.min(days, 4), Math.min(days, 4)]);
        assert.deepEqual(scene.errors, []);
      }),
      { numRuns: 100 },
    );
  });

  it("goes on by the rule that it began with, whatever the schedule says now", async () => {
    const scene = new Scene();
    await (await scene.begin()).begin(request({ concurrency: 1 }));
    scene.schedule = sampleSchedule({ cron: "0 */2 * * *", timeZone: "Asia/Tokyo" });
    await scene.begin();
    await scene.world.pass(hourMs);
    assert.deepEqual(scene.dueTimes(), ["03-08 09:00", "03-09 09:00", "03-10 09:00", "03-11 09:00"]);
  });

  it("without its schedule: it says so and waits, and can be cancelled", async () => {
    const scene = new Scene();
    await (await scene.begin()).begin(request({ concurrency: 1 }));
    scene.schedule = null;
    const backfills = await scene.begin();
    await scene.world.pass(hourMs);
    assert.equal((await backfills.progress("b")).status, "running");
    assert.deepEqual(
      scene.errors.map((error) => error.code),
      ["SCHEDULE_UNKNOWN"],
    );
    await backfills.cancel("b");
    await scene.world.pass(minuteMs);
    assert.equal((await backfills.waitFor("b")).status, "cancelled");
  });
});

describe("a backfill that is cancelled", () => {
  it("starts nothing more, cancels what is under way, and counts it", async () => {
    const scene = new Scene();
    const backfills = await scene.begin();
    await backfills.begin(request({ from: "2024-03-01", to: "2024-03-31", concurrency: 3 }));
    await scene.world.pass(15 * minuteMs);
    assert.equal(await backfills.cancel("b"), true);
    await scene.world.pass(minuteMs);
    const { status, started, succeeded, cancelled, underWay } = await backfills.waitFor("b");
    assert.deepEqual([status, started, succeeded, cancelled, underWay], ["cancelled", 6, 3, 3, 0]);
    await scene.world.pass(hourMs);
    assert.equal(scene.world.runs.length, 6);
    assert.equal(await backfills.cancel("b"), false);
    await scene.begin();
    await scene.world.pass(hourMs);
    assert.equal(scene.world.runs.length, 6);
  });
});

describe("what fails", () => {
  it("runs that cannot be started are counted and told, and the others run", async () => {
    const scene = new Scene({
      startFor: ({ scheduledAt, date }) => {
        if (date > "2024-03-03") throw new MycroftError("INPUT_INVALID", `not ${date}`);
        return { input: scheduledAt, asOf: date };
      },
    });
    const backfills = await scene.begin();
    await backfills.begin(request({ from: "2024-03-01", to: "2024-03-20", concurrency: 3 }));
    await scene.world.pass(hourMs);
    const { status, succeeded, failed, refusals } = await backfills.progress("b");
    assert.deepEqual([status, succeeded, failed, refusals.length], ["finished", 3, 17, 10]);
    const scheduledAt = "2024-03-04T09:00:00.000Z";
    assert.deepEqual(refusals[0], { scheduledAt, code: "INPUT_INVALID", message: "not 2024-03-04" });
  });

  it("a full store holds it up and loses nothing", async () => {
    const scene = new Scene();
    const backfills = await scene.begin();
    await backfills.begin(request({ concurrency: 1 }));
    scene.world.isFull = true;
    await scene.world.pass(hourMs);
    assert.deepEqual(
      scene.errors.map((error) => error.code),
      ["STORE_FULL"],
    );
    scene.world.isFull = false;
    await scene.world.pass(hourMs);
    assert.equal((await backfills.progress("b")).succeeded, 4);
    assert.equal(scene.world.runs.length, 4);
  });

  it("a start that is refused for a while is made good", async () => {
    const scene = new Scene();
    let isRefused = true;
    scene.world.refusal = ({ asOf }) =>
      isRefused && asOf === "2024-03-09" ? new MycroftError("STORE_IO", "no") : null;
    const backfills = await scene.begin();
    await backfills.begin(request());
    await scene.world.pass(hourMs);
    assert.deepEqual(
      scene.errors.map((error) => error.code),
      ["STORE_IO"],
    );
    isRefused = false;
    await scene.world.pass(hourMs);
    const { status, succeeded, failed } = await backfills.progress("b");
    assert.deepEqual([status, succeeded, failed, scene.world.runs.length], ["finished", 4, 0, 4]);
  });

  it("closing: who waits is told, and the next process goes on", async () => {
    const scene = new Scene();
    const backfills = await scene.begin();
    await backfills.begin(request({ concurrency: 1 }));
    const waiting = assert.rejects(backfills.waitFor("b"), { code: "STORE_CLOSED" });
    await backfills.close();
    await waiting;
    await scene.world.pass(hourMs);
    assert.equal(scene.world.runs.length, 1);
    const next = await scene.begin();
    await scene.world.pass(hourMs);
    assert.equal((await next.waitFor("b")).succeeded, 4);
  });
});

describe("P7 what is asked wrongly", () => {
  const wrong: readonly (readonly [string, Partial<BackfillRequest>, string, RegExp])[] = [
    ["a day that is none", { from: "2024-02-30" }, "from", /is no day from 1970 on; an example/],
    ["no day at all", { to: "yesterday" }, "to", /is no day/],
    ["a reversed range", { from: "2024-03-12" }, "to", /before from, 2024-03-12/],
    ["a day to come", { to: "2024-07-01" }, "to", /in UTC it is 2024-06-30/],
    ["no concurrency", { concurrency: 0 }, "concurrency", /from 1 to 1000/],
    ["half a run at a time", { concurrency: 1.5 }, "concurrency", /whole number/],
    ["too much at a time", { concurrency: 1_001 }, "concurrency", /from 1 to 1000/],
    ["an id with a slash", { id: "a/b" }, "id", /letters, digits/],
    ["an id without end", { id: "x".repeat(81) }, "id", /1 to 80/],
  ];
  for (const [what, settings, field, message] of wrong) {
    it(what, async () => {
      const backfills = await new Scene().begin();
      await assert.rejects(backfills.begin(request(settings)), (thrown: unknown) => {
        assert.ok(thrown instanceof MycroftError);
        assert.deepEqual([thrown.code, thrown.details?.["field"]], ["INPUT_INVALID", field]);
        assert.match(thrown.message, message);
        return true;
      });
    });
  }

  it("a range in which nothing fires", async () => {
    const backfills = await new Scene({ cron: "0 9 1 1 *" }).begin();
    await assert.rejects(backfills.begin(request()), {
      code: "INPUT_INVALID",
      message: /nothing fires from then/,
    });
  });

  it("10 million runs, and a billion: refused at once, naming the limit", async () => {
    for (const cron of ["* * * * *", "* * * * * *"]) {
      const backfills = await new Scene({ cron, timeZone: "America/New_York" }).begin();
      assert.throws(
        () => backfills.preview(request({ from: "1990-01-01", to: "2024-06-29" })),
        (thrown: unknown) => {
          assert.ok(thrown instanceof MycroftError);
          assert.equal(thrown.code, "LIMIT_EXCEEDED");
          assert.equal(thrown.details?.["limit"], 100_000);
          assert.equal(thrown.details?.["countAtLeast"], 100_001);
          return true;
        },
      );
    }
    const backfills = await new Scene({ cron: "* * * * *" }).begin();
    assert.equal(backfills.preview(request({ from: "2024-01-01", to: "2024-03-09" })).planned, 69 * 24 * 60);
  });

  it("an input that is wrong from the first", async () => {
    const scene = new Scene({
      startFor: () => {
        throw new MycroftError("INPUT_INVALID", "no");
      },
    });
    await assert.rejects((await scene.begin()).begin(request()), { code: "INPUT_INVALID" });
    assert.deepEqual((await scene.world.disk.listDocuments("backfills", { limit: 9 })).documents, []);
  });

  it("more backfills at once than there may be", async () => {
    const scene = new Scene();
    const backfills = await scene.begin();
    for (let count = 0; count < backfillLimits.underWay; count += 1)
      await backfills.begin(request({ id: `b${count}` }));
    await assert.rejects(backfills.begin(request()), { code: "LIMIT_EXCEEDED", message: /100 backfills/ });
    await scene.world.pass(hourMs);
    await backfills.begin(request());
  });

  it("a backfill that there is not", async () => {
    const backfills = await new Scene().begin();
    for (const ask of ["progress", "cancel", "waitFor"] as const) {
      await assert.rejects(backfills[ask]("nope"), { code: "BACKFILL_UNKNOWN", message: /"nope"/ });
    }
  });

  it("a document that cannot be read is told, and the others go on", async () => {
    const scene = new Scene();
    await scene.world.disk.putDocument({
      collection: "backfills",
      id: "a",
      replaces: null,
      value: { from: 1 },
    });
    const backfills = await scene.begin();
    assert.deepEqual(
      scene.errors.map((error) => error.code),
      ["STORE_DAMAGED"],
    );
    await backfills.begin(request());
    await scene.world.pass(hourMs);
    assert.equal((await backfills.progress("b")).status, "finished");
  });
});
