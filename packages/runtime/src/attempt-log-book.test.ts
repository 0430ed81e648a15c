import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LogLine } from "@mycroft/engine";
import fc from "fast-check";
import { AttemptLogBook, logLimits } from "./attempt-log-book.ts";

const line = (message: string, more: Partial<LogLine> = {}): LogLine => ({
  at: 1,
  level: "info",
  message,
  ...more,
});

function written(lines: readonly LogLine[]) {
  const book = new AttemptLogBook();
  for (const one of lines) book.write(one);
  return book.record;
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => line(`line ${index}`));

describe("the log of an attempt", () => {
  it("keeps what is written, in order", () => {
    const lines = [line("a", { fields: { n: 1 } }), line("b", { level: "error" })];
    assert.deepEqual(written(lines), { lines });
  });

  it("P8 keeps the first and the last lines, and counts what came between", () => {
    const { lines, leftOut } = written(numbered(1_000));
    assert.deepEqual(leftOut, { at: 100, count: 800 });
    assert.deepEqual(
      [lines.length, lines[99]?.message, lines[100]?.message, lines.at(-1)?.message],
      [200, "line 99", "line 900", "line 999"],
    );
  });

  it("P8 keeps no more characters than its limits, however they are spread", () => {
    const lines = fc.array(
      fc.record({
        at: fc.nat(),
        level: fc.constantFrom("debug", "info", "warn", "error"),
        message: fc.oneof(
          fc.string(),
          fc.nat(5_000).map((length) => "x".repeat(length)),
        ),
        fields: fc.dictionary(
          fc.string(),
          fc.oneof(
            fc.nat(),
            fc.nat(3_000).map((length) => "y".repeat(length)),
          ),
        ),
      }),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(lines, (given) => {
        const { lines: kept, leftOut } = written(given);
        assert.equal(kept.length + (leftOut?.count ?? 0), given.length);
        const size = JSON.stringify(
          kept.map(({ message, fields }) => message + JSON.stringify(fields)),
        ).length;
        assert.ok(size < 3 * logLimits.characters);
        const at = leftOut?.at ?? given.length;
        assert.deepEqual(
          kept.map((one) => one.at),
          [...given.slice(0, at), ...given.slice(at + (leftOut?.count ?? 0))].map((one) => one.at),
        );
      }),
    );
  });

  it("P8 cuts long messages, and says how long they were; of too many fields it says their size", () => {
    const [cut] = written([line("\u{1f600}".repeat(5_000), { fields: { text: "z".repeat(3_000) } })]).lines;
    assert.equal(cut?.message.length, logLimits.message);
    assert.match(cut?.message ?? "", /\.\.\. \(10000 characters in all\)$/);
    assert.ok(cut?.message.isWellFormed());
    assert.deepEqual(cut?.fields, { leftOut: "3011 characters of fields" });
  });
});
