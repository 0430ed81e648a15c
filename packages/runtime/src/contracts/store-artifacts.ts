/** Artifacts: named by their content, and never passed on when the content no longer fits the name. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { contentHash, type JsonValue } from "@mycroft/engine";
import { assertCode } from "./assert-code.ts";
import { creation, succeeded } from "./sample-runs.ts";
import type { CurrentHost } from "./store-host.ts";

export function testArtifacts(host: CurrentHost): void {
  describe("artifacts", () => {
    testKeeping(host);
    testDamage(host);
  });
}

function testKeeping(host: CurrentHost): void {
  test("an artifact is kept under the hash of its canonical JSON", async () => {
    const { store } = host();
    const values: readonly JsonValue[] = [
      null,
      0,
      "",
      "text \u{1f600}",
      [1, [2]],
      { b: 1, a: { d: 2, c: 3 } },
    ];
    for (const value of values) {
      const hash = await store.putArtifact(value);
      assert.equal(hash, contentHash(value));
      assert.deepEqual(await store.getArtifact(hash), value);
    }
  });

  test("values that differ only in the order of properties are one artifact", async () => {
    const { store } = host();
    const hash = await store.putArtifact({ a: 1, b: [true] });
    assert.equal(await store.putArtifact({ b: [true], a: 1 }), hash);
    assert.deepEqual(await store.getArtifact(hash), { a: 1, b: [true] });
  });

  test("a large artifact is kept whole", async () => {
    const { store } = host();
    const rows = Array.from({ length: 50_000 }, (_, index) => ({ index, close: index / 7 }));
    assert.deepEqual(await store.getArtifact(await store.putArtifact(rows)), rows);
  });

  test("what is read later does not change with the object that was given", async () => {
    const { store } = host();
    const value = { rows: [1, 2] };
    const hash = await store.putArtifact(value);
    value.rows.push(3);
    assert.deepEqual(await store.getArtifact(hash), { rows: [1, 2] });
  });

  test("an unknown hash gives nothing; what is no hash at all is refused (P7)", async () => {
    const { store } = host();
    assert.equal(await store.getArtifact("0".repeat(64)), undefined);
    for (const hash of ["", "abc", "A".repeat(64), "../../etc/passwd", `${"0".repeat(63)}/`]) {
      await assertCode(() => store.getArtifact(hash), "INPUT_INVALID");
    }
  });

  test("P7 what JSON cannot carry is refused", async () => {
    const { store } = host();
    const untyped = (value: unknown): JsonValue => value as JsonValue;
    for (const value of [Number.NaN, [Number.POSITIVE_INFINITY], { n: 1n }, new Map()]) {
      await assertCode(() => store.putArtifact(untyped(value)), "OUTPUT_NOT_JSON");
    }
  });
}

function testDamage(host: CurrentHost): void {
  test("a damaged artifact is ARTIFACT_DAMAGED, and putting it again mends it", async (context) => {
    const { store, damageArtifact } = host();
    if (damageArtifact === undefined)
      return context.skip("this host's artifacts cannot be reached from outside");
    const value = { rows: [1, 2, 3] };
    const hash = await store.putArtifact(value);
    await damageArtifact(hash);
    await assertCode(() => store.getArtifact(hash), "ARTIFACT_DAMAGED");
    await store.putArtifact(value);
    assert.deepEqual(await store.getArtifact(hash), value);
  });

  test("a lost artifact is ARTIFACT_MISSING, and putting it again mends it", async (context) => {
    const { store, loseArtifact } = host();
    if (loseArtifact === undefined)
      return context.skip("this host's artifacts cannot be reached from outside");
    const hash = await store.putArtifact("lost");
    await loseArtifact(hash);
    await assertCode(() => store.getArtifact(hash), "ARTIFACT_MISSING");
    await store.putArtifact("lost");
    assert.equal(await store.getArtifact(hash), "lost");
  });

  test("a damaged artifact spoils nothing else", async (context) => {
    const { store, damageArtifact } = host();
    if (damageArtifact === undefined)
      return context.skip("this host's artifacts cannot be reached from outside");
    const damaged = await store.putArtifact("damaged");
    const intact = await store.putArtifact("intact");
    await store.append([
      creation("run-1"),
      { runId: "run-1", fromSeq: 1, events: [succeeded("a", damaged)] },
    ]);
    await damageArtifact(damaged);
    assert.equal(await store.getArtifact(intact), "intact");
    assert.equal((await store.readEvents("run-1")).length, 2);
  });
}
