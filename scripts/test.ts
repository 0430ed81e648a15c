/**
 * `npm run test:only [FILE...]`: runs the tests with Node's own runner, a line for each file, failures in full, the
 * runner's counts last. It fails when a test fails, and also when a file holds no test or there is no file at all.
 */
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

type TestEvent = ReturnType<typeof run> extends AsyncIterable<infer Event> ? Event : never;

const root = fileURLToPath(new URL("..", import.meta.url));
