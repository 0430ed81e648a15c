/** Whatever crashes, each firing has its one run: killed between any two effects, by hand and by chance. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { firingLimits } from "./due-firings.ts";
import { type CatchUp, momentText, type Overlap } from "./schedule-definition.ts";
import type { Scheduler, ScheduleStatus } from "./scheduler.ts";
import { Lives } from "./testing/lives.ts";
import { sampleSchedule } from "./testing/sample-schedule.ts";
import { World } from "./testing/world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Firings by how many runs they have: none may have two. */
function runsByFiring(world: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const input of world.inputs("schedule:sample"))
    counts.set(String(input), (counts.get(String(input)) ?? 0) + 1);
  return counts;
}

describe("P3 killed between any two effects", () => {
  for (const overlap of ["allow", "skip", "queue", "cancelOld"] as const) {
    it(`with overlap ${overlap}: each firing has its one run or is counted as skipped`, async () => {
      const schedule = sampleSchedule({ cron: "0 * * * *", catchUp: "all", overlap });
      // Two effects more than the firings below have.
      for (let effects = 1; effects <= 24; effects += 1) {
        const world = new World("2024-03-08T12:30:00Z");
        const lives = new Lives(world);
        world.durationMs = () => 100 * minuteMs;
        await lives.begin([schedule]);
        lives.kill();
        await lives.begin([schedule], effects);
        await world.pass(2 * hourMs);
        lives.kill();
        const scheduler = await lives.begin([schedule]);
        await world.passUntil("2024-03-08T15:30:00Z");
        const counts = runsByFiring(world);
        const due = ["13", "14", "15"].map((hour) => `2024-03-08T${hour}:00:00.000Z`);
        const status = (await scheduler.list())[0];
        assert.ok(
          [...counts.values()].every((count) => count === 1),
          `twice after ${effects} effects`,
        );
        assert.ok([...counts.keys()].every((firing) => due.includes(firing)));
        assert.equal(
          counts.size + (status?.overlapping ?? 0) + (status?.waiting ?? 0),
          3,
          `after ${effects} effects`,
        );
        if (overlap === "allow") assert.equal(counts.size, 3);
        if (overlap !== "allow") assert.ok((status?.underWay.length ?? 0) <= 1);
        assert.deepEqual(lives.errors, []);
      }
    });
  }

  it("and another input is deployed meanwhile: the run that there is stands for the firing", async () => {
    for (let effects = 1; effects <= 6; effects += 1) {
      const world = new World("2024-03-08T12:30:00Z");
      const lives = new Lives(world);
      await lives.begin([sampleSchedule({ cron: "0 * * * *" })]);
      await lives.begin([sampleSchedule({ cron: "0 * * * *" })], effects);
      await world.pass(hourMs);
      const deployed = sampleSchedule({
        cron: "0 * * * *",
        startFor: ({ date }) => ({ input: date, asOf: date }),
      });
      const scheduler = await lives.begin([deployed]);
      await world.pass(minuteMs);
      assert.equal(world.runs.length, 1);
      assert.equal((await scheduler.list())[0]?.lastFiring?.runId, "run-000001");
    }
  });

  it("another deployment starts the firing's run a moment before: that one counts, and nothing fails", async () => {
    const world = new World("2024-03-08T12:30:00Z");
    const lives = new Lives(world);
    let isFirst = true;
    world.refusal = (start) => {
      if (!isFirst) return null;
      isFirst = false;
      void world.startRun({ ...start, input: "of another deployment" });
      return null;
    };
    await lives.begin([sampleSchedule({ cron: "0 * * * *" })]);
    await world.pass(hourMs);
    assert.deepEqual(world.inputs("schedule:sample"), ["of another deployment"]);
    assert.deepEqual(
      lives.notices.map((notice) => notice.kind),
      ["started"],
    );
    assert.deepEqual(lives.errors, []);
  });

  it("two schedulers on one store: one run for each firing, and both go on", async () => {
    const world = new World("2024-03-08T12:30:00Z");
    const schedule = sampleSchedule({ cron: "0 * * * *" });
    const [one, other] = [new Lives(world), new Lives(world)];
    await one.begin([schedule]);
    await other.begin([schedule]);
    await world.pass(3 * hourMs);
    assert.deepEqual([...runsByFiring(world).values()], [1, 1, 1]);
    one.kill();
    await world.pass(hourMs);
    assert.equal(world.runs.length, 4);
    assert.deepEqual([...one.errors, ...other.errors], []);
  });
});

