import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import {
  certainOutcome,
  type ForecastCase,
  type KnownOutcome,
  type Learner,
  policies,
  resumeLearner,
  startLearner,
  withoutPending,
} from "../index.ts";
import { distributionOf } from "../sample-views.ts";

const up = [0.1, 0.2, 0.7];
const down = [0.7, 0.2, 0.1];

function caseOf(id: string, forecasts: Readonly<Record<string, readonly number[] | number>>): ForecastCase {
  return { id, forecasts: new Map(Object.entries(forecasts)) };
}

function dayAt(index: number): string {
  return new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10);
}

interface Day {
  readonly cases: readonly { readonly rows: readonly (readonly number[] | null)[]; readonly delay: number }[];
  readonly outcome: number;
}

/** Some days with cases that some agents judge; their outcomes come on the same day, later, or never. */
const histories: fc.Arbitrary<readonly Day[]> = fc.array(
  fc.record({
    cases: fc.array(
      fc.record({
        rows: fc.tuple(
          fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }).map(distributionOf),
          ...Array.from({ length: 3 }, () =>
            fc.option(fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }).map(distributionOf), { nil: null }),
          ),
        ),
        delay: fc.constantFrom(0, 1, 3, 99),
      }),
      { maxLength: 3 },
    ),
    outcome: fc.nat(2),
  }),
  { minLength: 1, maxLength: 12 },
);

/** What there is to do on each day; agents of later days come in later. */
function diaryOf(
  days: readonly Day[],
): readonly { cases: ForecastCase[]; outcomes: KnownOutcome[]; on: string }[] {
  return days.map(({ cases }, today) => ({
    on: dayAt(today),
    cases: cases.map(({ rows }, index) => {
      const forecasts = rows.flatMap((row, agent) =>
        row === null ? [] : [[`agent-${agent}`, row] as const],
      );
      return { id: `${today}/${index}`, forecasts: new Map(forecasts) };
    }),
    outcomes: days
      .slice(0, today + 1)
      .flatMap((day, past) =>
        day.cases.flatMap(({ delay }, index) =>
          past + delay === today
            ? [{ id: `${past}/${index}`, observed: certainOutcome(day.outcome, 3) }]
            : [],
        ),
      ),
  }));
}

function walk(learner: Learner, diary: ReturnType<typeof diaryOf>): string[] {
  return diary.map(({ cases, outcomes, on }) => {
    const pooled = learner.forecast(cases, on);
    learner.learn(outcomes, on);
    return JSON.stringify(pooled.map((one) => [one.id, [...one.weights], one.pooled]));
  });
}

for (const { name } of policies) {
  describe(`a learner of ${name}`, () => {
    it("pools into distributions, by weights of those awake with a sum of one", () => {
      fc.assert(
        fc.property(histories, (days) => {
          const learner = startLearner(name);
          for (const { cases, outcomes, on } of diaryOf(days)) {
            learner.forecast(cases, on).forEach(({ weights, pooled }, index) => {
              assert.deepEqual([...weights.keys()], [...(cases[index]?.forecasts.keys() ?? [])]);
              for (const numbers of [[...weights.values()], [pooled].flat()]) {
                const sum = numbers.reduce((all: number, number) => all + Number(number), 0);
                assert.ok(Math.abs(sum - 1) < 1e-9 && numbers.every((number) => Number(number) >= 0));
              }
            });
            learner.learn(outcomes, on);
          }
        }),
        { numRuns: 30 },
      );
    });

    it("resumed from JSON at any day goes on byte for byte", () => {
      fc.assert(
        fc.property(histories, fc.nat(12), (days, cut) => {
          const diary = diaryOf(days);
          const straight = startLearner(name);
          const expected = walk(straight, diary);
          const first = startLearner(name);
          const before = walk(first, diary.slice(0, cut));
          const second = resumeLearner(JSON.parse(JSON.stringify(first.save())));
          assert.deepEqual([...before, ...walk(second, diary.slice(cut))], expected);
          assert.equal(JSON.stringify(second.save()), JSON.stringify(straight.save()));
        }),
        { numRuns: 30 },
      );
    });

    it("E1 gives the same in whatever order forecasts' agents and a day's outcomes come", () => {
      fc.assert(
        fc.property(histories, (days) => {
          const diary = diaryOf(days);
          const turned = diary.map(({ cases, outcomes, on }) => ({
            on,
            cases: cases.map(({ id, forecasts }) => ({
              id,
              forecasts: new Map([...forecasts].toReversed()),
            })),
            outcomes: outcomes.toReversed(),
          }));
          assert.deepEqual(walk(startLearner(name), turned), walk(startLearner(name), diary));
        }),
        { numRuns: 20 },
      );
    });
  });
}

