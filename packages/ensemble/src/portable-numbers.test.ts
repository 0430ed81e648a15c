import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

/** What ECMAScript defines to the last bit; and the square root, which IEEE 754 does (`portable-math.test.ts` looks). */
const defined = [
  "abs",
  "ceil",
  "floor",
  "fround",
  "imul",
  "max",
  "min",
  "round",
  "sign",
  "sqrt",
  "trunc",
  "LN2",
  "PI",
];

/** The modules that the front door leads to, with their text. */
function sources(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const open = (url: URL): void => {
    if (found.has(url.href)) return;
    const text = readFileSync(url, "utf8");
    found.set(url.href, text);
    for (const [, path = ""] of text.matchAll(/\sfrom "(\.{1,2}\/[^"]+)"/gu)) open(new URL(path, url));
  };
  open(new URL("./index.ts", import.meta.url));
  return found;
}

/** What is left to the engine in some code, by its words: comments are no code. */
function leftToTheEngine(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/gu, " ");
  const functions = [...code.matchAll(/\bMath\s*(?:\.\s*(\w+)|\[[^\]]*\]|(?=[^\w.]))/gu)].flatMap(
    ([all, name = ""]) => (defined.includes(name) ? [] : [all]),
  );
  return [...functions, ...(code.match(/\*\*=?/gu) ?? [])];
}

describe("the numbers of this package", () => {
  it("P6 come from operations that are the same in every engine: no Math.log, no Math.exp, no **", () => {
    const all = sources();
    assert.ok(all.size > 80, String(all.size));
    for (const [file, text] of all) assert.deepEqual(leftToTheEngine(text), [], file);
  });

  it("would be told apart by what is looked for", () => {
    const planted = [
      "Math.log(x)",
      "Math.log1p (x)",
      "Math.pow(x, y)",
      "x ** 2",
      "x **= 2",
      'Math["exp"](x)',
      "const { tanh } = Math;",
    ];
    for (const text of planted) assert.equal(leftToTheEngine(text).length, 1, text);
    for (const text of [
      "Math.min(x, y)",
      "// Math.log",
      "/** a ** b */ x * x",
      "Mathematics.log",
      "a * *b",
    ]) {
      assert.deepEqual(leftToTheEngine(text), [], text);
    }
  });
});
