/** A sleep step waits for a time: a duration, or a moment. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { planLimits } from "./plan.ts";
import { DrivenRun } from "./testing/driven-run.ts";
import { call, constant, input, item, map, outputOf, sleep, workflow } from "./testing/steps.ts";
import type { JsonValue } from "./workflow-definition.ts";

const now = Date.parse("2026-01-31T12:00:00Z");

/** A run, started now, that sleeps for a duration or until a moment that its input names. */
function sleeping(field: "durationMs" | "until", value: JsonValue): DrivenRun {
  const run = new DrivenRun(workflow([sleep("s", { [field]: input() })], outputOf("s")));
  run.now = now;
  run.start(value);
  return run;
}

describe("a sleep", () => {
  test("sets a timer, and gives null when it fires", () => {
    const run = new DrivenRun(workflow([sleep("s"), call("after", { input: outputOf("s") })]));
    assert.deepEqual(run.start(), [{ type: "setTimer", timer: "due:s", dueAt: 2_000 }]);
    assert.equal(run.task("s").status, "sleeping");
    assert.equal(run.task("s").dueAt, 2_000);
    run.now = 2_001;
    run.fire("due:s");
    assert.deepEqual([run.task("s").status, run.task("s").output], ["succeeded", null]);
    assert.deepEqual(run.inputs(), { after: null });
  });

  test("counts its duration from when it begins", () => {
    const run = DrivenRun.start(workflow([call("a"), sleep("s", { durationMs: outputOf("a") })]));
    run.now = 5_000;
    assert.deepEqual(run.succeed("a", 30), [{ type: "setTimer", timer: "due:s", dueAt: 5_030 }]);
  });

  test("of a part of a millisecond is a whole one, and none is none", () => {
    assert.equal(sleeping("durationMs", 0.2).task("s").dueAt, now + 1);
    assert.equal(sleeping("durationMs", 0).task("s").dueAt, now);
  });

  test("until a moment takes its offset into account", () => {
    for (const moment of [
      "2026-01-31T21:30Z",
      "2026-01-31T16:30:00-05:00",
      "2026-02-01T03:00:00.000+05:30",
    ]) {
      assert.equal(sleeping("until", moment).task("s").dueAt, Date.parse("2026-01-31T21:30:00Z"), moment);
    }
  });

  test("until a moment that is past asks for its timer all the same, which may fire at once", () => {
    const run = sleeping("until", "2020-01-01T00:00Z");
    assert.equal(run.task("s").dueAt, Date.parse("2020-01-01T00:00Z"));
    run.fire("due:s");
    assert.deepEqual(run.state.result, { status: "succeeded", output: null });
  });

  test("may be as long as the limit, and no longer", () => {
    const { durationMs } = planLimits;
    assert.equal(sleeping("durationMs", durationMs).task("s").dueAt, now + durationMs);
    assert.equal(sleeping("durationMs", durationMs + 1).task("s").status, "failed");
    assert.equal(sleeping("until", new Date(now + durationMs).toISOString()).task("s").status, "sleeping");
    const { error } = sleeping("until", new Date(now + durationMs + 1).toISOString()).task("s");
    assert.equal(error?.code, "SLEEP_INVALID");
    assert.match(
      error?.message ?? "",
      /^The sleep's until must lie within 31622400000 ms from now, not "2027-/,
    );
  });

  test("for anything else fails, and says what it was given", () => {
    const durations = [
      [null, "null"],
      ["5", '"5"'],
      [-1, "-1"],
      [[5], "a list"],
      [{ z: 1, a: 2 }, "an object"],
      [true, "true"],
    ] as const;
    for (const [given, shown] of durations) {
      const { error, status } = sleeping("durationMs", given).task("s");
      const message = `The sleep's durationMs must be a number from 0 to 31622400000, not ${shown}.`;
      assert.deepEqual([status, error], ["failed", { code: "SLEEP_INVALID", message, retryable: false }]);
    }
    const moments = [
      [null, "null"],
      [1_800_000_000_000, "1800000000000"],
      ["tomorrow", '"tomorrow"'],
      ["2026-02-30T00:00Z", '"2026-02-30T00:00Z"'],
    ] as const;
    for (const [given, shown] of moments) {
      const { error } = sleeping("until", given).task("s");
      const message = `The sleep's until must be a moment such as 2026-01-31T16:00:00-05:00 or 2026-01-31T21:00Z, not ${shown}.`;
      assert.deepEqual(error, { code: "SLEEP_INVALID", message, retryable: false });
    }
  });

  test("quotes no more than a message can carry, and never half a character", () => {
    const message = sleeping("until", `${"😀".repeat(1_000)}`).task("s").error?.message ?? "";
    assert.ok(message.length < 300 && message.isWellFormed(), message);
  });

  test("whose timer comes early is asked for again and sleeps on; late is as good as in time; twice is ignored", () => {
    const run = DrivenRun.start(workflow([sleep("s"), call("after", { after: ["s"] })]));
    run.now = 1_999;
    assert.deepEqual(run.fire("due:s"), [{ type: "setTimer", timer: "due:s", dueAt: 2_000 }]);
    assert.equal(run.task("s").status, "sleeping");
    run.now = 99_000;
    run.fire("due:s");
    assert.deepEqual(run.statuses(), ["s succeeded", "after running"]);
    assert.deepEqual(run.fire("due:s"), []);
    assert.equal(run.state.ignored, 2);
  });

  test("E5 of each item is by itself, as the item says", () => {
    const run = new DrivenRun(workflow([map("m", { steps: [sleep("s", { durationMs: item("m") })] })]));
    assert.deepEqual(run.start([5, 7]), [
      { type: "setTimer", timer: "due:m[0]/s", dueAt: 1_005 },
      { type: "setTimer", timer: "due:m[1]/s", dueAt: 1_007 },
    ]);
    run.now = 1_007;
    run.fire("due:m[1]/s");
    assert.deepEqual(run.statuses(), ["m expanded", "m[0]/s sleeping", "m[1]/s succeeded"]);
  });

  test("E10 takes no result, signal or verdict for its end", () => {
    const run = DrivenRun.start(workflow([sleep("s", { durationMs: constant(5) })]));
    for (const commands of [run.succeed("s", 1, 0), run.decide("s", "approve"), run.fire("retry:0:s")]) {
      assert.deepEqual(commands, []);
    }
    assert.equal(run.task("s").status, "sleeping");
  });
});
