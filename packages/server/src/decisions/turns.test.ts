import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contentHash, type JsonValue } from "@mycroft/engine";
import { findRun, type Store } from "@mycroft/runtime";
import { defineConfig, tradingDate, workflow } from "@mycroft/sdk";
import fc from "fast-check";
import { z } from "zod";
import { foldRun } from "./folded-run.ts";
import { hashInTurns } from "./hash-in-turns.ts";
import { readRunReading } from "./run-reading.ts";
import { agentSaying, said } from "./testing/committees.ts";
import { Workplace } from "./testing/workplace.ts";
import { Turns } from "./turns.ts";

/** A clock that goes on by a millisecond whenever it is asked, and the longest stretch between two times that others had. */
function watchedTurns() {
  let now = 0;
  let given = 0;
  let longest = 0;
  let since = 0;
  const turns = new Turns({
    now: () => {
      now += 1;
      longest = Math.max(longest, now - since);
      return now;
    },
    others: async () => {
      given += 1;
      since = now;
    },
  });
  return { turns, given: () => given, longest: () => longest };
}

describe("turns", () => {
  it("are over after a while, and begin anew once the others have had theirs", async () => {
    let now = 0;
    let others = 0;
    const turns = new Turns({
      now: () => now,
      others: async () => {
        others += 1;
        now += 1_000;
      },
    });
    assert.equal(turns.isOver, false);
    now = 9;
    assert.equal(turns.isOver, false);
    now = 10;
    assert.equal(turns.isOver, true);
    await turns.giveWay();
    assert.deepEqual([turns.isOver, others], [false, 1]);
  });

  it("give everything in its order", async () => {
    const { turns, given } = watchedTurns();
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    assert.deepEqual(await turns.take(numbers), numbers);
    assert.ok(given() >= 50, `others had ${given()} turns`);
  });
});

describe("a large run", () => {
  const agents = ["one", "two"].map((name) => agentSaying(name, () => said([0.2, 0.3, 0.5])));
  const wide = workflow({ name: "wide", input: z.strictObject({ asOf: tradingDate }) }, (w) => {
    const subjects = Array.from({ length: 300 }, (_, index) => `C${index}`);
    return w.map("all", subjects, (m) => {
      const opinions = m.ask("opinions", agents, { subject: m.item, asOf: w.input.asOf, horizonDays: 28 });
      return { resolution: m.resolve("resolution", opinions, { quorum: 1 }) };
    });
  });

  it("lets others in all along while it is read, and asks the store for pieces", async () => {
    const place = await Workplace.open(defineConfig({ workflows: [wide] }), null);
    try {
      const runId = await place.run(wide, { asOf: "2009-06-30" }, "2009-06-30");
      const header = await findRun(place.store, runId);
      const limits: (number | undefined)[] = [];
      const store = new Proxy(place.store, {
        get: (target, name) => {
          if (name !== "readEvents") return Reflect.get(target, name).bind(target);
          return (...[id, from, limit]: Parameters<Store["readEvents"]>) => {
            limits.push(limit);
            return target.readEvents(id, from, limit);
          };
        },
      });
      const { turns, given, longest } = watchedTurns();
      const folded = await foldRun(header, { store, turns });
      assert.equal(folded.events, header.events);
      assert.ok(limits.length >= 3 && limits.every((limit) => (limit ?? Infinity) <= 1_000), `${limits}`);
      const afterFold = given();
      const reading = await readRunReading(folded, turns);
      assert.deepEqual(
        [reading.decisions.length, reading.opinions.length, reading.events],
        [300, 600, header.events],
      );
      assert.ok(
        afterFold >= 100 && given() - afterFold >= 30,
        `others had ${afterFold} and ${given() - afterFold} turns`,
      );
      assert.ok(longest() <= 12, `${longest()} steps were done in one turn`);
    } finally {
      await place.close();
    }
  });
});

describe("hashes in turns", () => {
  it("P6 are the content hashes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 8 }), async (value) => {
        const json = value as JsonValue;
        assert.equal(await hashInTurns(json, new Turns()), contentHash(json));
      }),
    );
    for (const value of [null, [], {}, [[], {}], { b: 1, a: { z: [], "": {} } }, { a: undefined } as never])
      assert.equal(await hashInTurns(value, new Turns()), contentHash(value));
  });

  it("P7 refuse what JSON cannot carry, at any depth", async () => {
    for (const value of [Number.NaN, [1, [Number.NaN]], { a: [{ b: { c: { d: Number.NaN } } }] }])
      await assert.rejects(hashInTurns(value, new Turns()), { code: "OUTPUT_NOT_JSON" });
  });
});
