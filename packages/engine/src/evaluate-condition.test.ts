import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evaluateCondition } from "./evaluate-condition.ts";
import { constant } from "./testing/steps.ts";
import type { ComparisonOperator, Condition, Expression, JsonValue } from "./workflow-definition.ts";

/** An expression without a value. */
const absent: Expression = { kind: "input", path: ["absent"] };

function read(expression: Expression): JsonValue | undefined {
  return expression.kind === "const" ? expression.value : undefined;
}

function holds(condition: Condition): boolean {
  return evaluateCondition(condition, read);
}

function compares(left: JsonValue, op: ComparisonOperator | "in", right: JsonValue): boolean {
  return holds({ op, left: constant(left), right: constant(right) });
}

const yes: Condition = { op: "exists", value: constant(1) };
const no: Condition = { op: "exists", value: absent };

describe("E2 a condition", () => {
  test("compares JSON values of any depth for equality", () => {
    const same: readonly (readonly [JsonValue, JsonValue])[] = [
      [1, 1],
      [0, -0],
      ["a", "a"],
      [null, null],
      [
        [1, [2]],
        [1, [2]],
      ],
      [
        { a: 1, b: { c: [] } },
        { b: { c: [] }, a: 1 },
      ],
    ];
    const different: readonly (readonly [JsonValue, JsonValue])[] = [
      [1, "1"],
      [0, false],
      [0, null],
      ["", null],
      [[], {}],
      [
        [1, 2],
        [2, 1],
      ],
      [[1], [1, 1]],
      [{ a: 1 }, { a: 1, b: 1 }],
      [{ a: 1 }, { b: 1 }],
      [{ a: { b: 1 } }, { a: { b: 2 } }],
      [{}, JSON.parse('{"__proto__":{}}') as JsonValue],
    ];
    for (const [a, b] of same)
      assert.ok(compares(a, "eq", b) && !compares(a, "ne", b), JSON.stringify([a, b]));
    for (const [a, b] of different)
      assert.ok(!compares(a, "eq", b) && compares(a, "ne", b), JSON.stringify([a, b]));
  });

  test("compares values that are nested deeper than the stack", () => {
    const deep = () => JSON.parse(`${"[".repeat(100_000)}1${"]".repeat(100_000)}`) as JsonValue;
    assert.ok(compares(deep(), "eq", deep()));
    assert.ok(compares([deep(), 1], "ne", [deep(), 2]));
  });

  test("orders numbers by size and text by code unit, and nothing else", () => {
    const operators = ["lt", "le", "gt", "ge"] as const;
    const answers = (a: JsonValue, b: JsonValue) => operators.map((op) => compares(a, op, b));
    assert.deepEqual(answers(1, 2), [true, true, false, false]);
    assert.deepEqual(answers(2, 2), [false, true, false, true]);
    assert.deepEqual(answers(10, 9), [false, false, true, true]);
    assert.deepEqual(answers("10", "9"), [true, true, false, false]);
    assert.deepEqual(answers("a", "B"), [false, false, true, true]);
    const incomparable: readonly (readonly [JsonValue, JsonValue])[] = [
      [1, "2"],
      [null, 1],
      [true, false],
      [[1], [2]],
      [{}, {}],
    ];
    for (const [a, b] of incomparable) assert.deepEqual(answers(a, b), [false, false, false, false]);
  });

  test("takes what is absent for null, which is neither less nor greater than anything", () => {
    assert.ok(holds({ op: "eq", left: absent, right: constant(null) }));
    assert.ok(holds({ op: "ne", left: absent, right: constant(0) }));
    assert.ok(!holds({ op: "lt", left: absent, right: constant(1) }));
    assert.ok(!holds({ op: "ge", left: absent, right: absent }));
  });

  test("finds a value in a list, and in nothing else", () => {
    assert.ok(compares({ a: [1] }, "in", [0, { a: [1] }]));
    assert.ok(!compares(2, "in", [1, "2"]));
    assert.ok(!compares("a", "in", "abc"));
    assert.ok(!holds({ op: "in", left: constant(1), right: absent }));
    assert.ok(holds({ op: "in", left: absent, right: constant([null]) }));
  });

  test("knows null from a value", () => {
    for (const value of [0, "", false, [], {}]) assert.ok(holds({ op: "exists", value: constant(value) }));
    assert.ok(!holds({ op: "exists", value: constant(null) }));
    assert.ok(!holds(no));
  });

  test("combines", () => {
    assert.ok(holds({ op: "and", all: [yes, yes] }) && !holds({ op: "and", all: [yes, no] }));
    assert.ok(holds({ op: "or", all: [no, yes] }) && !holds({ op: "or", all: [no, no] }));
    assert.ok(holds({ op: "not", condition: no }) && !holds({ op: "not", condition: yes }));
    assert.ok(holds({ op: "and", all: [] }) && !holds({ op: "or", all: [] }));
  });
});
