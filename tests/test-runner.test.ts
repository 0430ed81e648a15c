/** The verdict of `npm test` is believed without a look, so the ways in which it could be wrongly good are tried here. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { projectRoot } from "./project-files.ts";

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

async function runTests(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly code: unknown; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-test-run-"));
  try {
    for (const [name, code] of Object.entries(files)) await writeFile(join(folder, name), code);
    // Node's runner does nothing within a test of its own, which it tells by this variable.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, [join(projectRoot, "scripts/test.ts"), join(folder, "*.test.ts")], {
      env: { ...env, NO_COLOR: "1", FORCE_COLOR: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [[code], stdout, stderr] = await Promise.all([
      once(child, "close"),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code, output: `${stderr}${stdout}` };
  } finally {
    await rm(folder, { recursive: true });
  }
}
