import assert from "node:assert/strict";
import { test } from "node:test";
import { failsWith } from "../testing/assert-failure.ts";
import { readPools } from "./worker-pools.ts";

const project = { pools: { analysts: { slots: 4 }, reports: { slots: 1 } } };

test("a worker takes tasks of every pool, or of those that are named, each with a concurrency of its own", () => {
  assert.deepEqual(readPools({}, project), { default: 16, analysts: 16, reports: 16 });
  const options = { pool: ["analysts=8", "default"], concurrency: "4" };
  assert.deepEqual(readPools(options, project), { analysts: 8, default: 4 });
});

test("P7 a pool that the project lacks, and a concurrency that is none, are refused", () => {
  const read = (...pool: string[]) => readPools({ pool }, project);
  assert.throws(
    () => read("analist"),
    failsWith("POOL_UNKNOWN", /no pool "analist".*Did you mean analysts/u),
  );
  for (const text of ["analysts=0", "analysts=10001", "analysts=x", "=3"]) {
    assert.throws(() => read(text), failsWith("USAGE", /NAME=CONCURRENCY/u), text);
  }
  assert.throws(() => readPools({ concurrency: "0" }, project), failsWith("USAGE", /--concurrency/u));
});
