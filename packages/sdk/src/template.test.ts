import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apply, createRun, indexPlan, type JsonValue, type Plan } from "@mycroft/engine";
import fc from "fast-check";
import { z } from "zod";
import { type AnyTemplate, at, type RefTo, workflow } from "./index.ts";

const input = z.object({ list: z.array(z.unknown()) });

/** What a workflow without steps gives: it settles at once. */
function outputOf(plan: Plan, given: JsonValue): JsonValue {
  const run = createRun(indexPlan(plan), "run");
  apply(run, { type: "runStarted", at: 0, input: given });
  assert(run.result?.status === "succeeded");
  return run.result.output;
}

/** Data as a template in which each part that `chosen` picks is a reference to the next item of `values`. */
class Scattering {
  readonly values: JsonValue[] = [];
  readonly #list: RefTo<unknown[]>;
  readonly #chosen: () => boolean;

  constructor(list: RefTo<unknown[]>, chosen: () => boolean) {
    this.#list = list;
    this.#chosen = chosen;
  }

  scatter(value: JsonValue): AnyTemplate {
    if (this.#chosen()) {
      this.values.push(value);
      return at(this.#list, this.values.length - 1);
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.scatter(item));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.scatter(item)]));
  }
}

const json = fc
  .jsonValue({ maxDepth: 4 })
  // As JSON text carries it: no negative zero, no lone surrogates.
  .map((value): JsonValue => JSON.parse(JSON.stringify(value).toWellFormed()));

describe("templates", () => {
  it("give, in a run, the data that they show, wherever references stand", () => {
    fc.assert(
      fc.property(json, fc.array(fc.boolean(), { minLength: 1 }), (value, coins) => {
        let toss = 0;
        const values: JsonValue[] = [];
        const { plan } = workflow({ name: "echo", input }, (w) => {
          const scattering = new Scattering(w.input.list, () => coins[toss++ % coins.length] ?? false);
          const template = scattering.scatter(value);
          values.push(...scattering.values);
          return template;
        });
        assert.deepEqual(outputOf(plan, { list: values }), value);
      }),
    );
  });

  it("become one constant where they hold no reference", () => {
    fc.assert(
      fc.property(json, (value) => {
        const { definition } = workflow({ name: "constant", input }, () => value);
        assert.deepEqual(definition.output, { kind: "const", value });
      }),
    );
  });

  it("leave out what is undefined, and write negative zero as JSON does", () => {
    const { definition } = workflow({ name: "small", input }, () => ({
      a: undefined,
      b: [-0],
      c: { d: undefined },
    }));
    assert.deepEqual(definition.output, { kind: "const", value: { b: [0], c: {} } });
  });

  it("keep a property named __proto__ as data", () => {
    const { plan } = workflow({ name: "proto", input }, (w): AnyTemplate => {
      return Object.fromEntries([["__proto__", at(w.input.list, 0)]]);
    });
    const output = outputOf(plan, { list: ["x"] });
    assert.deepEqual(Object.entries(output ?? {}), [["__proto__", "x"]]);
  });
});
