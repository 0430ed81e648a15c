import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { describe, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { SystemClock } from "./system-clock.ts";

const year = 365 * 24 * 3_600_000;

describe("system clock", () => {
  test("a timer fires at its time and not before, also far beyond 2^31 ms", (context) => {
    context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000 });
    const clock = new SystemClock();
    const fired: number[] = [];
    clock.setTimer(1_000 + year, () => fired.push(clock.now()));
    context.mock.timers.tick(year - 1);
    assert.deepEqual(fired, []);
    context.mock.timers.tick(1);
    assert.deepEqual(fired, [1_000 + year]);
    context.mock.timers.tick(year);
    assert.equal(fired.length, 1);
  });

  test("a timer that is woken before the wall clock says so waits on", (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    let wall = 0;
    context.mock.method(Date, "now", () => wall);
    let fired = 0;
    new SystemClock().setTimer(5_000, () => {
      fired += 1;
    });
    wall = 4_999;
    context.mock.timers.tick(5_000);
    assert.equal(fired, 0);
    wall = 5_000;
    context.mock.timers.tick(1);
    assert.equal(fired, 1);
  });

  test("a timer is at most a minute late when the machine slept or the wall clock was set forward", (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    let wall = 0;
    context.mock.method(Date, "now", () => wall);
    let fired = 0;
    new SystemClock().setTimer(8 * 3_600_000, () => {
      fired += 1;
    });
    wall = 9 * 3_600_000;
    context.mock.timers.tick(60_000);
    assert.equal(fired, 1);
  });

  test("a time in the past means as soon as possible, and a cancelled timer never fires", (context) => {
    context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000 });
    const clock = new SystemClock();
    const fired: string[] = [];
    clock.setTimer(-5, () => fired.push("past"));
    clock.setTimer(Number.NEGATIVE_INFINITY, () => fired.push("long past"));
    clock.setTimer(2_000, () => fired.push("cancelled")).cancel();
    const late = clock.setTimer(1_000 + year, () => fired.push("cancelled on the way"));
    clock.setTimer(Number.POSITIVE_INFINITY, () => fired.push("never"));
    context.mock.timers.tick(1_000_000);
    late.cancel();
    context.mock.timers.tick(2 * year);
    assert.deepEqual(fired, ["past", "long past"]);
  });

  test("a delay ends when that long has elapsed, of any length, however the wall clock is set meanwhile", (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    let wall = Date.UTC(2026, 0, 1);
    let elapsed = 5;
    context.mock.method(Date, "now", () => wall);
    context.mock.method(performance, "now", () => elapsed);
    const pass = (ms: number) => {
      elapsed += ms;
      context.mock.timers.tick(ms);
    };
    const clock = new SystemClock();
    const fired: string[] = [];
    clock.setDelay(5_000, () => fired.push("short"));
    clock.setDelay(year, () => fired.push("a year"));
    clock.setDelay(4_000, () => fired.push("cancelled")).cancel();
    wall += 10 * year;
    pass(4_999);
    assert.deepEqual(fired, []);
    wall -= 20 * year;
    pass(1);
    assert.deepEqual(fired, ["short"]);
    pass(year - 5_001);
    assert.deepEqual(fired, ["short"]);
    pass(1);
    assert.deepEqual(fired, ["short", "a year"]);
    assert.equal(clock.elapsed(), 5 + year);
  });

  test("a delay that is woken before it is over waits on, and one below zero ends as soon as possible", (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    let elapsed = 0;
    context.mock.method(performance, "now", () => elapsed);
    const fired: string[] = [];
    const clock = new SystemClock();
    clock.setDelay(10.5, () => fired.push("late"));
    clock.setDelay(-5, () => fired.push("past"));
    clock.setDelay(Number.POSITIVE_INFINITY, () => fired.push("never"));
    elapsed = 10.4;
    context.mock.timers.tick(11);
    assert.deepEqual(fired, ["past"]);
    elapsed = 10.5;
    context.mock.timers.tick(1);
    assert.deepEqual(fired, ["past", "late"]);
    context.mock.timers.tick(2 ** 31);
    assert.equal(fired.length, 2);
  });

  test("what has elapsed never goes back", () => {
    const clock = new SystemClock();
    let before = clock.elapsed();
    for (let reading = 0; reading < 1_000; reading += 1) {
      const elapsed = clock.elapsed();
      assert.ok(elapsed >= before);
      before = elapsed;
    }
  });

  test("P7 a time that is no number is refused", () => {
    const isRefusal = (thrown: unknown) => thrown instanceof MycroftError && thrown.code === "INPUT_INVALID";
    const clock = new SystemClock();
    assert.throws(() => clock.setTimer(Number.NaN, () => {}), isRefusal);
    assert.throws(() => clock.setDelay(Number.NaN, () => {}), isRefusal);
  });

  test("what is deferred runs after what is under way in this turn", async () => {
    const clock = new SystemClock();
    const order: string[] = [];
    const done = new Promise<void>((resolve) => {
      clock.defer(() => {
        order.push("deferred");
        resolve();
      });
    });
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve().then(() => order.push("microtask"));
    await done;
    assert.deepEqual(order, ["microtask", "microtask", "microtask", "deferred"]);
  });

  test("with unref, waiting timers let the process end", () => {
    const program =
      `import { SystemClock } from ${JSON.stringify(import.meta.resolve("./system-clock.ts"))};` +
      'new SystemClock({ unref: true }).setTimer(Date.now() + 86_400_000, () => {}); console.log("set");';
    const child = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      timeout: 30_000,
    });
    assert.deepEqual([child.status, child.stdout.toString()], [0, "set\n"]);
  });
});
