import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { watchForInterruption } from "./interruption.ts";

function watched() {
  const source = new EventEmitter();
  const seen: (string | number)[] = [];
  let time = 1_000;
  const interruption = watchForInterruption({
    onFirst: () => seen.push("first"),
    source,
    now: () => time,
    exit: (exitCode) => seen.push(exitCode),
  });
  const signal = (name: NodeJS.Signals, afterMs = 0) => {
    time += afterMs;
    source.emit(name, name);
  };
  return { source, seen, interruption, signal };
}

test("the first signal asks for an orderly end, the second ends the process", () => {
  const { seen, interruption, signal } = watched();
  assert.equal(interruption.exitCode, null);
  signal("SIGINT");
  assert.deepEqual([seen, interruption.exitCode], [["first"], 130]);
  signal("SIGINT", 1_000);
  assert.deepEqual(seen, ["first", 130]);
});

test("one press that arrives twice, from the terminal and from npm, counts once", () => {
  const { seen, signal } = watched();
  signal("SIGINT");
  signal("SIGINT", 5);
  signal("SIGINT", 200);
  assert.deepEqual(seen, ["first"]);
  signal("SIGINT", 200);
  assert.deepEqual(seen, ["first", 130]);
});

test("the exit code is that of the first signal; after stop, signals are left alone", () => {
  const { source, seen, interruption, signal } = watched();
  signal("SIGTERM");
  signal("SIGINT", 1_000);
  assert.deepEqual(seen, ["first", 143]);
  interruption.stop();
  assert.deepEqual(source.eventNames(), []);
});
