import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Waiting, WaitingLine } from "./waiting-line.ts";

const isEarlier = (left: Waiting, right: Waiting) => left.order - right.order || left.number - right.number;

describe("WaitingLine", () => {
  it("gives what waits in order, whatever leaves it from wherever it stands", () => {
    const change = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          type: fc.constant("push" as const),
          order: fc.integer({ min: -20, max: 20 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant("shift" as const) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant("remove" as const), at: fc.nat() }) },
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200, size: "max" }), (changes) => {
        const line = new WaitingLine<Waiting>();
        let model: Waiting[] = [];
        for (const [number, next] of changes.entries()) {
          if (next.type === "push") {
            const member = { order: next.order, number, place: -1 };
            line.push(member);
            model = [...model, member].sort(isEarlier);
          } else if (next.type === "shift") assert.equal(line.shift(), model.shift());
          else {
            const [member] = model.splice(next.at % Math.max(1, model.length), 1);
            if (member !== undefined) line.remove(member);
            assert.equal(member?.place ?? -1, -1);
          }
          assert.equal(line.first, model[0]);
          assert.equal(line.length, model.length);
        }
        for (const member of model) assert.equal(line.shift(), member);
        assert.equal(line.shift(), undefined);
      }),
      { numRuns: 200 },
    );
  });
});
