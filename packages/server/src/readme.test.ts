import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { pathToFileURL } from "node:url";
import { apiRoutes } from "@mycroft/protocol";

it("the README's example runs", async (t) => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "mycroft-readme-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "example.ts");
  // The file lies elsewhere: what it imports is named by its place.
  const located = example.replaceAll(/"@mycroft\/server(\/[a-z]+)?"/g, (_, door = "") =>
    JSON.stringify(pathToFileURL(join(import.meta.dirname, door, "index.ts")).href),
  );
  writeFileSync(file, located);
  const printed = t.mock.method(console, "log", () => {});
  await import(pathToFileURL(file).href);
  const [told] = printed.mock.calls.map((call) => call.arguments[0]);
  const { workflows } = apiRoutes.listWorkflows.response.parse(told);
  assert.deepEqual(workflows.map(({ name }) => name).sort(), ["halving", "review"]);
});
