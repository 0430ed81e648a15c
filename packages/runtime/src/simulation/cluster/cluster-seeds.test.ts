import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clusterSeedsPerBlock, testClusterSeeds } from "../seed-blocks.ts";
import { shrink } from "../shrink.ts";
import { simulate } from "../simulate.ts";
import { brokenClusters } from "./broken-clusters.ts";
import { clusterScenarioOf } from "./random-cluster.ts";

describe("several processes in an unkind world", () => {
  testClusterSeeds(1);

  it("E1 one seed decides everything: run twice, it gives the same list of events", async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const [first, second] = [
        await simulate(clusterScenarioOf(seed), { isTraced: true }),
        await simulate(clusterScenarioOf(seed), { isTraced: true }),
      ];
      assert.ok(first.trace.length > 2);
      assert.deepEqual(first, second);
    }
  });

  it("is cut down to what breaks the rule", async () => {
    const variant = brokenClusters.find(({ name }) => name.startsWith("letters"))?.variant;
    let seed = clusterSeedsPerBlock;
    while ((await simulate(clusterScenarioOf(seed), { variant })).violation === null) seed += 1;
    const { scenario, report } = await shrink(clusterScenarioOf(seed), variant, 2_000);
    assert.equal(report.violation?.rule, "letters");
    assert.equal(scenario.runs.length, 1);
    assert.deepEqual(scenario.cluster?.ends, []);
    assert.equal(scenario.cluster?.orchestrators, 1);
  });
});
