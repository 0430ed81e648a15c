import assert from "node:assert/strict";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { isDate, readChoice, readDate, readList, readWholeNumber, statedOnce } from "./read-options.ts";

function usage(mention: RegExp) {
  return (thrown: unknown) =>
    thrown instanceof MycroftError && thrown.code === "USAGE" && mention.test(thrown.message);
}

test("P7 a day must be in the calendar", () => {
  assert.equal(readDate({ asOf: "2008-02-29" }, "asOf"), "2008-02-29");
  assert.equal(readDate({}, "asOf"), undefined);
  for (const bad of [
    "2007-02-29",
    "2008-13-01",
    "2008-1-1",
    "08-10-31",
    "2008-10-31T00:00",
    "today",
    "",
    "2008-10-31\n",
  ]) {
    assert.ok(!isDate(bad), bad);
    assert.throws(() => readDate({ asOf: bad }, "asOf"), usage(/--as-of is .* YYYY-MM-DD/u), bad);
  }
});

test("P7 a number must be whole and within its limits", () => {
  const limits = { min: 1, max: 1_000 };
  assert.equal(readWholeNumber({ limit: "20" }, "limit", limits), 20);
  assert.equal(readWholeNumber({}, "limit", limits), undefined);
  for (const bad of ["0", "1001", "-1", "1.5", "1e2", "NaN", "Infinity", "", " 7", "0x10"]) {
    assert.throws(() => readWholeNumber({ limit: bad }, "limit", limits), usage(/from 1 to 1000/u), bad);
  }
});

test("a choice must be one that exists", () => {
  assert.equal(readChoice({ status: "failed" }, "status", ["failed", "running"]), "failed");
  assert.throws(
    () => readChoice({ status: "done" }, "status", ["failed", "running"]),
    usage(/failed, running/u),
  );
});

test("a list that was not given is empty", () => {
  assert.deepEqual(readList({}, "csv"), []);
  assert.deepEqual(readList({ csv: ["a.csv", "b.csv"] }, "csv"), ["a.csv", "b.csv"]);
});

test("P7 what states something twice of one thing is refused", () => {
  assert.deepEqual(
    [
      ...statedOnce("set", [
        ["a", 1],
        ["b", 2],
      ]),
    ],
    [
      ["a", 1],
      ["b", 2],
    ],
  );
  const twice = () =>
    statedOnce("set", [
      ["a", 1],
      ["b", 2],
      ["a", 1],
    ]);
  assert.throws(twice, usage(/^--set states a twice\./u));
});
