import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import {
  findPolicy,
  policies,
  resolve,
  resumeDriftMonitor,
  resumeLearner,
  startDriftMonitor,
  startLearner,
} from "../index.ts";
import { sampleOpinion, sampleRequest } from "../sample-views.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const dayAt = (index: number) => `2010-01-0${index + 1}`;
const names = ["__proto__", "constructor", "<b>"] as const;
const said = [
  [0.2, 0.5, 0.3],
  [1, 0, 0],
  [0.1, 0.1, 0.8],
];

/** Three rounds, in the first of which one agent slept, and two cases that wait. */
function savedBy(policy: string): string {
  const learner = startLearner(policy);
  for (let day = 0; day < 4; day += 1) {
    const cases = ["x", "y"].map((id, shift) => ({
      id: `${day}${id}`,
      context: "calm",
      forecasts: new Map(
        names
          .slice(day === 0 ? 1 : 0)
          .map((name, index) => [name, said[(index + day + shift) % 3] ?? []] as const),
      ),
    }));
    learner.forecast(cases, dayAt(day));
    if (day < 3) learner.learn([{ id: `${day}x`, observed: [0, 1, 0] }], dayAt(day));
  }
  return JSON.stringify(learner.save());
}

const saved = new Map(policies.map(({ name }) => [name, savedBy(name)]));

function isContainer(value: Json | undefined): value is Json[] | { [key: string]: Json } {
  return typeof value === "object" && value !== null;
}

function pathsIn(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (!isContainer(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]))];
}

/** One value at a path replaced by another, or taken away. */
function tampered(text: string, pick: number, value: Json | undefined): Json {
  const state: Json = JSON.parse(text);
  const paths = pathsIn(state).slice(1);
  const path = paths[pick % paths.length] ?? [];
  let at: Json | undefined = state;
  for (const key of path.slice(0, -1)) at = isContainer(at) ? Reflect.get(at, key) : undefined;
  const last = path.at(-1) ?? "";
  if (Array.isArray(at) && value === undefined) at.splice(Number(last), 1);
  else if (isContainer(at) && value === undefined) Reflect.deleteProperty(at, last);
  else if (isContainer(at)) Reflect.set(at, last, value);
  return state;
}

function assertFinite(value: unknown): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value) && !Object.is(value, -0), String(value));
  else if (value instanceof Map) for (const item of value.values()) assertFinite(item);
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(assertFinite);
}

/** All that can be done with a state; what is refused is refused when it is read. */
function useState(policy: string, state: Json): void {
  const learner = resumeLearner(state);
  const ask = {
    id: "next",
    context: "calm",
    forecasts: new Map(said.map((row, k) => [names[k] ?? "", row])),
  };
  assertFinite(learner.forecast([ask], "2011-01-01"));
  assertFinite(learner.weightsOf([names[0], "new"]));
  const outcome = [1, 0, 0];
  learner.learn(
    [
      { id: "next", observed: outcome },
      { id: "3x", observed: outcome },
    ],
    "2011-01-02",
  );
  assertFinite(learner.save());
  assert.deepEqual(resumeLearner(JSON.parse(JSON.stringify(learner.save()))).save(), learner.save());
  const views = said.map((row, k) => sampleOpinion(names[k] ?? "", row, { asOf: "2011-01-03" }));
  const record = { agents: [], learned: state };
  assertFinite(resolve(findPolicy(policy), sampleRequest(views, { asOf: "2011-01-03", record })));
}

const strange: fc.Arbitrary<Json | undefined> = fc.constantFrom<(Json | undefined)[]>(
  undefined,
  null,
  -1,
  -5,
  0,
  1.5,
  1e308,
  -1e308,
  5e-324,
  "",
  "x",
  "2011-13-01",
  true,
  {},
  [],
  [1],
);

