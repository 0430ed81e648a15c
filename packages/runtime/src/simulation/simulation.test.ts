import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { retriesUnderTheOldToken } from "./broken-orchestrators.ts";
import { completesWithoutFencing } from "./broken-workers.ts";
import { rules } from "./rules.ts";
import { runSeeds } from "./run-seeds.ts";
import { scenarioOf } from "./random-scenario.ts";
import { shrink, smallerScenarios } from "./shrink.ts";
import { simulate } from "./simulate.ts";

const blocks = [1, 501, 1_001, 1_501];
const seedsPerBlock = 500;

describe("the whole system in an unkind world", () => {
  for (const from of blocks) {
    it(`P1 P2 P3 P4 P8 E2 E4 E10 E11 E12 hold in seeds ${from} to ${from + seedsPerBlock - 1}`, async () => {
      const { failure, figures } = await runSeeds({ from, count: seedsPerBlock });
      assert.ok(failure === null, failure?.text ?? "");
      // What is to hold in the face of faults has met them.
      assert.ok(figures.deaths > seedsPerBlock, `${figures.deaths} deaths`);
      assert.ok(figures.events > 10 * seedsPerBlock, `${figures.events} events`);
      assert.ok(figures.ignored > seedsPerBlock, `${figures.ignored} stale results`);
      assert.ok(figures.cancelled > 30, `${figures.cancelled} runs cancelled`);
      assert.ok(figures.timedOut > 30, `${figures.timedOut} runs timed out`);
    });
  }

  it("P1 P3 hold in the seeds that once found a defect", async () => {
    for (const seed of [16, 75, 4_698, 5_798, 11_496, 15_020, 17_271, 18_825, 19_987, 20_378]) {
      const { failure } = await runSeeds({ from: seed, count: 1 });
      assert.ok(failure === null, failure?.text ?? "");
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

describe("a seed that breaks a rule", () => {
  it("is told with the rule, the command that runs it again, and the events of the smallest scenario", async () => {
    const { failure } = await runSeeds({ from: 1, count: 50, variant: retriesUnderTheOldToken });
    assert.ok(failure !== null);
    assert.equal(failure.rule, rules.settles);
    assert.ok(failure.text.includes(`npm run simulate -- --seeds 1 --from ${failure.seed}\n`));
    assert.match(failure.text, / {2}executes {2}run-\d\/\S+#1\n/);
    assert.match(failure.text, /VIOLATION settles: .*$/);
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
