import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { checkEvaluationData, type EvaluationData, evaluate, renderHtmlReport } from "./index.ts";

const right = {
  kind: "distribution",
  outcomes: ["down", "up"],
  agents: ["a", "b"],
  rounds: [
    {
      period: "1",
      cases: [
        {
          subject: "s",
          forecasts: [
            [0.5, 0.5],
            [0.4, 0.6],
          ],
          observed: [1, 0],
        },
      ],
    },
    { period: "2", cases: [{ subject: "s", forecasts: [[0.5, 0.5], null], observed: [0, 1] }] },
  ],
};

const strange = [
  undefined,
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e308,
  -1,
  "",
  "x".repeat(5_000),
  {},
  [null],
  // biome-ignore lint/suspicious/noSparseArray: holes are what is tested.
  [, 1],
  [0.5, 0.5, 0.5],
  true,
  Symbol("s"),
  10n,
];

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]))];
}

function withValueAt(path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  const data = structuredClone(right);
  let at: object = data;
  for (const key of path.slice(0, -1)) {
    const next: unknown = Reflect.get(at, key);
    assert.ok(typeof next === "object" && next !== null);
    at = next;
  }
  Reflect.set(at, path.at(-1) ?? "", value);
  return data;
}

/** A symbol cannot be cloned, and `null` is an abstention; all else that is strange is wrong wherever it stands. */
function isFine(path: readonly string[], value: unknown): boolean {
  const [, , , , field, , component] = path;
  return field === "forecasts" && component === undefined && path.length === 6 && value === null;
}

describe("checkEvaluationData", () => {
  it("P7 says what is wrong, wherever it stands, and crashes on nothing", () => {
    for (const path of pathsIn(right)) {
      for (const value of strange) {
        const what = `${path.join(".")} ${String(value)}`;
        const check = () => Reflect.apply(checkEvaluationData, undefined, [withValueAt(path, value)]);
        if (isFine(path, value)) continue;
        assert.throws(
          check,
          (error) =>
            error instanceof MycroftError && error.code !== "INTERNAL" && error.details !== undefined,
          what,
        );
      }
    }
  });

  it("P7 refuses periods without any case, and a subject that is there twice", () => {
    const empty = { ...right, rounds: [{ period: "1", cases: [] }] };
    assert.throws(() => Reflect.apply(evaluate, undefined, [empty]), { code: "ENSEMBLE_EMPTY" });
    const [first] = right.rounds;
    const twice = {
      ...right,
      rounds: [{ period: "1", cases: [...(first?.cases ?? []), ...(first?.cases ?? [])] }],
    };
    assert.throws(() => Reflect.apply(evaluate, undefined, [twice]), { code: "INPUT_INVALID" });
  });
});

describe("evaluate", () => {
  it("P7 refuses options that are none", () => {
    for (const options of [
      { polices: "all" },
      { policies: "boa" },
      { policies: [null] },
      { ownPolicies: [{}] },
      { confidence: "0.9" },
      { onPolicy: 7 },
      7,
    ]) {
      assert.throws(
        () => Reflect.apply(evaluate, undefined, [right, options]),
        { code: "INPUT_INVALID" },
        JSON.stringify(options),
      );
    }
  });

  it("P6 P7 carries the largest and the smallest points through to a report, without -0", () => {
    for (const values of [
      [1e15, 1e15 - 0.125],
      [5e-324, 0],
      [-0, -0],
    ]) {
      const data: EvaluationData = {
        kind: "point",
        outcomes: [],
        agents: ["a", "b"],
        rounds: Array.from({ length: 6 }, (_, round) => ({
          period: `p${round}`,
          cases: [{ subject: "s", forecasts: values, observed: values[round % 2] ?? 0 }],
        })),
      };
      for (const score of ["square", "absolute"] as const) {
        const evaluation = evaluate(data, { score, policies: ["boa"], resamples: 100 });
        assert.deepEqual(JSON.parse(JSON.stringify(evaluation)), evaluation);
        assert.doesNotMatch(renderHtmlReport(evaluation, { title: "x" }), /NaN|Infinity|undefined/);
      }
    }
  });
});
