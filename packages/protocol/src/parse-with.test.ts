import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import { z } from "zod";
import { parseWith } from "./parse-with.ts";

describe("parseWith", () => {
  it("gives what the schema makes of the value", () => {
    assert.deepEqual(parseWith(z.object({ a: z.number().default(1) }), { b: 2 }, "It"), { a: 1 });
  });

  const cases: readonly (readonly [z.ZodType, unknown, string, string, number | string | undefined])[] = [
    [z.object({ a: z.number().max(3) }), { a: 4 }, "a", "4", 3],
    [z.object({ a: z.number().min(3) }), { a: 1 }, "a", "1", 3],
    [z.object({ a: z.number() }), { a: Number.NaN }, "a", "NaN", "number"],
    [z.object({ a: z.number().multipleOf(5) }), { a: 4 }, "a", "4", 5],
    [z.object({ a: z.enum(["x", "y"]) }), { a: "z" }, "a", '"z"', "x, y"],
    [z.object({ a: z.iso.date() }), { a: "1.1.2010" }, "a", '"1.1.2010"', "date"],
    [z.object({ a: z.string() }), {}, "a", "missing", "string"],
    [z.object({ a: z.string() }), { a: { b: 1 } }, "a", "an object", "string"],
    [z.array(z.object({ b: z.string().min(1) })), [{ b: "x" }, { b: "" }], "[1].b", '""', 1],
    [z.strictObject({ a: z.number() }), { a: 1, c: 2 }, "", "an object", undefined],
    [z.string(), null, "", "null", "string"],
    [
      z.union([z.number(), z.object({ a: z.object({ b: z.string() }) })]),
      { a: { b: 1 } },
      "a.b",
      "1",
      "string",
    ],
  ];
  for (const [schema, value, field, shown, limit] of cases) {
    it(`P7 names field, value and limit of ${JSON.stringify(value)}`, () => {
      const { details } = throwsCode("INPUT_INVALID", /^It is wrong: /, () => parseWith(schema, value, "It"));
      assert.deepEqual([details?.["field"], details?.["value"], details?.["limit"]], [field, shown, limit]);
    });
  }

  it("shows three problems, keeps twenty and counts the rest", () => {
    const many = Array.from({ length: 1_000 }, () => 1);
    const error = throwsCode("CONFIG_INVALID", /\[0\]: .*\[1\]: .*\[2\]: .*; and 997 more\.$/, () =>
      parseWith(z.array(z.string()), many, "It", "CONFIG_INVALID"),
    );
    const problems = error.details?.["problems"];
    assert(Array.isArray(problems));
    assert.equal(problems.length, 20);
  });

  it("P8 shortens a message that is made of the value's own keys", () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, 1]));
    for (const value of [wide, { ["x".repeat(1_000_000)]: 1 }]) {
      const error = throwsCode("INPUT_INVALID", /Unrecognized key/, () =>
        parseWith(z.strictObject({}), value, "It"),
      );
      assert(JSON.stringify(error.toRecord()).length < 3_000);
    }
    const named = { ["y".repeat(1_000_000)]: 1 };
    const error = throwsCode("INPUT_INVALID", /yyy\.\.\.: /, () =>
      parseWith(z.record(z.string(), z.string()), named, "It"),
    );
    assert(JSON.stringify(error.toRecord()).length < 3_000);
  });

  it("P8 shortens what it shows of a large value", () => {
    const large = "x".repeat(10_000_000);
    const error = throwsCode("INPUT_INVALID", /^It is wrong: .*\.\.\. of 10000000 characters\)\.$/, () =>
      parseWith(z.string().max(10), large, "It"),
    );
    assert(JSON.stringify(error.toRecord()).length < 1_000);
  });
});

function throwsCode(code: ErrorCode, message: RegExp, act: () => unknown): MycroftError {
  try {
    act();
  } catch (thrown) {
    assert(thrown instanceof MycroftError && thrown.code === code, String(thrown));
    assert.match(thrown.message, message);
    return thrown;
  }
  assert.fail(`nothing was thrown where ${code} was expected`);
}
