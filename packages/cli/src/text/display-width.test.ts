import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { displayWidth, fitText, padText, wrapText } from "./display-width.ts";

test("text is measured in the columns that it takes", () => {
  assert.equal(displayWidth("AAPL"), 4);
  assert.equal(displayWidth("日本"), 4, "East Asian wide characters take two");
  assert.equal(displayWidth("e\u0301"), 1, "a combining accent takes none of its own");
  assert.equal(displayWidth("👩‍🚀"), 2, "joined emoji are one");
  assert.equal(displayWidth("Zürich"), 6);
});

test("padding fills up to columns, not to characters", () => {
  assert.equal(padText("日", 4), "日  ");
  assert.equal(padText("7", 3, "right"), "  7");
  assert.equal(padText("longer", 3), "longer");
});

test("fitted text never takes more columns than there are, and is left alone when it fits", () => {
  assert.equal(fitText("investment", 6), "inves…");
  assert.equal(fitText("日本語", 4), "日…", "half a wide character does not fit");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      const fitted = fitText(text, width);
      assert.ok(displayWidth(fitted) <= width);
      if (displayWidth(text) <= width) assert.equal(fitted, text);
    }),
  );
});

test("wrapped text keeps every word in order, and every line fits", () => {
  assert.deepEqual(wrapText("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrapText("abcdefgh", 3), ["abc", "def", "gh"]);
  assert.deepEqual(wrapText("", 5), [""]);
  const words = fc.array(fc.string({ unit: "grapheme", minLength: 1 }).filter((word) => !word.includes(" ")));
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 30 }), (list, width) => {
      const lines = wrapText(list.join(" "), width);
      assert.equal(lines.join("").replaceAll(" ", ""), list.join(""));
      for (const line of lines) assert.ok(displayWidth(line) <= width, JSON.stringify(line));
    }),
  );
});
