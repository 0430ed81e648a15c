import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutText, plainText, visiblePieces } from "./visible-text.ts";

test("what is invisible or turns the direction of text is named", () => {
  assert.deepEqual(visiblePieces("a\u202eb"), [
    { text: "a", hidden: null },
    { text: "\u202e", hidden: "U+202E" },
    { text: "b", hidden: null },
  ]);
  for (const hidden of ["\0", "\x1b", "\x7f", "\r", "\u200b", "\u2066", "\ufeff", "\u{e0041}", "\ud800"]) {
    assert.match(visiblePieces(hidden)[0]?.hidden ?? "", /^U\+[0-9A-F]{4,6}$/);
  }
});

test("text of every language, its lines and its tabs stay as they are", () => {
  const text = "na\u00efve \u4e2d\u6587 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 <b>&amp;</b>\n\t\u{1f600}";
  assert.deepEqual(visiblePieces(text), [{ text, hidden: null }]);
});

test("the pieces are the text, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(
        visiblePieces(text)
          .map((piece) => piece.text)
          .join(""),
        text,
      );
    }),
  );
});

test("a cut never leaves half a character", () => {
  assert.equal(cutText("a\u{1f600}", 2), "a");
  assert.equal(cutText("a\u{1f600}", 3), "a\u{1f600}");
  assert.equal(plainText("x".repeat(300), 10), `${"x".repeat(10)}\u2026`);
});
