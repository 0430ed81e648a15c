// A file of its own, so that another core can run it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { completesWithoutFencing } from "./broken-workers.ts";
import { scenarioOf } from "./random-scenario.ts";
import { rules } from "./rules.ts";
import { runSeeds } from "./run-seeds.ts";
import { seedsPerBlock, testSeeds } from "./seed-blocks.ts";
import { shrink, smallerScenarios } from "./shrink.ts";
import { simulate } from "./simulate.ts";

describe("the whole system in an unkind world, further on", () => {
  for (const block of [2, 3]) testSeeds(1 + block * seedsPerBlock);
});

describe("a seed that breaks a rule", () => {
  it("is told with the rule, the command that runs it again, and the events of the smallest scenario", async () => {
    const { failure } = await runSeeds({ from: 1, count: 50, variant: completesWithoutFencing });
    assert.ok(failure !== null);
    assert.equal(failure.rule, rules.end);
    assert.ok(failure.text.includes(`npm run simulate -- --seeds 1 --from ${failure.seed}\n`));
    assert.match(failure.text, / {2}executes {2}run-\d\/\S+#1 by worker \d of \w+\n/);
    assert.match(failure.text, /VIOLATION end: .*$/);
  });

  it("is cut down until nothing can be taken away", async () => {
    const variant = completesWithoutFencing;
    let seed = 1;
    while ((await simulate(scenarioOf(seed), { variant })).violation === null) seed += 1;
    const { scenario, report } = await shrink(scenarioOf(seed), variant, 5_000);
    assert.equal(scenario.runs.length, 1);
    assert.ok(report.violation !== null);
    for (const smaller of smallerScenarios(scenario)) {
      const { violation } = await simulate(smaller, { variant });
      assert.notEqual(violation?.rule, report.violation.rule);
    }
  });
});
