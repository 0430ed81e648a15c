import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AgentHistory } from "@mycroft/backtest";
import { evaluate } from "@mycroft/evaluation";
import fc from "fast-check";
import { failsWith } from "../testing/assert-failure.ts";
import { checkDelay, forecastsOfHistory } from "./forecasts-of-history.ts";

const up = [0.2, 0.3, 0.5];
const down = [0.5, 0.3, 0.2];

type Said = readonly (readonly number[] | null)[];

function agent(name: string, givenUp: string | null = null): AgentHistory["agents"][number] {
  return { name, version: "1", givenUp, drifts: [], drift: null };
}

/** A case asked on `asOf` whose outcome, the highest, is known on `to`. */
function pastCase(subject: string, asOf: string, to: string, opinions: Said) {
  const outcome = { index: 2, logReturn: 0.1, from: asOf, to } as const;
  return { subject, asOf, outcome, usual: [1 / 3, 1 / 3, 1 / 3], opinions };
}

function historyOf(days: AgentHistory["days"], agents = [agent("a"), agent("b")]): AgentHistory {
  return { agents, outcomes: ["down", "flat", "up"], horizonDays: 28, days };
}

describe("forecasts of history", () => {
  it("are what was said, with what followed; who was silent forecasts nothing", () => {
    const { data, leftOut } = forecastsOfHistory(
      historyOf([
        { date: "2026-01-01", cases: [pastCase("IBM", "2026-01-01", "2026-01-29", [up, null])] },
        {
          date: "2026-02-01",
          cases: [
            pastCase("IBM", "2026-02-01", "2026-03-01", [null, null]),
            pastCase("MSFT", "2026-02-01", "2026-03-01", [down, up]),
          ],
        },
        { date: "2026-03-01", cases: [pastCase("IBM", "2026-03-01", "2026-03-29", [null, null])] },
      ]),
    );
    assert.deepEqual(data.agents, ["a", "b"]);
    assert.deepEqual(data.rounds, [
      { period: "2026-01-01", cases: [{ subject: "IBM", forecasts: [up, null], observed: [0, 0, 1] }] },
      { period: "2026-02-01", cases: [{ subject: "MSFT", forecasts: [down, up], observed: [0, 0, 1] }] },
    ]);
    assert.deepEqual(leftOut, []);
    assert.equal(evaluate(data, { policies: [] }).cases, 2);
  });

  it("leave out whoever was given up, also what it had said before, and say why", () => {
    const { data, leftOut } = forecastsOfHistory(
      historyOf(
        [{ date: "2026-01-01", cases: [pastCase("IBM", "2026-01-01", "2026-01-29", [down, up])] }],
        [agent("slow", "It took too long."), agent("b")],
      ),
    );
    assert.deepEqual(data.agents, ["b"]);
    assert.deepEqual(data.rounds[0]?.cases[0]?.forecasts, [up]);
    assert.deepEqual(leftOut, [{ policy: "slow", code: "ANSWER_TIMED_OUT", reason: "It took too long." }]);
  });

  it("P7 are none where nobody spoke", () => {
    assert.throws(() => forecastsOfHistory(historyOf([])), failsWith("ENSEMBLE_EMPTY", /no day/u));
    const silent = historyOf(
      [{ date: "2026-01-01", cases: [pastCase("IBM", "2026-01-01", "2026-01-29", [up])] }],
      [agent("slow", "It took too long.")],
    );
    assert.throws(() => forecastsOfHistory(silent), failsWith("ENSEMBLE_EMPTY", /Too slow .* slow\./u));
  });

  it("P5 every outcome is known when it is learned from, and no later period would have known it", () => {
    const dayText = (day: number) => new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ gap: fc.integer({ min: 1, max: 40 }), takes: fc.integer({ min: 1, max: 120 }) }),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        (given) => {
          let day = 0;
          const days = given.map(({ gap, takes }) => {
            day += gap;
            return { asOf: dayText(day), to: dayText(day + takes) };
          });
          const history = historyOf(
            days.map(({ asOf, to }) => ({ date: asOf, cases: [pastCase("IBM", asOf, to, [up, down])] })),
          );
          const { delayPeriods } = forecastsOfHistory(history);
          const isKnown = (delay: number) =>
            days.every(({ to }, index) => {
              const learner = days[index + 1 + delay];
              return learner === undefined || to <= learner.asOf;
            });
          assert.ok(isKnown(delayPeriods));
          assert.ok(delayPeriods === 0 || !isKnown(delayPeriods - 1));
        },
      ),
    );
  });

  it("P5 a delay that is too short is refused", () => {
    checkDelay(undefined, 2);
    checkDelay(2, 2);
    assert.throws(
      () => checkDelay(1, 2),
      failsWith("INPUT_INVALID", /delayPeriods is 1; .* 2 further periods/u),
    );
  });
});