/** What happens to the process, some minutes after what happened before. */
type Happening =
  | { readonly kind: "restart"; readonly effects: number | null }
  | { readonly kind: "kill" | "pause" }
  | { readonly kind: "resume"; readonly catchUp: CatchUp | null }
  | { readonly kind: "jump"; readonly byMs: number };

/**
 * Which firings must have led to a run, and which may have, told from what happened alone. Nothing happens within three
 * minutes of a firing, so what is late and what is on time is beyond doubt.
 */
class Model {
  readonly must = new Set<number>();
  readonly may = new Set<number>();
  /** Whether firings that had been dealt with were to be looked at again. */
  wentBack = false;
  /** Whether firings that waited were dropped. */
  wasDropped = false;
  readonly #everyMs: number;
  readonly #catchUp: CatchUp;
  #place: number;
  /** How far it may have got in a life that ended meanwhile. */
  #mayPlace = 0;
  /** Since when firings are watched for. */
  #since = 0;

  constructor(everyMs: number, catchUp: CatchUp, place: number) {
    this.#everyMs = everyMs;
    this.#catchUp = catchUp;
    this.#place = place;
  }

  begin(now: number): void {
    this.#since = now;
  }

  /** The clock shows `now` to a process that is alive and not paused. `diedMeanwhile` leaves open how far it got. */
  see(now: number, diedMeanwhile: boolean, catchUp: CatchUp = this.#catchUp): void {
    const due: number[] = [];
    const first = Math.floor(this.#place / this.#everyMs) + 1;
    for (let count = first; count * this.#everyMs <= now; count += 1) due.push(count * this.#everyMs);
    const isLimited = due.length > firingLimits.waiting;
    assert.ok(!isLimited, "the limit has a test of its own");
    const wanted = due.filter((at) => {
      const isOnTime = at > this.#since && at >= now - 2 * minuteMs;
      return catchUp === "all" || isOnTime || (catchUp === "latest" && at === due.at(-1));
    });
    for (const at of wanted) (diedMeanwhile || this.#isUncertain(at) ? this.may : this.must).add(at);
    const newest = due.at(-1) ?? 0;
    if (diedMeanwhile) this.#mayPlace = Math.max(this.#mayPlace, newest);
    else this.#place = Math.max(this.#place, newest);
  }

  /** Whether it may have been passed over in a life that ended meanwhile. */
  #isUncertain(at: number): boolean {
    if (at > this.#mayPlace || this.#catchUp === "all") return false;
    return at < this.#mayPlace || this.#catchUp === "none";
  }

  skipTo(now: number): void {
    this.wasDropped = true;
    this.wentBack ||= now < this.#place;
    this.#place = now;
  }
}

interface Story {
  readonly everyMinutes: 10 | 60 | 360;
  readonly catchUp: CatchUp;
  readonly overlap: Overlap;
  readonly durationMinutes: number;
  readonly happenings: readonly {
    readonly afterTens: number;
    readonly minute: number;
    readonly what: Happening;
  }[];
}

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("restart" as const),
      effects: fc.option(fc.integer({ min: 1, max: 12 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pause" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("resume" as const),
      catchUp: fc.option(fc.constantFrom("all" as const, "latest" as const, "none" as const)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("jump" as const),
      byMs: fc.integer({ min: -30, max: 60 }).map((tens) => tens * 10 * minuteMs),
    }),
  },
);

const story: fc.Arbitrary<Story> = fc.record({
  everyMinutes: fc.constantFrom(10, 60, 360),
  catchUp: fc.constantFrom("all", "latest", "none"),
  overlap: fc.constantFrom("allow", "skip", "queue", "cancelOld"),
  durationMinutes: fc.constantFrom(1, 25, 95),
  happenings: fc.array(
    fc.record({
      afterTens: fc.integer({ min: 1, max: 40 }),
      minute: fc.integer({ min: 4, max: 6 }),
      what: happening,
    }),
    { maxLength: 12 },
  ),
});

const cronOf = { 10: "*/10 * * * *", 60: "0 * * * *", 360: "0 */6 * * *" } as const;

/** Plays a story, with the model beside it. */
class Play {
  readonly world = new World("2024-03-08T12:05:00Z");
  readonly lives = new Lives(this.world);
  readonly model: Model;
  readonly #schedule: ReturnType<typeof sampleSchedule>;
  #scheduler: Scheduler | null = null;
  #isPaused = false;
  #isMortal = false;

  constructor({ everyMinutes, catchUp, overlap, durationMinutes }: Story) {
    this.world.durationMs = () => durationMinutes * minuteMs;
    this.#schedule = sampleSchedule({ cron: cronOf[everyMinutes], catchUp, overlap });
    this.model = new Model(everyMinutes * minuteMs, catchUp, this.world.now());
  }

  async restart(effects: number | null): Promise<void> {
    // Until the schedule was first written there is nothing that could be missed.
    if (this.#scheduler === null) effects = null;
    this.#isMortal = effects !== null;
    this.model.begin(this.world.now());
    this.#scheduler = await this.lives.begin([this.#schedule], effects ?? undefined);
    this.see();
  }

  see(): void {
    if (this.#scheduler !== null && !this.#isPaused) this.model.see(this.world.now(), this.lives.isDead);
  }

  /** From one firing to the next: what is due at once is told apart from what was missed. */
  async pass(tens: number, minute: number): Promise<void> {
    const start = Math.floor(this.world.now() / (10 * minuteMs));
    for (let count = 1; count <= tens; count += 1) {
      const wasDead = this.lives.isDead;
      await this.world.pass((start + count) * 10 * minuteMs + 1_000 - this.world.now());
      if (!wasDead) this.see();
    }
    await this.world.pass((start + tens) * 10 * minuteMs + minute * minuteMs - this.world.now());
  }

  async happen(what: Happening): Promise<void> {
    const isAlive = !this.lives.isDead && this.#scheduler !== null;
    switch (what.kind) {
      case "restart":
        return this.restart(what.effects);
      case "kill":
        return this.lives.kill();
      case "pause":
        if (!isAlive || this.#isMortal) return;
        await this.#scheduler?.pause("sample");
        this.#isPaused = true;
        return;
      case "resume":
        if (isAlive && !this.#isMortal && this.#isPaused) await this.#resume(what.catchUp);
        return;
      case "jump":
        this.world.jump(what.byMs);
        if (!isAlive) return;
        await this.world.pass(90_000);
        this.see();
    }
  }

  /** Ends with a process that stays for ten hours. */
  async end(): Promise<ScheduleStatus> {
    await this.restart(null);
    if (this.#isPaused) await this.#resume(null);
    await this.pass(60, 5);
    return (await this.#scheduler?.list())?.[0] ?? assert.fail("it was started");
  }

  async #resume(catchUp: CatchUp | null): Promise<void> {
    const now = this.world.now();
    await this.#scheduler?.resume("sample", catchUp ?? undefined);
    await this.world.pass(0);
    this.#isPaused = false;
    this.model.begin(now);
    if (catchUp === "none") this.model.skipTo(now);
    else this.model.see(now, false, catchUp ?? undefined);
  }
}

describe("P3 P4 whatever happens, by chance", () => {
  it("what was due and wanted led to one run each, and nothing else did", async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const play = new Play(told);
        await play.restart(null);
        for (const { afterTens, minute, what } of told.happenings) {
          await play.pass(afterTens, minute);
          await play.happen(what);
        }
        const { overlapping, waiting } = await play.end();
        const counts = runsByFiring(play.world);
        const { must, may, wentBack, wasDropped } = play.model;
        const possible = new Set([...must, ...may]);
        runs += counts.size;
        for (const [firing, count] of counts) {
          assert.equal(count, 1, `${firing} has ${count} runs`);
          assert.ok(possible.has(Date.parse(firing)), `${firing} was not to be run`);
        }
        if (told.overlap === "allow") {
          for (const at of must) assert.ok(counts.has(momentText(at)), `${momentText(at)} was not run`);
        }
        const dealtWith = counts.size + overlapping + waiting;
        if (!wasDropped) assert.ok(dealtWith >= must.size, `${dealtWith} of ${must.size} were dealt with`);
        if (!wentBack)
          assert.ok(dealtWith <= possible.size, `${dealtWith} of ${possible.size} were dealt with`);
        if (told.overlap !== "allow") assertOneAtATime(play.world);
        assert.deepEqual(play.lives.errors, []);
      }),
      { numRuns: 120 },
    );
    assert.ok(runs > 1_000, `only ${runs} runs: the stories are too quiet to show anything`);
  });
});

function assertOneAtATime({ runs }: World): void {
  for (const [index, run] of runs.entries()) {
    const before = runs[index - 1];
    if (before !== undefined) assert.ok(run.beganAt >= before.endedAt, "two were under way at once");
  }
}
