import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { pathToFileURL } from "node:url";

it("the README's example runs", async (t) => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const frontDoor = pathToFileURL(join(import.meta.dirname, "index.ts")).href;
  const folder = mkdtempSync(join(tmpdir(), "mycroft-readme-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "example.ts");
  writeFileSync(file, example.replaceAll('"@mycroft/evaluation"', JSON.stringify(frontDoor)));
  const printed = t.mock.method(console, "log", () => {});
  await import(pathToFileURL(file).href);
  const text = printed.mock.calls.map((call) => call.arguments.join(" ")).join("\n");
  assert.match(text, /^In short The best policy was /);
  assert.match(text, /There are only 6 periods/);
});
