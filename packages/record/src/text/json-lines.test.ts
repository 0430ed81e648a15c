import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import fc from "fast-check";
import { briefly, inFull, jsonBrief, jsonLines } from "./json-lines.ts";

test("shown in full, a value is JSON that reads back as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = jsonLines(value as JsonValue, inFull).join("\n");
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("P7 no control character of a value reaches the terminal", () => {
  const value = { "ke\u0007y": "esc \u001b[0m \u202e \u0085", list: ["\u2028"] };
  assert.doesNotMatch(jsonLines(value, briefly).join(""), /[\p{Cc}\p{Cf}\p{Zl}]/u);
});

test("P8 what is long is folded, with a count of what is not shown", () => {
  const lines = jsonLines(
    {
      text: "a".repeat(1_000),
      list: Array.from({ length: 25 }, (_, index) => ({ index, item: "b".repeat(80) })),
    },
    briefly,
  );
  const text = lines.join("\n");
  assert.match(text, /a{300}" \.\.\. 700 more characters/);
  assert.match(text, /^ {4}\.\.\. 5 more$/m);
  const deep = Array.from({ length: 50 }).reduce<JsonValue>((inner) => [inner], 1);
  assert.match(jsonLines(deep, briefly).join(""), /\[\.\.\. 1 item\]/);
});

test("short lists stay on one line", () => {
  assert.deepEqual(jsonLines({ a: [0.1, 0.2], b: { c: [] } }, briefly), [
    "{",
    '  "a": [0.1, 0.2],',
    '  "b": { "c": [] }',
    "}",
  ]);
});

test("a brief text is as short as was asked for", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.ok(jsonBrief(value as JsonValue, 30).length <= 30);
    }),
  );
});
