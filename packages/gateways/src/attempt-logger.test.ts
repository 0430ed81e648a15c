/** What may be written to a log, and what becomes of it: whatever it is, the writer is not disturbed, and a line is small JSON. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LogLine } from "@mycroft/engine";
import { type AttemptControl, logLimits } from "@mycroft/runtime";
import type { Logger } from "@mycroft/sdk";
import fc from "fast-check";
import { attemptLogger } from "./attempt-logger.ts";

const idle: AttemptControl = { signal: new AbortController().signal, heartbeat: () => {} };

function linesOf(write: (log: Logger) => void): readonly Omit<LogLine, "at">[] {
  const lines: Omit<LogLine, "at">[] = [];
  write(attemptLogger({ ...idle, log: (line) => lines.push(line) }));
  return lines;
}

/** The fields of a line that was given them, as an author in JavaScript might. */
function fieldsOf(given: unknown): LogLine["fields"] {
  const [line] = linesOf(({ info }) => info("said", given as Record<string, unknown>));
  return line?.fields;
}

const throwing = (trap: keyof ProxyHandler<object>) =>
  new Proxy({}, { [trap]: () => assert.fail(`the trap ${trap} was touched`) });

const traps = (["ownKeys", "get", "getPrototypeOf", "getOwnPropertyDescriptor"] as const).map(throwing);

describe("the log of an attempt, for whoever writes it", () => {
  it("has four weights, whose functions stand alone, and fields only where they are given", () => {
    const lines = linesOf(({ debug, info, warn, error }) => {
      debug("a");
      info("b", { n: 1 });
      warn("c", {});
      error("d");
    });
    assert.deepEqual(lines, [
      { level: "debug", message: "a" },
      { level: "info", message: "b", fields: { n: 1 } },
      { level: "warn", message: "c", fields: {} },
      { level: "error", message: "d" },
    ]);
  });

  it("keeps nothing where nobody keeps it, and does not disturb when its keeper is in trouble", () => {
    attemptLogger(idle).info("nobody hears");
    const broken: AttemptControl = { ...idle, log: () => assert.fail("no place") };
    attemptLogger(broken).error("nobody hears");
  });

  it("P7 keeps JSON as it is, and describes in its place what is none", () => {
    const json = { text: "a", none: null, list: [1, true, { deep: [] }], empty: {} };
    assert.deepEqual(fieldsOf(json), json);
    class Holding {
      readonly symbol = "IBM";
      readonly shares = 10;
    }
    const cause = Object.assign(new RangeError("too far"), { code: "E_FAR" });
    assert.deepEqual(
      fieldsOf({
        ...{ missing: undefined, ratio: Number.NaN, big: 10n, unit: Symbol("s") },
        ...{ at: new Date(0), never: new Date(Number.NaN), url: new URL("http://a.example/") },
        ...{ map: new Map([[1, 2]]), set: new Set([1]), bytes: new Uint8Array(3), words: /a/u },
        ...{ holding: new Holding(), list: [undefined, () => 1], half: "\ud800" },
        ...{ error: new TypeError("no", { cause }) },
      }),
      {
        ...{ ratio: "NaN", big: "10", unit: "Symbol(s)" },
        ...{ at: "1970-01-01T00:00:00.000Z", never: "Invalid Date", url: "http://a.example/" },
        ...{ map: "Map of 1", set: "Set of 1", bytes: "Uint8Array of 3 bytes", words: "/a/u" },
        ...{ holding: { symbol: "IBM", shares: 10 }, list: [null, "function "], half: "\ufffd" },
        error: {
          ...{ name: "TypeError", message: "no" },
          cause: { name: "RangeError", message: "too far", code: "E_FAR" },
        },
      },
    );
  });

  it("P7 takes an error, a list or a single value for fields or for words", () => {
    assert.deepEqual(fieldsOf(new Error("no")), { value: { name: "Error", message: "no" } });
    assert.deepEqual(fieldsOf([1, 2]), { value: [1, 2] });
    assert.deepEqual(fieldsOf("text"), { value: "text" });
    assert.deepEqual(fieldsOf(null), { value: null });
    const given: readonly unknown[] = [new TypeError("no"), { a: 1 }, undefined, 3];
    const lines = linesOf(({ error }) => {
      for (const words of given) error(words as string);
    });
    assert.deepEqual(
      lines.map(({ message }) => message),
      ["TypeError: no", '{"a":1}', "null", "3"],
    );
  });

  it("P7 says of what cannot be read that it cannot, and keeps what stands beside it", () => {
    const getter = {
      get value() {
        return assert.fail("read");
      },
      next: 1,
    };
    assert.deepEqual(fieldsOf(getter), { value: "what cannot be read", next: 1 });
    for (const trap of traps) assert.equal(fieldsOf({ trap, next: 1 })?.["next"], 1);
    const named = Object.defineProperty(new Error("no"), "name", { value: Symbol("n") });
    assert.deepEqual(fieldsOf({ named }), { named: { name: "Symbol(n)", message: "no" } });
  });

  it("P8 cuts long texts, names and lists, and says how much there was", () => {
    const { text, list } = fieldsOf({ text: "x".repeat(3_000), list: Array(1e6).fill(7) }) ?? {};
    assert.match(String(text), /^x{470,}\.\.\. \(3000 characters\)$/u);
    assert.ok(Array.isArray(list));
    assert.equal(list.at(-1), `${1e6 - list.length + 1} more`);
    const many = fieldsOf(
      Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, index])),
    );
    const kept = Object.keys(many ?? {}).length - 1;
    assert.equal(many?.["leftOut"], `${500 - kept} fields`);
    assert.ok(kept > 100);
  });

  it("P8 a circle ends, and so does a value that refers to a thousand others of its kind", () => {
    const circle: unknown[] = [];
    for (let index = 0; index < 1_000; index += 1) circle.push(circle);
    assert.ok(JSON.stringify(fieldsOf({ circle })).length <= logLimits.fields);
    const loop: Record<string, unknown> = { name: "loop" };
    loop["self"] = loop;
    assert.match(JSON.stringify(fieldsOf(loop)), /"self":"what is nested deeper"/u);
  });

  it("P7 P8 whatever is written, nothing is thrown, and fields are JSON within their limit", () => {
    const odd = fc.constantFrom<unknown>(() => 1, new Map(), new Error("\u0000".repeat(900)), "\u0000\ud800");
    const anything = fc.anything({
      ...{ withBigInt: true, withDate: true, withMap: true, withSet: true, withSparseArray: true },
      ...{ withTypedArray: true, withNullPrototype: true, maxDepth: 4 },
      values: [fc.string({ unit: "binary", maxLength: 800 }), fc.double(), odd],
      key: fc.string({ unit: "binary", maxLength: 200 }),
    });
    fc.assert(
      fc.property(anything, anything, (message, given) => {
        const lines = linesOf(({ warn }) => warn(message as string, given as Record<string, unknown>));
        const [line] = lines;
        assert.equal(lines.length, 1);
        assert.equal(typeof line?.message, "string");
        const text = JSON.stringify(line?.fields ?? null);
        assert.ok(text.length <= logLimits.fields, text);
        assert.ok(text.isWellFormed());
      }),
      { numRuns: 500 },
    );
  });
});
