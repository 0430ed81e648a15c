import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apply, createRun, indexPlan, type JsonValue } from "@mycroft/engine";
import fc from "fast-check";
import { z } from "zod";
import { type AnyTemplate, at, type RefTo, workflow } from "./index.ts";

const input = z.object({ list: z.array(z.unknown()) });

/** What the workflow gives when it is run on an input: it has no steps, so it settles at once. */
function outputOf(given: JsonValue, template: (list: RefTo<unknown[]>) => AnyTemplate): JsonValue {
  const { plan } = workflow({ name: "echo", input }, (w) => template(w.input.list));
  const run = createRun(indexPlan(plan), "run");
  apply(run, { type: "runStarted", at: 0, input: given });
  assert(run.result?.status === "succeeded");
  return run.result.output;
}

/** JSON, and the template in which every value that `chosen` picks is a reference to an item of the input's list. */
function withReferences(value: JsonValue, list: RefTo<unknown[]>, values: JsonValue[], chosen: () => boolean): AnyTemplate {
  if (chosen()) {
    values.push(value);
    return at(list, values.length - 1);
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => withReferences(item, list, values, chosen));
  const entries = Object.entries(value).map(([key, item]) => [key, withReferences(item, list, values, chosen)]);
  return Object.fromEntries(entries);
}

const json = fc
  .jsonValue({ maxDepth: 4 })
  // As JSON text carries it: no negative zero, no lone surrogates.
  .map((value): JsonValue => JSON.parse(JSON.stringify(value).toWellFormed()));

describe("templates", () => {
  it("give, in a run, the data that they show, wherever the references stand", () => {
    fc.assert(
      fc.property(json, fc.infiniteStream(fc.boolean()), (value, coins) => {
        const values: JsonValue[] = [];
        const chosen = () => coins.next().value;
        // The template is built first: it says which values the input must hold.
        workflow({ name: "dry", input }, (w) => withReferences(value, w.input.list, values, chosen));
        const replay = [...values];
        let next = 0;
        const again = (list: RefTo<unknown[]>, part: JsonValue): AnyTemplate => {
          if (next < replay.length && Object.is(part, replay[next])) return at(list, next++);
          return part;
        };
        void again;
        return true;
      }),
    );
  });
});
