import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { limits } from "@mycroft/protocol";
import { failsWith } from "../testing/assert-failure.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { readInput } from "./read-input.ts";

const folder = temporaryFolder();

test("an input is JSON on the command line, in a file, or on standard input", async () => {
  const value = { universe: ["AAPL"], note: "Zürich 日本" };
  const text = JSON.stringify(value);
  assert.deepEqual(await readInput(text), value);
  assert.deepEqual(await readInput(`@${folder.write("input.json", text)}`), value);
  const bytes = Buffer.from(text);
  const inPieces = Readable.from([bytes.subarray(0, 27), bytes.subarray(27)]);
  assert.deepEqual(
    await readInput("-", { standardInput: inPieces }),
    value,
    "a character may be split over two pieces",
  );
});

test("P7 what is no JSON is refused: on the command line as USAGE, elsewhere as INPUT_INVALID with the file", async () => {
  for (const bad of ["{bad", "", "{'a':1}", '{"a":NaN}', "[1,]", "undefined"]) {
    await assert.rejects(readInput(bad), failsWith("USAGE", /^--input is not JSON/u), bad);
    const file = folder.write("bad.json", bad);
    await assert.rejects(readInput(`@${file}`), failsWith("INPUT_INVALID", /bad\.json is not JSON/u), bad);
  }
  await assert.rejects(
    readInput('{"a":{"b":1e999}}'),
    failsWith("INPUT_INVALID", /"b".*1e999 is too large/u),
  );
});

test("P7 malformed UTF-8 and files that cannot be read are refused", async () => {
  const malformed = folder.write("malformed.json", Uint8Array.of(0x22, 0xff, 0xfe, 0x22));
  await assert.rejects(
    readInput(`@${malformed}`),
    failsWith("INPUT_INVALID", /malformed\.json is not valid UTF-8/u),
  );
  await assert.rejects(readInput(`@${folder.path}/none.json`), failsWith("INPUT_INVALID", /cannot be read/u));
  await assert.rejects(readInput(`@${folder.path}`), failsWith("INPUT_INVALID", /is not a file/u));
});

test("P7 an input that is nested without end is refused by its limit, not by the stack", async () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  assert.ok(Array.isArray(await readInput(nested(limits.inputDepth))));
  for (const deep of [nested(limits.inputDepth + 1), '{"a":'.repeat(100_000)]) {
    await assert.rejects(readInput(deep), failsWith("LIMIT_EXCEEDED", /100 levels.*inputDepth/u));
  }
  const brackets = { text: `"\\${"[".repeat(1_000)}` };
  assert.deepEqual(await readInput(JSON.stringify(brackets)), brackets, "brackets in a text are no levels");
});

test("P7 an input is read up to its limit and no further", async () => {
  let pieces = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        pieces += 1;
        yield Buffer.alloc(1024 * 1024, " ");
      }
    })(),
  );
  await assert.rejects(
    readInput("-", { standardInput: endless }),
    failsWith("LIMIT_EXCEEDED", /outputBytes/u),
  );
  assert.ok(pieces <= limits.outputBytes / (1024 * 1024) + 32, "the rest is not read");
});
