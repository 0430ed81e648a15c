import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import {
  explain,
  type FiredGuardrail,
  findPolicy,
  type Guardrails,
  policies,
  type Resolution,
  renderExplanation,
  resolve,
} from "../index.ts";
import { distributionOf, sampleOpinion, sampleRequest } from "../sample-views.ts";
import { clampDistribution } from "./clamp.ts";

const up = [0.1, 0.2, 0.7];
const down = [0.7, 0.2, 0.1];

function guarded(
  rows: readonly (readonly number[])[],
  guardrails: Guardrails | null,
  policy = "linear-pool",
): Resolution {
  const views = rows.map((row, index) => sampleOpinion(`agent-${index}`, row));
  return resolve(findPolicy(policy), sampleRequest(views, { guardrails }));
}

function nearly(actual: readonly number[] | null, expected: readonly number[]): void {
  const off = expected.map((value, index) => Math.abs(value - (actual?.[index] ?? Number.NaN)));
  assert.ok(Math.max(...off) < 1e-12, `${actual} is not ${expected}`);
}

function firedIn<Type extends FiredGuardrail["type"]>(
  { guardrails = [] }: Resolution,
  type: Type,
): Extract<FiredGuardrail, { readonly type: Type }> | undefined {
  return guardrails.find(
    (fired): fired is Extract<FiredGuardrail, { readonly type: Type }> => fired.type === type,
  );
}

const rowsOfThree = fc.array(
  fc.array(fc.oneof(fc.nat(50), fc.constant(0)), { minLength: 3, maxLength: 3 }).map(distributionOf),
  { minLength: 1, maxLength: 6 },
);

