import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { packAppends, unpackAppends } from "./append-messages.ts";
import type { AppendOf } from "./event-log.ts";
import { creation } from "./sample-run.ts";

const append: fc.Arbitrary<AppendOf<string>> = fc
  .record({
    runId: fc.string({ minLength: 1 }),
    fromSeq: fc.nat(),
    events: fc.array(fc.string(), { maxLength: 4 }),
    create: fc.boolean(),
    settle: fc.option(
      fc.record(
        { status: fc.constantFrom("succeeded" as const, "failed" as const), at: fc.nat() },
        { noNullPrototype: true },
      ),
    ),
  })
  .map(({ create, settle, runId, ...append }) => ({
    ...append,
    runId,
    ...(create ? { create: creation(runId, { tags: ["tag"], startKey: runId }).create } : {}),
    ...(settle === null ? {} : { settle }),
  }))
  .map((append) => append as AppendOf<string>);

const asIs = (text: string) => text;

describe("packed appends", () => {
  test("a batch that crosses to the thread is what it was", () => {
    fc.assert(
      fc.property(fc.array(append, { maxLength: 8 }), (batch) => {
        const packed = packAppends(batch, asIs, Number.POSITIVE_INFINITY);
        assert.ok(packed !== null);
        assert.deepEqual(unpackAppends(structuredClone(packed)), batch);
      }),
    );
  });

  test("texts that are too long together do not cross", () => {
    const batch = ["a", "b"].map((runId) => ({ runId, fromSeq: 1, events: ["12345", "67890"] }));
    assert.notEqual(packAppends(batch, asIs, 20), null);
    assert.equal(packAppends(batch, asIs, 19), null);
  });
});
