/** The Lab's walk through time learns exactly as the ensemble does, and knows nothing too early (P5, P6). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { certainOutcome, findPolicy, policies, resolve, startLearner } from "@mycroft/ensemble";
import { requestFor } from "./resolve-all.ts";
import { makeWorld, worldOutcomes } from "./synthetic-world.ts";
import { Walk } from "./walk.ts";
import { caseOfWalk, type WalkCase, type WalkSource } from "./walk-case.ts";

const setup = {
  seed: 7,
  rounds: 60,
  agents: [
    { name: "a-good", kind: "good" },
    { name: "b-biased", kind: "biased" },
    { name: "c-broken", kind: "drifting" },
  ],
} as const;

function sourceOf(cases: readonly WalkCase[]): WalkSource {
  return { subject: "WORLD", outcomes: worldOutcomes, horizonDays: 7, cases };
}

function walkAll(source: WalkSource): Walk {
  const walk = new Walk(source);
  while (!walk.isDone) walk.advance();
  return walk;
}

describe("walk", () => {
  test("P6 what was learned by a step is byte for byte what an undisturbed learner has learned, from any checkpoint", () => {
    const source = sourceOf(makeWorld(setup));
    const walk = walkAll(source);
    for (const name of ["boa", "recalibrated-pool", "stacking"]) {
      const learner = startLearner(name);
      for (const [step, { id, on, opinions, outcome }] of source.cases.entries()) {
        const before = source.cases[step - 1];
        if (before?.outcome) {
          learner.learn([{ id: before.id, observed: certainOutcome(before.outcome.index, 3) }], on);
        }
        if (step === 0 || step === 15 || step === 16 || step === 41 || step === 59) {
          const taught = walk.taughtAt(step).get(name);
          assert.equal(JSON.stringify(taught?.learned), JSON.stringify({ ...learner.save(), pending: [] }));
        }
        learner.forecast([{ id, forecasts: new Map(opinions.map((o) => [o.agent, o.probabilities])) }], on);
        assert.notEqual(outcome, null);
      }
    }
  });

  test("the case of a step, resolved with what was learned, is what the walk forecast for every policy", () => {
    const source = sourceOf(makeWorld(setup));
    const walk = walkAll(source);
    const step = 37;
    const walked = source.cases[step];
    assert.ok(walked);
    const asked = caseOfWalk(source, walked, []);
    const taught = walk.taughtAt(step);
    for (const [index, policy] of policies.entries()) {
      const { probabilities } = resolve(policy, requestFor(asked, policy.name, taught));
      const pooled = walk.rules[index]?.pooled[step] ?? [];
      assert.ok(probabilities !== null, policy.name);
      probabilities.forEach((probability, k) => {
        assert.ok(
          Math.abs(probability - (pooled[k] ?? 0)) < 1e-9,
          `${policy.name}: ${probabilities} for ${pooled}`,
        );
      });
    }
  });

  test("P5 outcomes that come late are not known before: changing them changes no forecast", () => {
    const cases = makeWorld(setup);
    // Known three rounds later than in the world itself.
    const late = cases.map((one, step) => ({
      ...one,
      outcome: one.outcome && { ...one.outcome, on: cases[step + 4]?.on ?? "2030-01-01" },
    }));
    const changed = late.map((one, step) =>
      step < 20 ? one : { ...one, outcome: one.outcome && { ...one.outcome, index: 2 - one.outcome.index } },
    );
    const [a, b] = [walkAll(sourceOf(late)), walkAll(sourceOf(changed))];
    for (const [index, rule] of a.rules.entries()) {
      assert.deepEqual(rule.pooled.slice(0, 24), b.rules[index]?.pooled.slice(0, 24), rule.policy);
    }
    assert.notDeepEqual(
      a.rules.find(({ policy }) => policy === "boa")?.pooled,
      b.rules.find(({ policy }) => policy === "boa")?.pooled,
    );
  });

  test("the best mixture has lost no more than the best agent, the equal pool or any learning rule's own fixed weights", () => {
    const walk = walkAll(sourceOf(makeWorld({ ...setup, rounds: 120 })));
    const last = walk.hindsight.at(-1);
    assert.ok(last);
    assert.ok(last.mixtureLoss <= last.agentLoss + 1e-9);
    const pool = walk.rules.find(({ policy }) => policy === "linear-pool")?.cumulative.at(-1) ?? 0;
    assert.ok(last.mixtureLoss <= pool + 1e-9);
    assert.ok(Math.abs(last.mixture.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9);
  });

  test("an agent that breaks is noticed after it broke, as worse, and nobody who is steady is called worse", () => {
    const walk = walkAll(sourceOf(makeWorld({ ...setup, rounds: 160 })));
    const broken = walk.flags.find(({ agent, drift }) => agent === "c-broken" && drift.direction === "worse");
    assert.ok(broken !== undefined && broken.step >= 72, JSON.stringify(walk.flags));
  });

  test("an abstention and an unknown outcome are walked through without a loss", () => {
    const cases = makeWorld({ ...setup, rounds: 12 }).map((one, step) => ({
      ...one,
      opinions: step % 2 === 0 ? one.opinions.slice(1) : one.opinions,
      outcome: step > 8 ? null : one.outcome,
    }));
    const walk = walkAll(sourceOf(cases));
    const pool = walk.rules.find(({ policy }) => policy === "linear-pool");
    assert.equal(pool?.losses[9], null);
    assert.equal(pool?.weights[0]?.[0], null);
    assert.equal(pool?.weights[1]?.[0], 1 / 3);
    assert.equal(findPolicy("linear-pool").name, pool?.policy);
  });
});
