import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { GatheredCalls } from "./gathered-calls.ts";

function counted(call: (items: readonly number[]) => Promise<readonly number[]>, limit?: number) {
  const clock = new VirtualClock(0);
  const asked: (readonly number[])[] = [];
  const calls = new GatheredCalls<number, number>(
    (items) => {
      asked.push(items);
      return call(items);
    },
    clock,
    limit,
  );
  return { clock, asked, calls };
}

describe("gathered calls", () => {
  it("what is asked for in one turn is one call, and each asker has its own answer", async () => {
    const { clock, asked, calls } = counted(async (items) => items.map((item) => item * 2));
    const answers = Promise.all([1, 2, 3].map((item) => calls.ask(item)));
    clock.advance();
    assert.deepEqual(await answers, [2, 4, 6]);
    assert.deepEqual(asked, [[1, 2, 3]]);
  });

  it("what is asked for while a call is under way goes with the next one, without a timer", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock, asked, calls } = counted(async (items) => {
      await promise;
      return items;
    });
    const first = calls.ask(1);
    clock.advance();
    const others = [calls.ask(2), calls.ask(3)];
    resolve();
    assert.deepEqual(await Promise.all([first, ...others]), [1, 2, 3]);
    assert.deepEqual(asked, [[1], [2, 3]]);
    assert.equal(clock.advance(), false);
  });

  it("P8 no call takes more than the limit", async () => {
    const { clock, asked, calls } = counted(async (items) => items, 2);
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => calls.ask(item)));
    clock.advance();
    assert.deepEqual(await answers, [1, 2, 3, 4, 5]);
    assert.deepEqual(asked, [[1, 2], [3, 4], [5]]);
  });

  it("a call that fails fails for those who asked for it, and for nobody else", async () => {
    const { clock, calls } = counted(async (items) => {
      if (items.includes(1)) throw new Error("away");
      return items;
    });
    const failing = calls.ask(1);
    clock.advance();
    const next = calls.ask(2);
    await assert.rejects(failing, /away/);
    assert.equal(await next, 2);
    const later = calls.ask(3);
    clock.advance();
    assert.equal(await later, 3);
  });
});
