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
  writeFileSync(file, example.replaceAll('"@mycroft/ensemble"', JSON.stringify(frontDoor)));
  const printed = t.mock.method(console, "log", () => {});
  await import(pathToFileURL(file).href);
  const text = String(printed.mock.calls[0]?.arguments[0]);
  assert.match(text, /^AAPL on 2010-03-01, over 28 days: down \d\d\.\d%/);
});
