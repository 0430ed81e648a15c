import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

test("the README's example runs and prints what it says", () => {
  const cwd = join(import.meta.dirname, "..");
  const readme = readFileSync(join(cwd, "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, promised] = /console\.log\(.*\); \/\/ (.*)/.exec(code) ?? [];
  const args = ["--input-type=module-typescript", "--eval", code];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  assert.equal(stdout.trim(), promised, stderr);
});
