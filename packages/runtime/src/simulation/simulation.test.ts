import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pinnedScenarios } from "./pinned-scenarios.ts";
import { scenarioOf } from "./random-scenario.ts";
import { seedsPerBlock, testSeeds } from "./seed-blocks.ts";
import { simulate } from "./simulate.ts";

describe("the whole system in an unkind world", () => {
  for (const block of [0, 1]) testSeeds(1 + block * seedsPerBlock);

  it("P1 P3 P4 hold in the scenarios that once found a defect", async () => {
    for (const { found, scenario } of await pinnedScenarios()) {
      const { violation } = await simulate(scenario);
      assert.ok(violation === null, `${found}: ${violation?.rule}: ${violation?.detail}`);
    }
  });

  it("E1 one seed decides everything: run twice, it gives the same list of events", async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const [first, second] = [
        await simulate(scenarioOf(seed), { isTraced: true }),
        await simulate(scenarioOf(seed), { isTraced: true }),
      ];
      assert.ok(first.trace.length > 2);
      assert.deepEqual(first, second);
    }
  });
});
