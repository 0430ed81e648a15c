import assert from "node:assert/strict";
import { test } from "node:test";
import { arriveAt } from "./arrival.ts";

test("the focus moves on a change of page, and again when it was lost there, but not on the first page", () => {
  assert.equal(arriveAt("/", true), false);
  assert.equal(arriveAt("/", true), false);
  assert.equal(arriveAt("/runs", false), true);
  assert.equal(arriveAt("/runs", false), false);
  assert.equal(arriveAt("/runs", true), true);
});
