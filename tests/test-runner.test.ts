/** The verdict of `npm test` is believed without a look, so the ways in which it could be wrongly good are tried here. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runTests } from "./planted-tests.ts";

const passing = 'import { test } from "node:test";\ntest("passes", () => {});\n';

describe("the test run", () => {
  test("succeeds when all tests pass, and ends with the runner's counts", async () => {
    const { code, output } = await runTests({ "a.test.ts": passing, "b.test.ts": passing });
    assert.equal(code, 0, output);
    assert.match(output, /✔ .*a\.test\.ts \(1 tests, \d+ ms\)/);
    assert.match(output, /tests 2\n(?:.*\n)?.*pass 2\n.*fail 0\n(?:.*\n){4}$/);
  });

  test("fails when one test fails, and shows it in full, above the counts", async () => {
    const failing =
      'import { test } from "node:test";\ntest("falls", () => {\n  throw new Error("off");\n});\n';
    const { code, output } = await runTests({ "a.test.ts": passing, "b.test.ts": failing });
    assert.equal(code, 1);
    assert.match(output, /✖ falls.*Error: off.*pass 1\n[^\n]*fail 1\n(?:[^\n]*\n){4}$/s);
  });

  test("fails when a file cannot be loaded", async () => {
    const { code, output } = await runTests({ "a.test.ts": passing, "b.test.ts": 'import "./absent.ts";\n' });
    assert.equal(code, 1);
    assert.match(output, /Cannot find module .*absent\.ts/);
  });

  test("fails when a file holds no test", async () => {
    const { code, output } = await runTests({ "a.test.ts": passing, "b.test.ts": "export {};\n" });
    assert.equal(code, 1);
    assert.match(output, /✖ .*b\.test\.ts holds no test\n/);
  });

  test("fails when there is no test file", async () => {
    const { code, output } = await runTests({});
    assert.equal(code, 1);
    assert.match(output, /There is no test file that matches/);
  });

  test("says which tests were skipped, and why", async () => {
    const skipped = 'import { test } from "node:test";\ntest("rests", { skip: "no data" }, () => {});\n';
    const { code, output } = await runTests({ "a.test.ts": skipped });
    assert.equal(code, 0, output);
    assert.match(output, /skipped: rests \(no data\)\n/);
  });
});
