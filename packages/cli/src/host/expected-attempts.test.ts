import assert from "node:assert/strict";
import { test } from "node:test";
import { defineFunction, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { sampleWorkflow } from "../testing/sample-workflow.ts";
import { expectedAttempts } from "./expected-attempts.ts";

test("a map over the input counts once for each item", () => {
  const { plan } = sampleWorkflow;
  // Two askings and a resolution for each company; report, send and alarm.
  assert.equal(expectedAttempts(plan, { universe: ["A", "B", "C"] }), 3 * 3 + 3);
  assert.equal(expectedAttempts(plan, { universe: [] }), 3);
  assert.equal(expectedAttempts(plan, {}), null);
  assert.equal(expectedAttempts(plan, null), null);
});

test("a map over a step's output cannot be counted before", () => {
  const list = defineFunction({
    name: "list",
    version: "1",
    input: z.object({}),
    output: z.array(z.number()),
    run: () => [1, 2],
  });
  const { plan } = workflow({ name: "unknown", input: z.object({}) }, (w) => {
    const numbers = w.call("numbers", list, {});
    return w.map("each", numbers, (m) => m.call("again", list, {}));
  });
  assert.equal(expectedAttempts(plan, {}), null);
});
