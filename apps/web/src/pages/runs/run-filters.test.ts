import assert from "node:assert/strict";
import { test } from "node:test";
import { readFilters } from "./run-filters.ts";

const read = (query: string) => readFilters(new URLSearchParams(query));

test("filters are read from the address; what is none is left out", () => {
  assert.deepEqual(read("workflow=committee&status=failed&tag=nightly&prefix=01J&parent=abc"), {
    workflow: "committee",
    status: "failed",
    tag: "nightly",
    prefix: "01J",
    parent: "abc",
  });
  assert.deepEqual(read("status=exploded&tag=%20&other=1"), {});
  assert.equal(read(`prefix=${"x".repeat(5_000)}`).prefix?.length, 200);
});
