import assert from "node:assert/strict";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { failureLines, reportFailure } from "./failure.ts";
import { plainTerminal } from "./testing/plain-terminal.ts";

test("a failure is told with its code, and with what the message has not said", () => {
  const error = new MycroftError("SYMBOL_UNKNOWN", "There is no TSLA.", {
    details: { symbol: "TSLA", asOf: "2010-02-26", known: ["AAPL", "IBM"], rowsRejected: 3, none: undefined },
  });
  assert.deepEqual(failureLines(error), [
    "error SYMBOL_UNKNOWN: There is no TSLA.",
    "  as of: 2010-02-26",
    "  known: AAPL, IBM",
    "  rows rejected: 3",
  ]);
});

test("P7 text of others cannot act on the terminal, and long lists are cut", () => {
  const error = new MycroftError("TASK_FAILED", "bad \u001b[2J\nmore", {
    details: { names: Array.from({ length: 50 }, (_, index) => `n${index}`), text: "\u202ex".repeat(5_000) },
  });
  const lines = failureLines(error);
  assert.equal(lines[0], "error TASK_FAILED: bad \\u001b[2J");
  assert.equal(lines[1], "  more");
  assert.match(lines[2] ?? "", /n19, and 30 more$/u);
  assert.ok(lines.join("").length < 2_000);
  for (const character of ["\u001b", "\u202e"]) assert.ok(!lines.join("").includes(character));
});

test("P8 a message that repeats what it was given, of any size, is cut", () => {
  const lines = failureLines(new MycroftError("RUN_UNKNOWN", `There is no run ${"x".repeat(1_000_000)}.`));
  assert.match(lines[0] ?? "", /^error RUN_UNKNOWN: There is no run x+\.\.\.$/u);
  assert.ok(lines.join("").length < 5_000);
});

test("problems that are records are told one a line", () => {
  const problems = [
    { field: "a", message: "a is bad" },
    { field: "b", value: 3 },
  ];
  const error = new MycroftError("INPUT_INVALID", "Two things are wrong.", { details: { problems } });
  assert.deepEqual(failureLines(error).slice(1), [
    "  problems:",
    "    a is bad",
    '    {"field":"b","value":3}',
  ]);
});

test("details that refer to themselves are no failure of their own", () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  const error = new MycroftError("TASK_FAILED", "It failed.", { details: { loop, big: 10n } });
  assert.equal(failureLines(error).length, 3);
  assert.equal(reportFailure(error, plainTerminal()), 1);
});

test("the exit code is 2 for words that were not understood, else 1", () => {
  assert.equal(reportFailure(new MycroftError("USAGE", "What?"), plainTerminal()), 2);
  assert.equal(reportFailure(new MycroftError("RUN_UNKNOWN", "No such run."), plainTerminal()), 1);
  assert.equal(reportFailure("a thrown string", plainTerminal()), 1);
});

test("with --json a failure is the one value on standard output, with --debug it has its stack", () => {
  const plain = plainTerminal({ json: true });
  const error = new MycroftError("RUN_UNKNOWN", "No such run.", { details: { runId: "x" } });
  reportFailure(error, plain);
  const record = { code: "RUN_UNKNOWN", message: "No such run.", retryable: false, details: { runId: "x" } };
  assert.deepEqual([plain.values, plain.noted], [[{ error: record }], []]);
  const debugging = plainTerminal({ debug: true });
  reportFailure(new MycroftError("INTERNAL", "Oh.", { cause: new Error("deeper") }), debugging);
  assert.match(debugging.noted.join("\n"), /failure\.test\.ts.*Caused by: Error: deeper/su);
  assert.doesNotMatch(failureLines(error).join("\n"), /failure\.test\.ts/u, "no stack unless asked for");
});
