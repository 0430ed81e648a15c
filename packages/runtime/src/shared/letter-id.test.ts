import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { letterIds } from "./letter-id.ts";

describe("ids of letters", () => {
  it("those of one maker sort in the order in which they were made, though its clock goes back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 42 }), { minLength: 2, maxLength: 50 }),
        (times) => {
          const newId = letterIds();
          const ids = times.map((time) => newId(time));
          assert.deepEqual([...ids].sort(), ids);
          assert.equal(new Set(ids).size, ids.length);
        },
      ),
    );
  });

  it("those of several makers sort by time", () => {
    const [one, other] = [letterIds(), letterIds()];
    const ids = [one(1_000), other(2_000), one(3_000), other(4_000)];
    assert.deepEqual([...ids].sort(), ids);
  });
});
