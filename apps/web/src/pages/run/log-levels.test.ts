import assert from "node:assert/strict";
import { test } from "node:test";
import { countedChoices, type LogLevel } from "./log-levels.ts";

test("each choice of a filter says how many lines it would show", () => {
  const levels: readonly LogLevel[] = ["debug", "info", "info", "error"];
  assert.deepEqual(
    countedChoices(levels.map((level) => ({ level }))).map(({ label }) => label),
    ["everything (4)", "info and above (3)", "warnings and errors (1)", "errors only (1)"],
  );
});
