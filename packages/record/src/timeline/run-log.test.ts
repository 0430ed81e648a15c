/** One log of what many attempts wrote, read while they go on. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AttemptLog, LogLevel } from "@mycroft/engine";
import fc from "fast-check";
import { logLevels, RunLog } from "./run-log.ts";

interface Written {
  readonly task: string;
  readonly attempt: number;
  readonly log: AttemptLog;
}

const level = fc.constantFrom<LogLevel>(...logLevels);
const written: fc.Arbitrary<Written> = fc.record({
  task: fc.constantFrom("a", "b", "map[0]/a"),
  attempt: fc.integer({ min: 1, max: 3 }),
  log: fc.record(
    {
      lines: fc.array(fc.record({ at: fc.nat(20), level, message: fc.string({ maxLength: 3 }) }), {
        maxLength: 6,
      }),
      leftOut: fc.record({ at: fc.nat(6), count: fc.nat(9) }),
    },
    { requiredKeys: ["lines"] },
  ),
});

const take = (log: RunLog, all: readonly Written[]) => {
  for (const { task, attempt, log: lines } of all) log.take(task, attempt, lines);
};

describe("the log of a run", () => {
  it("is the same whether it was read meanwhile or not", () => {
    fc.assert(
      fc.property(fc.array(written), fc.array(written), level, (first, then, least) => {
        const once = new RunLog();
        take(once, [...first, ...then]);
        const twice = new RunLog();
        take(twice, first);
        twice.read("debug");
        take(twice, then);
        assert.deepEqual(twice.read(least), once.read(least));
      }),
    );
  });

  it("has every line once, those of an attempt in their order, and of each task and weight what is asked for", () => {
    fc.assert(
      fc.property(fc.array(written), level, (all, least) => {
        const log = new RunLog();
        take(
          log,
          all.map((one, index) => ({ ...one, attempt: index })),
        );
        const { lines, leftOut } = log.read("debug");
        assert.equal(
          leftOut,
          all.reduce((sum, one) => sum + (one.log.leftOut?.count ?? 0), 0),
        );
        for (const [index, { task, log: given }] of all.entries()) {
          const own = lines.filter(({ attempt }) => attempt === index);
          assert.deepEqual(
            own,
            given.lines.map((line) => ({ task, attempt: index, ...line })),
          );
        }
        assert.equal(
          lines.length,
          all.reduce((sum, one) => sum + one.log.lines.length, 0),
        );
        const weighs = (of: LogLevel) => logLevels.indexOf(of) >= logLevels.indexOf(least);
        assert.deepEqual(
          log.read(least, "b").lines,
          lines.filter(({ task, level: of }) => task === "b" && weighs(of)),
        );
      }),
    );
  });

  it("is by time where no clock was set back", () => {
    fc.assert(
      fc.property(fc.array(written), (all) => {
        const log = new RunLog();
        const inTime = ({ log: { lines, ...rest }, ...one }: Written) => ({
          ...one,
          log: { ...rest, lines: lines.toSorted((left, right) => left.at - right.at) },
        });
        take(log, all.map(inTime));
        const times = log.read("debug").lines.map(({ at }) => at);
        assert.deepEqual(
          times,
          times.toSorted((left, right) => left - right),
        );
      }),
    );
  });
});