describe("guardrails", () => {
  it("left out, or null, leave the resolution as it is, byte for byte; set but silent, they add only that", () => {
    fc.assert(
      fc.property(rowsOfThree, fc.constantFrom(...policies), (rows, { name }) => {
        const views = rows.map((row, index) => sampleOpinion(`agent-${index}`, row));
        const bare = JSON.stringify(resolve(findPolicy(name), sampleRequest(views)));
        assert.doesNotMatch(bare, /"guardrails"|"action"/);
        assert.equal(JSON.stringify(guarded(rows, null, name)), bare);
        const silent = guarded(
          rows,
          { veto: [], conflict: [{ above: 1, action: "abstain" }], clamp: {} },
          name,
        );
        const { guardrails, action, ...rest } = silent;
        assert.deepEqual([guardrails, action], [[], "accept"]);
        assert.equal(JSON.stringify(rest), bare);
      }),
    );
  });

  it("contributions and then the changes add up to the probabilities exactly, a distribution within its bounds", () => {
    const rules = fc.record({
      above: fc.double({ min: 0, max: 0.9, noNaN: true }),
      floor: fc.double({ min: 0, max: 1 / 3, noNaN: true }),
      ceiling: fc.double({ min: 0.34, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        rowsOfThree,
        rules,
        fc.constantFrom(...policies),
        (rows, { above, floor, ceiling }, { name }) => {
          const conflict = [{ above, action: "shrink", full: 1 } as const];
          const resolution = guarded(rows, { conflict, clamp: { floor, ceiling } }, name);
          const sums = resolution.outcomes.map(() => 0);
          const add = (amounts: readonly number[]) =>
            amounts.forEach((amount, k) => {
              sums[k] = (sums[k] ?? 0) + amount;
            });
          for (const { amounts } of resolution.contributions) add(amounts);
          for (const { change } of resolution.guardrails ?? []) if (change !== null) add(change.amounts);
          assert.deepEqual(sums, resolution.probabilities);
          assert.ok(Math.abs(sums.reduce((sum, p) => sum + p, 0) - 1) < 1e-9);
          assert.ok(sums.every((p) => p >= floor - 1e-9 && p <= ceiling + 1e-9 && p >= 0));
          assert.deepEqual(JSON.parse(JSON.stringify(resolution)), resolution);
        },
      ),
    );
  });

  describe("shrink", () => {
    it("moves towards the prior by the share of the way from the threshold to full", () => {
      const torn = [
        [1, 0, 0],
        [0, 0, 1],
      ];
      const { conflict } = guarded(torn, null);
      const rule = { measure: "otherSideShare", above: 0.1, action: "shrink", full: 0.9 } as const;
      const resolution = guarded(torn, { conflict: [rule] });
      assert.equal(conflict.otherSideShare, 0.5);
      nearly(resolution.probabilities, [0.25 + 1 / 6, 1 / 6, 0.25 + 1 / 6]);
      const fired = firedIn(resolution, "shrink");
      assert.equal(fired?.share, 0.5);
      nearly(fired?.change.before ?? null, [0.5, 0, 0.5]);
      assert.deepEqual(fired?.change.after, resolution.probabilities);
      assert.equal(resolution.action, "accept");
      const prior = { down: 0.2, flat: 0.2, up: 0.6 };
      nearly(guarded(torn, { conflict: [{ ...rule, full: 0.3, prior }] }).probabilities, [0.2, 0.2, 0.6]);
    });

    it("does nothing at or below the threshold", () => {
      const { conflict } = guarded([up, down], null);
      const at = guarded([up, down], { conflict: [{ above: conflict.divergence, action: "shrink" }] });
      assert.deepEqual(at.guardrails, []);
    });
  });

  describe("conflict", () => {
    it("above its threshold asks for what it says, and the gravest counts", () => {
      const ask = (...actions: readonly ("anotherRound" | "askPerson" | "abstain")[]) =>
        guarded([up, down], { conflict: actions.map((action) => ({ above: 0.05, action })) });
      assert.equal(ask("anotherRound").action, "anotherRound");
      assert.equal(ask("askPerson", "anotherRound").action, "askPerson");
      const fired = firedIn(ask("askPerson"), "conflict");
      assert.equal(fired?.measure, "divergence");
      assert.ok((fired?.value ?? 0) > 0.05);
      const withheld = ask("anotherRound", "abstain");
      assert.deepEqual(
        [withheld.status, withheld.probabilities, withheld.lean, withheld.action],
        ["withheld", null, null, "abstain"],
      );
      nearly(
        withheld.contributions[0]?.amounts ?? null,
        down.map((_, k) => (up[k] ?? 0) / 2),
      );
      assert.match(renderExplanation(explain(withheld)), /no view\. A guardrail withholds it/);
    });

    it("reads each measure that it names", () => {
      for (const measure of ["divergence", "otherSideShare", "conflictMass"] as const) {
        const { conflict } = guarded([up, down], null);
        const expected = {
          divergence: conflict.divergence,
          otherSideShare: 0.5,
          conflictMass: conflict.mass?.pairwise,
        }[measure];
        const fired = firedIn(
          guarded([up, down], { conflict: [{ measure, above: 0, action: "askPerson" }] }),
          "conflict",
        );
        assert.equal(fired?.value, expected);
      }
    });

    it("without a quorum nothing is looked at, and the action is to go without a view", () => {
      const request = sampleRequest([sampleOpinion("a", up)], {
        quorum: 2,
        guardrails: { clamp: { ceiling: 0.5 } },
      });
      const { status, guardrails, action } = resolve(findPolicy("linear-pool"), request);
      assert.deepEqual([status, guardrails, action], ["noQuorum", [], "abstain"]);
    });
  });

  describe("veto", () => {
    const rows = [down, up, up, up];
    const veto = { agents: ["agent-0", "agent-9"], side: "lower", atLeast: 0.7 } as const;

    it("fires for a named agent's probability of a side to which the ensemble does not lean, and is recorded", () => {
      const resolution = guarded(rows, { veto: [veto] });
      assert.equal(resolution.status, "withheld");
      assert.deepEqual(resolution.guardrails, [
        {
          type: "veto",
          side: "lower",
          atLeast: 0.7,
          vetoedBy: [{ agent: "agent-0", probability: 0.7 }],
          action: "abstain",
          change: null,
        },
      ]);
      const asked = guarded(rows, { veto: [{ ...veto, action: "askPerson" }] });
      assert.deepEqual([asked.status, asked.action], ["resolved", "askPerson"]);
      assert.match(
        renderExplanation(explain(asked)),
        /Veto by agent-0 \(70\.0%\): at least 70\.0% on the side of down/,
      );
    });

    it("does not fire for others, below its threshold, or where the ensemble leans that way already", () => {
      for (const rule of [
        { ...veto, agents: ["agent-1"] },
        { ...veto, atLeast: 0.71 },
      ]) {
        assert.deepEqual(guarded(rows, { veto: [rule] }).guardrails, []);
      }
      assert.deepEqual(guarded([down, down, up], { veto: [veto] }).guardrails, []);
    });

    it("counts all outcomes on that side of the middle, and the middle one to neither", () => {
      const probabilityOf = (row: readonly number[], side: "lower" | "upper") => {
        const resolution = guarded([row], { veto: [{ agents: ["agent-0"], side, atLeast: 0 }] });
        return firedIn(resolution, "veto")?.vetoedBy[0]?.probability;
      };
      assert.equal(probabilityOf([0.25, 0.125, 0.125, 0.125, 0.375], "lower"), 0.375);
      assert.equal(probabilityOf([0.25, 0.25, 0.25, 0.25], "upper"), 0.5);
    });
  });

  describe("clamp", () => {
    it("gives the nearest distribution within the bounds, by hand", () => {
      nearly(clampDistribution([0.9, 0.1, 0], { floor: 0, ceiling: 0.6 }), [0.6, 0.25, 0.15]);
      nearly(clampDistribution([1, 0, 0], { floor: 0.1, ceiling: 1 }), [0.8, 0.1, 0.1]);
      nearly(clampDistribution([0.5, 0.3, 0.2], { floor: 1 / 3, ceiling: 1 / 3 }), [1 / 3, 1 / 3, 1 / 3]);
      const resolution = guarded([[0.9, 0.1, 0]], { clamp: { ceiling: 0.6 } });
      assert.deepEqual(firedIn(resolution, "clamp")?.outcomes, ["down"]);
      nearly(resolution.probabilities, [0.6, 0.25, 0.15]);
      assert.match(renderExplanation(explain(resolution)), /Clamped: down lay outside 0\.0% to 60\.0%/);
    });

    it("no other distribution within the bounds is nearer", () => {
      const row = fc.array(fc.nat(30), { minLength: 4, maxLength: 4 }).map(distributionOf);
      const bounds = fc.record({
        floor: fc.double({ min: 0, max: 0.25, noNaN: true }),
        ceiling: fc.double({ min: 0.25, max: 1, noNaN: true }),
      });
      fc.assert(
        fc.property(row, row, bounds, (given, other, limits) => {
          const clamped = clampDistribution(given, limits);
          const rival = clampDistribution(other, limits);
          const distance = (to: readonly number[]) =>
            to.reduce((sum, p, k) => sum + (p - (given[k] ?? 0)) ** 2, 0);
          assert.ok(clamped.every((p) => p >= limits.floor && p <= limits.ceiling));
          assert.ok(Math.abs(clamped.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
          assert.ok(distance(clamped) <= distance(rival) + 1e-12);
        }),
      );
    });
  });

  it("P7 names what is wrong with them", () => {
    const bad: readonly (readonly [string, unknown])[] = [
      ["guardrails.vetoes", { vetoes: [] }],
      ["guardrails.veto", { veto: Array(21).fill({ agents: [], side: "lower", atLeast: 1 }) }],
      ["guardrails.veto[0].side", { veto: [{ agents: ["a"], side: "down", atLeast: 0.5 }] }],
      ["guardrails.veto[0].atLeast", { veto: [{ agents: ["a"], side: "lower", atLeast: 2 }] }],
      [
        "guardrails.veto[0].action",
        { veto: [{ agents: ["a"], side: "lower", atLeast: 1, action: "shrink" }] },
      ],
      ["guardrails.conflict[0].action", { conflict: [{ above: 0.1 }] }],
      ["guardrails.conflict[0].above", { conflict: [{ above: Number.NaN, action: "abstain" }] }],
      ["guardrails.conflict[0].measure", { conflict: [{ measure: "anger", above: 0.1, action: "abstain" }] }],
      ["guardrails.conflict[0].full", { conflict: [{ above: 0.5, full: 0.5, action: "shrink" }] }],
      ["guardrails.conflict[0].prior.q", { conflict: [{ above: 0.5, prior: { q: 1 }, action: "shrink" }] }],
      [
        "guardrails.conflict[0].prior.sum",
        { conflict: [{ above: 0.5, prior: { down: 0.5, flat: 0, up: 0.6 }, action: "shrink" }] },
      ],
      ["guardrails.clamp.floor", { clamp: { floor: 0.4 } }],
      ["guardrails.clamp.ceiling", { clamp: { ceiling: 0.3 } }],
    ];
    for (const [field, guardrails] of bad) {
      assert.throws(
        () => resolve(findPolicy("linear-pool"), sampleRequest([sampleOpinion("a", up)], { guardrails })),
        (error) => error instanceof MycroftError && error.details?.["field"] === field,
        field,
      );
    }
  });
});
