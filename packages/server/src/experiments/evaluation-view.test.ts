import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Evaluation, evaluate } from "@mycroft/evaluation";
import { evaluationView } from "./evaluation-view.ts";

function roundsOf(periods: number, agents: number) {
  return Array.from({ length: periods }, (_, period) => ({
    period: String(period),
    cases: [
      {
        subject: "IBM",
        forecasts: Array.from({ length: agents }, (_, agent) => {
          const up = 0.2 + (((agent + 1) * (period + 3)) % 7) / 10;
          return agent === 1 && period % 2 === 0 ? null : [1 - up, up];
        }),
        observed: period % 3 === 0 ? [1, 0] : [0, 1],
      },
    ],
  }));
}

const small = evaluate({
  ...{ kind: "distribution", outcomes: ["down", "up"], agents: ["a", "b", "c"] },
  rounds: roundsOf(20, 3),
});

/** As `evaluate` would give it for so many agents, without the minutes that takes. */
function enlarged(agents: number, periods: number): Evaluation {
  const names = Array.from({ length: agents }, (_, agent) => `agent number ${agent}`);
  const scores = Array.from({ length: periods }, (_, period) => 0.1 + Math.sin(period) / 50);
  const weights = scores.map((score) => names.map((_, agent) => ((score + agent) % 1) / agents));
  const [agent] = small.competitors.filter(({ kind }) => kind === "agent");
  const policies = small.competitors.filter(({ kind }) => kind !== "agent");
  assert.ok(agent !== undefined);
  return {
    ...small,
    agents: names,
    periods: scores.map((_, period) => `period ${period}`),
    competitors: [
      ...names.map((name) => ({ ...agent, name, periodScores: scores })),
      ...policies.map((one) => ({
        ...one,
        periodScores: scores,
        weights: one.weights === null ? null : weights,
      })),
    ],
  };
}

describe("the view of an evaluation", () => {
  it("has every figure, and what the heaviest agents weighed", () => {
    const view = evaluationView(small);
    assert.deepEqual(
      view.competitors.map(({ name, rank, score, calibration }) => ({ name, rank, score, calibration })),
      small.competitors.map(({ name, rank, score, calibration }) => ({ name, rank, score, calibration })),
    );
    assert.deepEqual(view.periods, small.periods);
    for (const [index, { weights, periodScores }] of small.competitors.entries()) {
      const told = view.competitors[index];
      assert.equal(told?.weights === null, weights === null);
      for (const { agent, values } of told?.weights ?? []) {
        const column = small.agents.indexOf(agent);
        values.forEach((value, period) => {
          assert.ok(Math.abs(value - (weights?.[period]?.[column] ?? Number.NaN)) < 1e-6);
        });
      }
      const sums = (told?.weights ?? []).map(({ values }) => values.reduce((a, b) => a + b, 0));
      assert.deepEqual(
        sums,
        sums.toSorted((a, b) => b - a),
        "the heaviest first",
      );
      const gaps = (scores: readonly (number | null)[] | undefined) => scores?.map((one) => one === null);
      assert.deepEqual(gaps(told?.periodScores), gaps(periodScores));
    }
    assert.ok(view.findings.length > 0);
  });

  it("P8 fits in an answer and an artifact, however many agents and periods there were", () => {
    for (const [agents, periods, most] of [
      [100, 1_000, 5],
      [1_000, 1_000, 6],
    ] as const) {
      const view = evaluationView(enlarged(agents, periods));
      const bytes = JSON.stringify(view).length;
      assert.ok(bytes < most * 2 ** 20, `${agents} agents, ${periods} periods: ${bytes} bytes`);
      assert.equal(view.competitors.length, small.competitors.length - 3 + agents);
      assert.ok(view.competitors.every(({ weights }) => (weights ?? []).length <= 12));
      assert.deepEqual([view.periods[0], view.periods.at(-1)], ["period 0", `period ${periods - 1}`]);
    }
  });
});
