import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findRun, type Store } from "@mycroft/runtime";
import { defineConfig, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { watchedTurns } from "../turns/testing/watched-turns.ts";
import { foldRun } from "./folded-run.ts";
import { readRunReading } from "./run-reading.ts";
import { agentSaying, said } from "./testing/committees.ts";
import { Workplace } from "./testing/workplace.ts";

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
