import assert from "node:assert/strict";
import { test } from "node:test";
import { existing, nearestName, suggestion } from "./nearest-name.ts";

test("a slip of the fingers finds the name that was meant", () => {
  const names = ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"];
  assert.equal(nearestName("APPL", names), "AAPL");
  assert.equal(nearestName("msft", names), "MSFT");
  assert.equal(nearestName("TSLA", names), undefined);
  assert.equal(nearestName("", names), undefined);
  assert.equal(suggestion("GOOGL", names), " Did you mean GOOG?");
  assert.equal(suggestion("x".repeat(1_000_000), names), "");
});

test("names that exist are listed up to a limit", () => {
  assert.equal(existing([]), "there is none at all");
  assert.equal(existing(["a"]), "there is a");
  assert.match(
    existing(Array.from({ length: 30 }, (_, index) => `n${index}`)),
    /^there are n0, .*n19 and 10 more$/u,
  );
});
