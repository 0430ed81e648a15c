import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { simulate } from "../simulate.ts";
import { brokenClusters } from "./broken-clusters.ts";
import { clusterScenarioOf } from "./random-cluster.ts";

describe("the simulator notices, of several processes", () => {
  for (const { name, variant, caughtBy, withinSeeds } of brokenClusters) {
    it(`${name}, within ${withinSeeds} seeds`, async () => {
      for (let seed = 1; seed <= withinSeeds; seed += 1) {
        const { violation } = await simulate(clusterScenarioOf(seed), { variant });
        if (violation === null) continue;
        assert.ok(caughtBy.includes(violation.rule), `seed ${seed}: ${violation.rule}: ${violation.detail}`);
        return;
      }
      assert.fail("it was not noticed");
    });
  }
});