describe("a learner's state that was tampered with", () => {
  it("P7 is refused when it is read, or harmless: no NaN comes of it, and no crash", () => {
    const policy = fc.constantFrom(...policies.map(({ name }) => name));
    fc.assert(
      fc.property(policy, fc.nat(10_000), strange, (name, pick, value) => {
        const state = tampered(saved.get(name) ?? "", pick, value);
        try {
          useState(name, state);
        } catch (error) {
          if (!(error instanceof MycroftError) || error.code === "INTERNAL") throw error;
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it("P7 has no holes in its lists", () => {
    for (const field of ["agents", "pending"] as const) {
      const state = { ...startLearner("boa").save(), [field]: new Array(1) };
      assert.throws(() => resumeLearner(state), { code: "INPUT_INVALID" }, field);
    }
    const monitor = { ...startDriftMonitor().save(), agents: new Array(1) };
    assert.throws(() => resumeDriftMonitor(monitor), { code: "INPUT_INVALID" });
  });

  it("P7 names what is wrong with a rule's numbers, with cases that wait, and with agents", () => {
    const wrong: readonly (readonly [string, string, (string | number)[], Json])[] = [
      ["ml-pol", "rule.squares[0]", ["rule", "columns", "squares", 0], -1],
      ["ml-pol", "state.rule.columns.regret[0]", ["rule", "columns", "regret", 0], 1e308],
      ["squint", "rule.squares[2]", ["rule", "columns", "squares", 2], -1],
      ["ogd", "rule.point[2]", ["rule", "columns", "point", 2], -1],
      ["fixed-share", "rule.run6[0]", ["rule", "columns", "run6", 0], -1],
      ["boa", "state.pending[3].pooled[1]", ["pending", 3, "pooled", 1], -1e308],
      ["boa", "state.pending[3].forecasts[0].sum", ["pending", 3, "forecasts", 0, 0], 1],
      ["boa", "state.pending[1].id", ["pending", 1, "id"], "0y"],
      ["boa", "state.pending[3].agents[1]", ["pending", 3, "agents"], [0, 0, 1]],
      ["boa", "state.pending[0]", ["loss"], null],
      ["past-score", "state.agents[0].from", ["agents", 0, "scored"], 0],
    ];
    for (const [policy, field, path, value] of wrong) {
      const state: Json = JSON.parse(saved.get(policy) ?? "");
      let at: Json | undefined = state;
      for (const key of path.slice(0, -1)) at = isContainer(at) ? Reflect.get(at, key) : undefined;
      assert.ok(isContainer(at));
      Reflect.set(at, path.at(-1) ?? "", value);
      assert.throws(
        () => resumeLearner(state),
        (error) =>
          error instanceof MycroftError &&
          error.code === "INPUT_INVALID" &&
          error.details?.["field"] === field,
        `${policy} ${field}`,
      );
    }
  });
});

describe("a learner that refuses", () => {
  it("P7 has not changed when the policy has no room for the agents", () => {
    const learner = startLearner("stacking");
    learner.forecast([{ id: "1", forecasts: new Map([["a", [0.5, 0.5]]]) }], dayAt(0));
    const before = learner.save();
    const crowd = new Map(Array.from({ length: 201 }, (_, index) => [`agent ${index}`, [0.5, 0.5]] as const));
    assert.throws(() => learner.forecast([{ id: "2", forecasts: crowd }], dayAt(1)), {
      code: "LIMIT_EXCEEDED",
    });
    assert.deepEqual(learner.save(), before);
    assert.deepEqual(resumeLearner(before).save(), before);
  });

  it("P7 has not changed when a later case of the day is too much for the policy", () => {
    const learner = startLearner("pcr6");
    const before = learner.save();
    const row = Array.from({ length: 101 }, () => 1 / 101);
    const crowd = new Map(Array.from({ length: 100 }, (_, index) => [`agent ${index}`, row] as const));
    const small = { id: "1", forecasts: new Map([["a", [0.5, 0.5]]]) };
    assert.throws(() => learner.forecast([small, { id: "2", forecasts: crowd }], dayAt(0)), {
      code: "LIMIT_EXCEEDED",
    });
    assert.deepEqual(learner.save(), before);
  });
});
