import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { watchedTurns } from "./testing/watched-turns.ts";
import { Turns } from "./turns.ts";

describe("turns", () => {
  it("are over after a while, and begin anew once the others have had theirs", async () => {
    let now = 0;
    let others = 0;
    const turns = new Turns({
      now: () => now,
      others: async () => {
        others += 1;
        now += 1_000;
      },
    });
    assert.equal(turns.isOver, false);
    now = 9;
    assert.equal(turns.isOver, false);
    now = 10;
    assert.equal(turns.isOver, true);
    await turns.giveWay();
    assert.deepEqual([turns.isOver, others], [false, 1]);
  });

  it("give everything in its order", async () => {
    const { turns, given } = watchedTurns();
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    assert.deepEqual(await turns.take(numbers), numbers);
    assert.ok(given() >= 50, `others had ${given()} turns`);
  });
});
