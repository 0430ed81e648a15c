/** The table of contracts says what the runner found, and nothing else; what needs a server and lacks it is said aloud. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { installCommands, missingServer } from "@mycroft/distributed/testing";
import { runTests } from "./planted-tests.ts";

const imports = 'import { before, describe, test } from "node:test";\n';
const fall = '() => { throw new Error("off"); }';

/** The lines of the table, each as its cells, which stand at least three spaces apart in columns. */
function tableIn(output: string): readonly (readonly string[])[] {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.startsWith("contract "));
  const table = start === -1 ? [] : lines.slice(start, lines.indexOf("", start));
  const [head = ""] = table;
  const columns = [...head.matchAll(/\S+(?: \S+)*/g)].map(({ index }) => index);
  return table.map((line) => columns.map((from, at) => line.slice(from, columns[at + 1]).trim()));
}

describe("the table of contracts", () => {
  test("counts what passed, failed and was skipped, for each contract and implementation that ran", async () => {
    const { code, output } = await runTests({
      "a.test.ts": `${imports}
        describe("store contract: paper", () => {
          describe("inside", () => { test("a", () => {}); test("b", ${fall}); });
          test("c", (t) => t.skip("not here"));
        });
        test("belongs to none", () => {});`,
      "b.test.ts": `${imports}
        describe("a world of its own", () => describe("store contract: stone", () => test("a", () => {})));
        describe("store contract: stone, engraved", () => { test("a", () => {}); test("b", () => {}); });
        describe("mail contract: paper", () => test("a", () => {}));`,
    });
    assert.equal(code, 1, output);
    assert.deepEqual(tableIn(output), [
      ["contract", "paper", "stone"],
      ["mail", "1 passed", ""],
      ["store", "1 passed, 1 FAILED, 1 skipped", "3 passed"],
    ]);
  });

  test("counts tests that are declared in another file than the suite", async () => {
    const { output } = await runTests({
      "declare.ts": `${imports}\nexport const declare = () => describe("part", () => test("a", () => {}));`,
      "a.test.ts": `${imports}import { declare } from "./declare.ts";\ndescribe("store contract: paper", declare);`,
    });
    assert.deepEqual(tableIn(output), [
      ["contract", "paper"],
      ["store", "1 passed"],
    ]);
  });

  test("shows a suite that did not run, and one that failed before its tests", async () => {
    const { output } = await runTests({
      "a.test.ts": `${imports}
        describe("store contract: paper", { skip: "no paper" }, () => test("a", () => {}));
        describe("store contract: stone", () => { before(${fall}); });`,
    });
    assert.deepEqual(tableIn(output), [
      ["contract", "paper", "stone"],
      ["store", "not run", "0 passed, 1 FAILED"],
    ]);
  });

  test("is left out where no contract was tested", async () => {
    const { output } = await runTests({ "a.test.ts": `${imports}\ntest("a", () => {});` });
    assert.deepEqual(tableIn(output), []);
  });
});

test("what was skipped for want of a server stands below the totals, with what to do; other skips do not", async () => {
  const { code, output } = await runTests({
    "a.test.ts": `${imports}
      describe("queue contract: wire", { skip: ${JSON.stringify(missingServer("redis"))} }, () => {});
      test("rests", { skip: "it is Sunday" }, () => {});`,
  });
  assert.equal(code, 0, output);
  const [, below = ""] = output.split(/duration_ms .*\n/);
  assert.equal(
    below.trim(),
    `⚠ NOT TESTED, for there is no Redis: queue contract: wire\n⚠ To have it tested: ${installCommands("redis")}`,
  );
});
