import assert from "node:assert/strict";
import { test } from "node:test";
import { readPolicyChoices } from "./policy-choices.ts";

const read = (policy: string) => readPolicyChoices({ policy });

test("policies are names with commas between, and settings as JSON after a colon", () => {
  assert.equal(readPolicyChoices({}), undefined);
  assert.deepEqual(read("a, b"), [{ policy: "a" }, { policy: "b" }]);
  assert.deepEqual(read('a:{"x":[1,2],"y":{"z":","}},b:{} ,c'), [
    { policy: "a", settings: { x: [1, 2], y: { z: "," } } },
    { policy: "b", settings: {} },
    { policy: "c" },
  ]);
  assert.deepEqual(read(String.raw`a:{"x":"\\",\"y":"},\""}`.replace('\\"y', '"y')), [
    { policy: "a", settings: { x: "\\", y: '},"' } },
  ]);
});

test("P7 what is no list of policies is refused, saying the form", () => {
  for (const text of [
    "",
    ",",
    "a,",
    "a:",
    "a:5",
    "a:[1]",
    "a:null",
    'a:{"x":1',
    "a:{x:1}",
    ':{"x":1}',
    "a b",
    'a:"{',
  ])
    assert.throws(() => read(text), { code: "USAGE", message: /such as linear-pool,ewa/u }, text);
});
