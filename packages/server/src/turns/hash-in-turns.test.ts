import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contentHash, type JsonValue } from "@mycroft/engine";
import fc from "fast-check";
import { hashInTurns } from "./hash-in-turns.ts";
import { watchedTurns } from "./testing/watched-turns.ts";
import { Turns } from "./turns.ts";

describe("hashes in turns", () => {
  it("P6 are the content hashes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 8 }), async (value) => {
        const json = value as JsonValue;
        assert.equal(await hashInTurns(json, new Turns()), contentHash(json));
      }),
    );
    for (const value of [null, [], {}, [[], {}], { b: 1, a: { z: [], "": {} } }, { a: undefined } as never])
      assert.equal(await hashInTurns(value, new Turns()), contentHash(value));
  });

  it("P7 refuse what JSON cannot carry, at any depth", async () => {
    for (const value of [Number.NaN, [1, [Number.NaN]], { a: [{ b: { c: { d: Number.NaN } } }] }])
      await assert.rejects(hashInTurns(value, new Turns()), { code: "OUTPUT_NOT_JSON" });
  });

  it("let others in all along", async () => {
    const { turns, given } = watchedTurns();
    const value = { output: { decisions: Array.from({ length: 1_000 }, (_, index) => ({ index })) } };
    assert.equal(await hashInTurns(value, turns), contentHash(value));
    assert.ok(given() >= 50, `others had ${given()} turns`);
  });
});
