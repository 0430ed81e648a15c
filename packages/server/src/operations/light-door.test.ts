import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

test("the door for operations loads no HTTP server, so that commands start fast", async () => {
  const program = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
    await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});`;
  const words = ["--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 10 ** 7 });
  const loaded = stdout.split("\n");
  assert.ok(
    loaded.some((url) => url.endsWith("/operations/operations.ts")),
    "the hook sees what is loaded",
  );
  const ours = loaded.filter((url) =>
    /\/packages\/server\/src\/(?!operations\/|access\/(?:api-keys|secrets)\.ts)/u.test(url),
  );
  assert.deepEqual([...ours, ...loaded.filter((url) => /\/@?fastify/u.test(url))], []);
});