describe("a learner", () => {
  it("P5 a forecast rests on nothing that became known after it", () => {
    fc.assert(
      fc.property(histories, fc.nat(11), (days, from) => {
        // Outcomes of the future are other ones; forecasts up to then are the same.
        const other = days.map((day, index) =>
          index < from ? day : { ...day, outcome: (day.outcome + 1) % 3 },
        );
        const known = (list: readonly Day[]) => walk(startLearner("boa"), diaryOf(list)).slice(0, from + 1);
        assert.deepEqual(known(other), known(days));
      }),
    );
  });

  it("learns only when the outcome comes, from the pool as it was when it was forecast", () => {
    const learner = startLearner("ewa", { policy: { rate: 10 } });
    const both = { a: up, b: down };
    learner.forecast([caseOf("early", both)], dayAt(0));
    assert.equal(learner.weightsOf(["a", "b"]).get("a"), 0.5);
    learner.forecast([caseOf("late", both)], dayAt(1));
    learner.learn([{ id: "late", observed: [0, 0, 1] }], dayAt(2));
    const once = learner.agents.map(({ regret }) => regret);
    learner.learn([{ id: "early", observed: [0, 0, 1] }], dayAt(3));
    // Both were pooled by equal weights: the second round moves the regrets by as much as the first.
    assert.deepEqual(
      learner.agents.map(({ regret }) => regret),
      once.map((regret) => 2 * regret),
    );
    assert.ok((learner.weightsOf(["a", "b"]).get("a") ?? 0) > 0.8);
  });

  it("takes the outcomes of one day as one round, averaged over its cases", () => {
    const together = startLearner("ewa");
    const alone = startLearner("ewa");
    together.forecast([caseOf("1", { a: up, b: down }), caseOf("2", { a: up, b: down })], dayAt(0));
    alone.forecast([caseOf("1", { a: up, b: down })], dayAt(0));
    const outcome = (id: string) => ({ id, observed: [0, 0, 1] });
    together.learn([outcome("1"), outcome("2")], dayAt(1));
    alone.learn([outcome("1")], dayAt(1));
    assert.deepEqual(together.weightsOf(["a", "b"]), alone.weightsOf(["a", "b"]));
    assert.deepEqual([together.counts.rounds, together.counts.learned], [1, 2]);
  });

  it("leaves one who sleeps where it was, and judges it on the cases that it judged", () => {
    const learner = startLearner("ewa");
    learner.forecast([caseOf("1", { a: up, b: down, c: up })], dayAt(0));
    learner.forecast([caseOf("2", { a: up, b: down })], dayAt(0));
    learner.learn([{ id: "2", observed: [0, 0, 1] }], dayAt(1));
    const asleep = learner.agents.find(({ agent }) => agent === "c");
    assert.deepEqual(asleep, {
      agent: "c",
      scored: 0,
      totalLoss: 0,
      rounds: 0,
      regret: 0,
      from: null,
      to: null,
    });
    const [a = 0, b = 0, c = 0] = learner.weightsOf(["a", "b", "c"]).values();
    assert.ok(a > c && c > b);
  });

  it("P8 keeps a stated number of pending cases, drops the oldest and counts", () => {
    const learner = startLearner("boa", { pendingCases: 2 });
    for (const id of ["1", "2", "3"]) learner.forecast([caseOf(id, { a: up })], dayAt(0));
    learner.learn(
      ["1", "2", "unheard of"].map((id) => ({ id, observed: [0, 0, 1] })),
      dayAt(1),
    );
    learner.learn([{ id: "2", observed: [0, 0, 1] }], dayAt(2));
    assert.deepEqual(learner.counts, {
      rounds: 1,
      forecast: 3,
      learned: 1,
      dropped: 1,
      unmatched: 3,
      pending: 1,
    });
    assert.deepEqual(
      learner.save().pending.map(({ id }) => id),
      ["3"],
    );
    assert.deepEqual(withoutPending(learner.save()).pending, []);
  });

  it("P8 what it saves does not grow with the number of rounds", () => {
    const learner = startLearner("squint");
    const numbers = () => JSON.stringify(learner.save()).split(",").length;
    let after = 0;
    for (let day = 0; day < 200; day += 1) {
      learner.forecast([caseOf("x", { a: up, b: down })], dayAt(day));
      learner.learn([{ id: "x", observed: certainOutcome(day % 3, 3) }], dayAt(day));
      if (day === 0) after = numbers();
    }
    assert.equal(numbers(), after);
  });

  it("pools points, by the square loss unless another is stated", () => {
    for (const loss of [undefined, "absolute", "pinball"] as const) {
      const learner = startLearner("ml-pol", { loss, ...(loss === "pinball" && { level: 0.9 }) });
      for (let day = 0; day < 20; day += 1) {
        learner.forecast([caseOf("x", { low: 90, high: 101 })], dayAt(day));
        learner.learn([{ id: "x", observed: 100 }], dayAt(day));
      }
      const [pool] = learner.forecast([caseOf("y", { low: 90, high: 101 })], dayAt(30));
      assert.ok(Math.abs(Number(pool?.pooled) - 100) < 1.2, String(pool?.pooled));
      assert.equal(learner.save().loss?.name, loss ?? "square");
    }
  });

  it("can learn from the losses as they are", () => {
    const learner = startLearner("ewa", { gradient: false, loss: "brier" });
    learner.forecast([caseOf("x", { a: [0, 0, 1], b: [1, 0, 0] })], dayAt(0));
    learner.learn([{ id: "x", observed: [0, 0, 1] }], dayAt(0));
    // The pool (1/2, 0, 1/2) costs 1/2, the agents 0 and 2.
    assert.deepEqual(
      learner.agents.map(({ regret }) => regret),
      [0.5, -1.5],
    );
  });

  it("P7 bad input is an error that names agent, field, value and limit, and changes nothing", () => {
    const learner = startLearner("ewa");
    learner.forecast([caseOf("x", { a: up, b: down })], dayAt(5));
    learner.learn([{ id: "x", observed: [0, 0, 1] }], dayAt(6));
    learner.forecast([caseOf("open", { a: up })], dayAt(7));
    const before = JSON.stringify(learner.save());
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, k) => [`new ${k}`, up]));
    const bad: readonly (readonly [code: string, field: string, () => unknown])[] = [
      [
        "OPINION_INVALID",
        "cases[0].forecasts.a[0]",
        () => learner.forecast([caseOf("y", { a: [Number.NaN, 1, 0] })], dayAt(8)),
      ],
      [
        "OPINION_INVALID",
        "cases[0].forecasts.a.sum",
        () => learner.forecast([caseOf("y", { a: [0.5, 0.1, 0.1] })], dayAt(8)),
      ],
      [
        "OPINION_INVALID",
        "cases[1].forecasts.a",
        () => learner.forecast([caseOf("y", { a: up }), caseOf("z", { a: 7 })], dayAt(8)),
      ],
      [
        "OPINION_DIMENSION",
        "cases[0].forecasts.b",
        () => learner.forecast([caseOf("y", { a: up, b: [0.5, 0.5] })], dayAt(8)),
      ],
      [
        "OPINION_DIMENSION",
        "cases[0].forecasts.a",
        () => learner.forecast([caseOf("y", { a: [1] })], dayAt(8)),
      ],
      ["ENSEMBLE_EMPTY", "forecasts", () => learner.forecast([caseOf("y", {})], dayAt(8))],
      ["INPUT_INVALID", "cases[0].id", () => learner.forecast([caseOf("open", { a: up })], dayAt(8))],
      [
        "INPUT_INVALID",
        "cases[1].id",
        () => learner.forecast([caseOf("y", { a: up }), caseOf("y", { a: up })], dayAt(8)),
      ],
      ["INPUT_INVALID", "on", () => learner.forecast([caseOf("y", { a: up })], "2020-02-30")],
      ["LOOK_AHEAD", "on", () => learner.forecast([caseOf("y", { a: up })], dayAt(5))],
      ["LIMIT_EXCEEDED", "agents", () => learner.forecast([caseOf("y", many)], dayAt(8))],
      ["LOOK_AHEAD", "on", () => learner.learn([{ id: "open", observed: [0, 0, 1] }], dayAt(6))],
      ["LOOK_AHEAD", "on", () => learner.learn([], dayAt(5))],
      [
        "OPINION_DIMENSION",
        "outcomes[0].observed",
        () => learner.learn([{ id: "open", observed: [0, 1] }], dayAt(8)),
      ],
      [
        "OPINION_INVALID",
        "outcomes[0].observed",
        () => learner.learn([{ id: "open", observed: 3 }], dayAt(8)),
      ],
      [
        "INPUT_INVALID",
        "outcomes[1].id",
        () => learner.learn(Array(2).fill({ id: "open", observed: [0, 0, 1] }), dayAt(8)),
      ],
      ["ENSEMBLE_EMPTY", "agents", () => learner.weightsOf([])],
      ["INPUT_INVALID", "agents[0]", () => learner.weightsOf([""])],
    ];
    for (const [code, field, act] of bad) {
      assert.throws(
        act,
        (error) => error instanceof MycroftError && error.code === code && error.details?.["field"] === field,
        `${code} ${field}`,
      );
      assert.equal(JSON.stringify(learner.save()), before, `${code} ${field} changed something`);
    }
    const points = startLearner("ewa");
    assert.throws(() => points.forecast([caseOf("y", { a: 1e16 })], dayAt(0)), { code: "INPUT_INVALID" });
    assert.throws(() => points.forecast([caseOf("y", { a: Number.NaN })], dayAt(0)), {
      code: "INPUT_INVALID",
    });
  });

  it("P7 checks settings and states", () => {
    assert.throws(() => startLearner("best"), { code: "POLICY_UNKNOWN" });
    assert.throws(() => startLearner("ewa", { policy: { rate: -1 } }), { code: "POLICY_INVALID" });
    assert.throws(() => startLearner("ewa", { pendingCases: 0 }), { code: "INPUT_INVALID" });
    assert.throws(() => startLearner("ewa", { level: 0.5 }), { code: "INPUT_INVALID" });
    assert.throws(() => startLearner("ewa", { loss: "rps", level: 0.5 }), { code: "INPUT_INVALID" });
    assert.throws(() => startLearner("median", { loss: "pinball", level: 1 }), { code: "INPUT_INVALID" });
    const learner = startLearner("ewa");
    learner.forecast([caseOf("x", { a: up, b: down })], dayAt(0));
    learner.learn([{ id: "x", observed: [0, 0, 1] }], dayAt(0));
    const state = learner.save();
    const bad: readonly unknown[] = [
      null,
      { ...state, format: 2 },
      { ...state, agents: [state.agents[0], state.agents[0]] },
      { ...state, agents: [] },
      { ...state, loss: { name: "luck", level: null } },
      { ...state, counts: { ...state.counts, rounds: -1 } },
      { ...state, learnedOn: "soon" },
      { ...state, rule: { ...state.rule, columns: { regret: [Number.NaN, 0] } } },
      { ...state, rule: { ...state.rule, columns: {} } },
      { ...state, rule: null },
      { ...state, pending: [{ id: "y", on: dayAt(0), agents: [7], forecasts: [up], pooled: up }] },
    ];
    for (const one of bad)
      assert.throws(() => resumeLearner(one), { code: "INPUT_INVALID" }, JSON.stringify(one));
    const older = { ...state, policy: { ...state.policy, version: "0.9.0" } };
    assert.throws(() => resumeLearner(older), { code: "POLICY_INVALID" });
  });
});
