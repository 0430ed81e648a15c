import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type DriftMonitor, resumeDriftMonitor, startDriftMonitor } from "./drift-monitor.ts";
import { dayAt, draws, randomNumbers } from "./sample-streams.ts";

/** Two steady agents, one that gets worse and one that gets better from the 60th score on. */
function feed(monitor: DriftMonitor, from: number, to: number): void {
  const random = randomNumbers(5);
  for (let index = 0; index < to; index += 1) {
    const scores = { steady: 0.2, worse: index < 60 ? 0.2 : 0.35, better: index < 60 ? 0.3 : 0.15 };
    for (const [agent, level] of Object.entries(scores)) {
      const score = level + 0.05 * draws.normal(random);
      if (index >= from) monitor.add(agent, score, dayAt(index));
    }
  }
}

describe("DriftMonitor", () => {
  it("says who drifts, in which direction, since when and by how much", () => {
    const monitor = startDriftMonitor();
    feed(monitor, 0, 70);
    const drifting = monitor.drifting();
    assert.deepEqual([...drifting.keys()], ["better", "worse"]);
    const worse = drifting.get("worse");
    assert.equal(worse?.direction, "worse");
    assert.ok(Math.abs(Date.parse(worse?.since ?? "") - Date.parse(dayAt(60))) <= 2 * 86_400_000);
    assert.ok((worse?.noticed ?? "") >= (worse?.since ?? ""));
    assert.ok(Math.abs((worse?.before ?? 0) - 0.2) < 0.03);
    assert.ok(Math.abs((worse?.after ?? 0) - 0.35) < 0.03);
    assert.equal(drifting.get("better")?.direction, "better");
  });

  it("P8 a flag ends when the new level has become the usual one", () => {
    const monitor = startDriftMonitor({ flagScores: 15 });
    feed(monitor, 0, 70);
    assert.equal(monitor.drifting().size, 2);
    feed(monitor, 70, 90);
    assert.deepEqual([...monitor.drifting().keys()], []);
  });

  it("E1 goes on from its saved state as if never interrupted, by either detector", () => {
    const range = { detector: "adwin", settings: { low: -1, high: 1 } } as const;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.constantFrom({}, range), (cut, settings) => {
        const whole = startDriftMonitor(settings);
        feed(whole, 0, 100);
        const first = startDriftMonitor(settings);
        feed(first, 0, cut);
        const resumed = resumeDriftMonitor(JSON.parse(JSON.stringify(first.save())));
        feed(resumed, cut, 100);
        assert.deepEqual(resumed.save(), whole.save());
      }),
      { numRuns: 20 },
    );
  });

  it("P7 refuses what cannot be, and has not changed then", () => {
    const monitor = startDriftMonitor();
    monitor.add("a", 0.1, "2020-01-02");
    const before = JSON.stringify(monitor.save());
    const isInvalid = { code: "INPUT_INVALID" };
    assert.throws(() => monitor.add("a", 0.1, "2020-01-01"), isInvalid);
    assert.throws(() => monitor.add("b", Number.NaN, "2020-01-02"), isInvalid);
    assert.throws(() => monitor.add("", 0.1, "2020-01-02"), isInvalid);
    assert.equal(JSON.stringify(monitor.save()), before);
    for (const settings of [
      { flagScores: 0 },
      { detector: "cusum" },
      { settings: { threshold: Number.NaN } },
    ]) {
      assert.throws(() => Reflect.apply(startDriftMonitor, null, [settings]), isInvalid);
    }
    for (const state of [null, {}, { ...monitor.save(), agents: [{ agent: "a" }] }]) {
      assert.throws(() => resumeDriftMonitor(state), isInvalid);
    }
    const twice = monitor.save();
    assert.throws(
      () => resumeDriftMonitor({ ...twice, agents: [...twice.agents, ...twice.agents] }),
      isInvalid,
    );
  });

  it("P8 watches a limited number of agents", () => {
    const monitor = startDriftMonitor();
    for (let index = 0; index < 1_000; index += 1) monitor.add(`a${index}`, 0, "2020-01-01");
    assert.throws(() => monitor.add("one more", 0, "2020-01-01"), { code: "LIMIT_EXCEEDED" });
  });
});
