import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppendLoad } from "./append-load.ts";

function noted(load: AppendLoad, events: number, times: number): boolean {
  for (let time = 0; time < times; time += 1) load.note(events);
  return load.isHigh;
}

describe("AppendLoad", () => {
  test("is high after 2,000 events in large batches, and no longer after 20 small ones", () => {
    const load = new AppendLoad();
    assert.equal(noted(load, 100, 19), false);
    assert.equal(noted(load, 100, 1), true);
    assert.equal(noted(load, 1, 19), true);
    assert.equal(noted(load, 1, 1), false);
    assert.equal(noted(load, 2_000, 1), true, "one very large batch is load enough");
  });

  test("small batches alone never make it high, and those between change nothing", () => {
    const load = new AppendLoad();
    assert.equal(noted(load, 8, 10_000), false);
    assert.equal(noted(load, 31, 10_000), false);
    assert.equal(noted(load, 32, 62), false);
    assert.equal(noted(load, 31, 10_000), false);
    assert.equal(noted(load, 32, 1), true);
    assert.equal(noted(load, 9, 10_000), true);
  });

  test("large batches among many small ones do not make it high", () => {
    const load = new AppendLoad();
    for (let round = 0; round < 1_000; round += 1)
      assert.equal(noted(load, 90, 1) || noted(load, 1, 1), false);
  });
});
