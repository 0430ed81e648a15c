/**
 * `npm run test:only [FILE...]`: runs all tests, or those of the files that the patterns match, with Node's own runner.
 * Exit code 1 when a test fails, when a file holds none, and when there is no file.
 */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec, type TestEvent } from "node:test/reporters";
import { conciseReport } from "./concise-report.ts";
import { findTests, root } from "./find-tests.ts";

/** A test that takes longer hangs: it is failed, so that CI says which one it was. */
const timeoutMs = 120_000;

/** A file whose process does not end, although its tests may have: it is named, before whoever runs this gives up on all. */
const longestMs = 3_600_000;

const asked = process.argv.slice(2);
const files = findTests(asked);

// Every file is a process of its own that loads much the same modules: this takes off a quarter of the processor time.
process.env["NODE_COMPILE_CACHE"] ??= resolve(root, "node_modules/.cache/node");

// The command line names itself as it was started; tests are to read the same words, however they were.
delete process.env["npm_config_user_agent"];

// Anything but a verdict, be it a broken pipe or a crash of the runner, is a failure.
process.exitCode = 1;
if (files.length === 0) {
  console.error(`There is no test file that matches ${asked.join(", ")}.`);
} else {
  // Many tests wait for processes, servers and timers: one file more than there are cores keeps the cores busy.
  const events = run({
    files,
    cwd: root,
    concurrency: availableParallelism() + 1,
    timeout: timeoutMs,
    signal: AbortSignal.timeout(longestMs),
  });
  const report = (source: AsyncIterable<TestEvent>) =>
    conciseReport(source, root, (passed) => {
      process.exitCode = passed ? 0 : 1;
    });
  await pipeline(events, report, spec(), process.stdout, { end: false });
}
