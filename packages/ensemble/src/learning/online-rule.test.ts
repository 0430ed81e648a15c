import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { placeOf } from "../json-reader.ts";
import { extremeRegret } from "../testing/extreme-samples.ts";
import type { OnlineRule } from "./online-rule.ts";
import { onlineRules } from "./online-rules.ts";
import { readRuleState } from "./rule-memory.ts";
import { projectOntoSimplex } from "./simplex-descent.ts";

interface Step {
  readonly regrets: readonly number[];
  readonly awake: readonly boolean[];
}

const sequences: fc.Arbitrary<readonly Step[]> = fc.integer({ min: 1, max: 5 }).chain((size) =>
  fc.array(
    fc.record({
      regrets: fc.oneof(
        fc.array(extremeRegret, { minLength: size, maxLength: size }),
        extremeRegret.map((one) => Array<number>(size).fill(one)),
      ),
      awake: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
    }),
    { minLength: 1, maxLength: 30 },
  ),
);

function sizeOf(steps: readonly Step[]): number {
  return steps[0]?.regrets.length ?? 0;
}

function learn(rule: OnlineRule, { regrets, awake }: Step): void {
  const mask = Uint8Array.from(awake, Number);
  rule.learn(
    Float64Array.from(regrets, (value, k) => (mask[k] === 1 ? value : 0)),
    mask,
  );
}

function weightsOf(rule: OnlineRule, awake?: readonly boolean[]): number[] {
  const into = new Float64Array(rule.size).fill(Number.NaN);
  rule.weigh(into, awake && Uint8Array.from(awake, Number));
  return [...into];
}

function isDistribution(weights: readonly number[], awake?: readonly boolean[]): boolean {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const someone = awake === undefined || awake.includes(true);
  const inRange = weights.every((weight, k) => weight >= 0 && (weight === 0 || (awake?.[k] ?? true)));
  return inRange && Math.abs(sum - (someone ? 1 : 0)) < 1e-9;
}

for (const [name, start] of Object.entries(onlineRules)) {
  describe(`${name}, whatever the regrets,`, () => {
    it("weighs those awake by a distribution, and never by NaN", () => {
      fc.assert(
        fc.property(sequences, (steps) => {
          const rule = start(sizeOf(steps));
          for (const step of steps) {
            assert.ok(
              isDistribution(weightsOf(rule, step.awake), step.awake),
              `${weightsOf(rule, step.awake)}`,
            );
            assert.ok(isDistribution(weightsOf(rule)), `${weightsOf(rule)}`);
            learn(rule, step);
          }
        }),
      );
    });

    it("goes on from what it has saved as if nothing had happened, byte for byte", () => {
      fc.assert(
        fc.property(sequences, fc.nat(30), (steps, cut) => {
          let rule = start(sizeOf(steps));
          const straight = start(sizeOf(steps));
          steps.forEach((step, index) => {
            if (index === cut) {
              const saved = readRuleState(JSON.parse(JSON.stringify(rule.save())), placeOf("rule"));
              rule = start(saved.size, saved);
            }
            learn(rule, step);
            learn(straight, step);
          });
          assert.deepEqual(weightsOf(rule), weightsOf(straight));
          assert.equal(JSON.stringify(rule.save()), JSON.stringify(straight.save()));
        }),
      );
    });

    it("P8 what it saves is as long after many rounds as after one", () => {
      const rule = start(3);
      const lengthOf = () => Object.values(rule.save().columns).flat().length;
      learn(rule, { regrets: [0.2, -0.1, 0], awake: [true, true, true] });
      const after = lengthOf();
      for (let round = 0; round < 300; round += 1) {
        learn(rule, { regrets: [0.2, -0.1, round % 2], awake: [true, true, true] });
      }
      assert.equal(lengthOf(), after);
    });

    it("prefers who did better, leaves alike who did alike, and forgets nobody who sleeps", () => {
      const rule = start(4);
      for (let round = 0; round < 200; round += 1) {
        learn(rule, { regrets: [0.3, -0.3, -0.3, 0], awake: [true, true, true, false] });
      }
      const [good = 0, bad = 0, alike = 0, asleep = 0] = weightsOf(rule);
      assert.ok(good > bad && bad === alike && asleep >= bad, String(weightsOf(rule)));
      const [, second = 0, third = 0] = weightsOf(rule, [false, true, true, false]);
      assert.ok(Math.abs(second - third) < 1e-12 && Math.abs(second + third - 1) < 1e-12);
    });

    it("takes a newcomer in as one that has slept until now", () => {
      const rule = start(2);
      const step = { regrets: [0.5, -0.5], awake: [true, true] };
      for (let round = 0; round < 50; round += 1) learn(rule, step);
      rule.grow(3);
      const [good = 0, bad = 0, newcomer = 0] = weightsOf(rule);
      assert.ok(good >= newcomer && newcomer >= bad, String(weightsOf(rule)));
      assert.ok(isDistribution(weightsOf(rule)));
    });
  });
}

describe("projectOntoSimplex", () => {
  it("gives the nearest point: no feasible direction comes nearer", () => {
    const number = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 8 }), (values) => {
        const point = Float64Array.from(values);
        projectOntoSimplex(point, 1);
        assert.ok(isDistribution([...point]));
        // The optimality conditions: values less the point are one threshold where the point is positive, and less elsewhere.
        const gaps = values.map((value, k) => value - (point[k] ?? 0));
        const threshold = Math.max(...gaps);
        gaps.forEach((gap, k) => {
          if ((point[k] ?? 0) > 0) assert.ok(Math.abs(gap - threshold) < 1e-9);
        });
      }),
    );
  });
});
