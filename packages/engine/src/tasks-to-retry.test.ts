/** Retries: a new run does again what failed or was cancelled, and takes over the rest. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tasksToRetry } from "./carry-outcomes.ts";
import { DrivenRun } from "./testing/driven-run.ts";
import { carriedFrom, doneAgain, finish, namesOf } from "./testing/forks.ts";
import {
  call,
  constant,
  listOf,
  map,
  outputOf,
  repeat,
  resolve,
  settled,
  workflow,
} from "./testing/steps.ts";

describe("a retry", () => {
  const again = (run: DrivenRun) => {
    const from = tasksToRetry(run.state);
    return { from, carried: carriedFrom(run, from) };
  };

  test("does again what failed itself, and what follows; not what was skipped or failed through it", () => {
    const definition = workflow([
      call("a"),
      call("b", { after: ["a"] }),
      call("c", { after: ["b"] }),
      call("d"),
    ]);
    const run = DrivenRun.start(definition);
    run.fail("a");
    run.succeed("d", 1);
    const { from, carried } = again(run);
    assert.deepEqual(from, ["a"]);
    assert.deepEqual(doneAgain(DrivenRun.fork(definition, carried)), ["a", "b", "c"]);
  });

  test("of a failed map does again the items that failed, and keeps the others", () => {
    const definition = workflow([
      map("m", { steps: [call("a"), call("b", { after: ["a"] })] }),
      call("c", { after: ["m"] }),
    ]);
    const run = DrivenRun.start(definition, [1, 2, 3]);
    for (const task of ["m[0]/a", "m[0]/b", "m[2]/a"]) run.succeed(task);
    run.fail("m[1]/a");
    run.fail("m[2]/b");
    const { from, carried } = again(run);
    assert.deepEqual(from, ["m[1]/a", "m[2]/b"]);
    assert.deepEqual(namesOf(carried), ["m[0]/a", "m[0]/b", "m[2]/a"]);
    assert.deepEqual(doneAgain(DrivenRun.fork(definition, carried, [1, 2, 3])), [
      "m[1]/a",
      "m[2]/b",
      "m[1]/b",
      "c",
    ]);
  });

  test("of a map that could not be expanded does the map again", () => {
    const definition = workflow([
      call("list"),
      map("m", { over: outputOf("list"), maxItems: 1, steps: [call("a")] }),
    ]);
    const run = DrivenRun.start(definition);
    run.succeed("list", [1, 2]);
    assert.deepEqual(again(run).from, ["m"]);
  });

  test("does again failures that were tolerated too: of items, and of steps whose failure is data", () => {
    const definition = workflow(
      [
        map("m", { maxFailedItems: 1, steps: [call("a")], output: outputOf("a") }),
        call("b"),
        resolve("c", { input: listOf(outputOf("m"), settled("b")) }),
      ],
      outputOf("c"),
    );
    const run = DrivenRun.start(definition, [1, 2]);
    run.fail("m[0]/a");
    run.succeed("m[1]/a", "kept");
    run.fail("b");
    run.succeed("c");
    assert.equal(run.state.result?.status, "succeeded");
    const { from, carried } = again(run);
    assert.deepEqual(from, ["m[0]/a", "b"]);
    assert.deepEqual(namesOf(carried), ["m[1]/a"]);
  });

  test("of a failed round does that round's failure again, and keeps the rounds before", () => {
    const definition = workflow([repeat("r", { steps: [call("a"), call("b", { after: ["a"] })] })]);
    const run = DrivenRun.start(definition);
    run.succeed("r[0]/a");
    run.succeed("r[0]/b");
    run.succeed("r[1]/a");
    run.fail("r[1]/b");
    const { from, carried } = again(run);
    assert.deepEqual(from, ["r[1]/b"]);
    assert.deepEqual(namesOf(carried), ["r[0]/a", "r[0]/b", "r[1]/a"]);
  });

  test("of a repeat that did not meet its condition does all of it again", () => {
    const steps = [call("a"), resolve("b", { after: ["a"] })];
    const definition = workflow([repeat("r", { maxRounds: 1, atMaxRounds: "fail", steps })]);
    const run = DrivenRun.start(definition);
    run.fail("r[0]/a");
    run.succeed("r[0]/b");
    assert.equal(run.task("r").error?.code, "REPEAT_EXHAUSTED");
    const { from, carried } = again(run);
    assert.deepEqual([from, carried], [["r"], []]);
  });

  test("of a cancelled or timed-out run does again what was under way or had not begun", () => {
    const definition = workflow(
      [
        call("a"),
        call("b", { after: ["a"] }),
        call("c", { after: ["b"] }),
        map("m", { over: constant([1, 2]), steps: [call("in")] }),
      ],
      constant(null),
      { timeoutMs: 50 },
    );
    for (const stop of [(run: DrivenRun) => run.cancel(), (run: DrivenRun) => run.fire("run")]) {
      const run = DrivenRun.start(definition);
      run.succeed("a", 1);
      run.succeed("m[0]/in", 1);
      run.now = 2_000;
      stop(run);
      const { from, carried } = again(run);
      assert.deepEqual(from, ["b", "c", "m[1]/in"]);
      assert.deepEqual(namesOf(carried), ["a", "m[0]/in"]);
      const retried = DrivenRun.fork(definition, carried);
      assert.deepEqual(Object.keys(retried.inputs()), ["b", "m[1]/in"]);
      assert.equal(finish(retried).state.result?.status, "succeeded");
    }
  });

  test("does again what was cancelled by itself, with what follows it", () => {
    const definition = workflow([call("a"), resolve("b", { after: ["a"] }), call("c")]);
    const run = DrivenRun.start(definition);
    run.cancel("a");
    run.succeed("b");
    run.succeed("c");
    assert.deepEqual(again(run).from, ["a"]);
    assert.deepEqual(namesOf(again(run).carried), ["c"]);
    assert.deepEqual(namesOf(carriedFrom(run, ["c"])), [], "a fork does it again too");
  });

  test("of a cancelled map keeps what was done in it", () => {
    const definition = workflow([
      map("m", { over: constant([1, 2]), steps: [call("in")] }),
      resolve("b", { after: ["m"] }),
    ]);
    const run = DrivenRun.start(definition);
    run.succeed("m[0]/in", "kept");
    run.cancel("m");
    run.succeed("b");
    const { from, carried } = again(run);
    assert.deepEqual(from, ["m[1]/in"]);
    assert.deepEqual(namesOf(carried), ["m[0]/in"]);
  });

  test("of a run in which nothing failed has nothing to do again", () => {
    const nothingFails = workflow([call("a"), map("m", { over: constant([1]), steps: [call("in")] })]);
    assert.deepEqual(tasksToRetry(finish(DrivenRun.start(nothingFails)).state), []);
    assert.deepEqual(tasksToRetry(new DrivenRun(nothingFails).state), []);
  });
});
