import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { escapeControls, printable, shortened } from "./printable.ts";

// A terminal must never see any of these.
const dangerous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

test("P7 nothing that a terminal could take for a command is printed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.doesNotMatch(printable(text), dangerous);
      assert.doesNotMatch(escapeControls(text), dangerous);
    }),
  );
  assert.equal(printable("a\u001b[31mred\u202e b"), "a\\u001b[31mred\\u202e b");
  assert.equal(printable("lone \ud800 half"), "lone \\ud800 half");
});

test("what is printed is one line, and what is harmless stays as it is", () => {
  assert.equal(printable("  two\r\n\tlines "), "two lines");
  assert.equal(printable("Grüße, 株価 📈"), "Grüße, 株価 📈");
});

test("P8 a text is cut to what was asked for", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, most) => {
      const short = shortened(text, most);
      assert.ok(short.length <= most);
      assert.doesNotMatch(short, dangerous);
    }),
  );
  assert.equal(shortened("abcdefghij", 8), "abcde...");
  assert.equal(shortened("abcdefgh", 8), "abcdefgh");
  assert.equal(shortened("📈📈📈📈", 6), "📈...");
  assert.equal(shortened("x".repeat(1_000_000), 10), "xxxxxxx...");
});
