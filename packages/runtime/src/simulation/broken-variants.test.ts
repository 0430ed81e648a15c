import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brokenVariants } from "./broken-variants.ts";
import { scenarioOf } from "./random-scenario.ts";
import { simulate } from "./simulate.ts";

describe("the simulator notices", () => {
  for (const { name, variant, caughtBy, withinSeeds } of brokenVariants) {
    it(`${name}, within ${withinSeeds} seeds`, async () => {
      for (let seed = 1; seed <= withinSeeds; seed += 1) {
        const { violation } = await simulate(scenarioOf(seed), { variant });
        if (violation === null) continue;
        assert.ok(caughtBy.includes(violation.rule), `seed ${seed}: ${violation.rule}: ${violation.detail}`);
        return;
      }
      assert.fail("it was not noticed");
    });
  }
});
