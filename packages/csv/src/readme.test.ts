import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { pathToFileURL } from "node:url";

it("the README's example runs", async (t) => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "mycroft-readme-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const prices = join(folder, "prices.csv");
  writeFileSync(prices, "date,close\n2020-01-02,10\n");
  const file = join(folder, "example.ts");
  const frontDoor = pathToFileURL(join(import.meta.dirname, "index.ts")).href;
  const located = example
    .replaceAll('"@mycroft/csv"', JSON.stringify(frontDoor))
    .replace('"prices.csv"', JSON.stringify(prices));
  writeFileSync(file, located);
  const printed = t.mock.method(console, "log", () => {});
  await import(pathToFileURL(file).href);
  assert.deepEqual(
    printed.mock.calls.map((call) => call.arguments.join(" ")),
    ["1 date | close", "2 2020-01-02 | 10"],
  );
});
