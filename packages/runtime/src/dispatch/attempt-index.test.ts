import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { AttemptIndex } from "./attempt-index.ts";

interface Named {
  readonly message: { readonly runId: string; readonly task: string };
}

describe("AttemptIndex", () => {
  it("finds what it holds and nothing else, and keeps nothing of a run without attempts (P8)", () => {
    const runId = fc.constantFrom("r1", "r2");
    const change = fc.record({ runId, task: fc.constantFrom("a", "b", "c"), takesRun: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const index = new AttemptIndex<Named>();
        let model: Named[] = [];
        for (const { runId, task, takesRun } of changes) {
          const isOfRun = (one: Named) => one.message.runId === runId;
          const known = model.find((one) => isOfRun(one) && one.message.task === task);
          assert.equal(index.get(runId, task), known);
          if (takesRun === 0) {
            assert.deepEqual(new Set(index.takeRun(runId)), new Set(model.filter(isOfRun)));
            model = model.filter((one) => !isOfRun(one));
          } else if (known === undefined) {
            const added = { message: { runId, task } };
            index.add(added);
            model.push(added);
          } else {
            index.delete(known);
            model = model.filter((one) => one !== known);
          }
          assert.equal(index.runs, new Set(model.map(({ message }) => message.runId)).size);
        }
      }),
    );
  });
});
