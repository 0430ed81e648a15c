import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { changeText } from "./change-text.ts";

test("numbers have as few digits as tell them apart", () => {
  assert.equal(changeText({ left: 0.312249, right: 0.29811 }), "0.3122 -> 0.2981 (-0.01414)");
  assert.equal(changeText({ left: 0.12345678, right: 0.12345679 }), "0.12345678 -> 0.12345679 (+1e-8)");
  assert.equal(changeText({ left: 3, right: 12_345_678 }), "3 -> 12345678 (+12345675)");
  assert.equal(changeText({ left: 0.1 + 0.2, right: 0.3 }), "0.30000000000000004 -> 0.3 (-5.551e-17)");
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (left, right) => {
        fc.pre(left !== right);
        const [a, b] = changeText({ left, right }).split(" (")[0]?.split(" -> ") ?? [];
        assert.notEqual(a, b);
      },
    ),
  );
});

test("long texts are shown from where they part, and nothing harmful is printed", () => {
  const begin = "The same beginning of a long rationale, ".repeat(3);
  const text = changeText({ left: `${begin}up\u001b[0m`, right: `${begin}down` });
  assert.match(text, /^\.\.\."ationale, up\\u001b\[0m" -> \.\.\."ationale, down"$/);
  assert.equal(changeText({ left: undefined, right: "x" }), 'only on the right: "x"');
  assert.equal(changeText({ left: { a: 1 }, right: undefined }), 'only on the left: { "a": 1 }');
});
