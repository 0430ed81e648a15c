import assert from "node:assert/strict";
import { test } from "node:test";
import { everyKind, placeOrder, sampleWorkflow } from "@mycroft/record/testing";
import { defineFunction, eq, workflow } from "@mycroft/sdk";
import { z } from "zod";
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

test("rounds cannot be counted before, unless there is one; waits are no attempts, and a child run is one", () => {
  assert.equal(expectedAttempts(everyKind.plan, { order: "7" }), null);
  assert.equal(expectedAttempts(placeOrder.plan, { side: "up", order: "7" }), 1);
  const noop = defineFunction({
    name: "noop",
    version: "1",
    input: z.object({}),
    output: z.number(),
    run: () => 1,
  });
  const rounds = (maxRounds: number, steps: number) =>
    workflow({ name: "rounds", input: z.object({}) }, (w) => {
      w.approve("approve", null);
      w.waitFor("wait", { signal: "go", schema: z.number() });
      w.sleep("sleep", { durationMs: 1 });
      w.run("run", placeOrder, { side: "up", order: "7" });
      return w.repeat(
        "repeat",
        0,
        (r) => {
          r.sleep("pause", { durationMs: 1 });
          for (let step = 0; step < steps; step += 1) r.call(`call${step}`, noop, {});
          return { output: r.round, until: eq(r.round, 3) };
        },
        { maxRounds },
      );
    }).plan;
  assert.equal(expectedAttempts(rounds(1, 2), {}), 3);
  assert.equal(expectedAttempts(rounds(5, 0), {}), 1);
  assert.equal(expectedAttempts(rounds(5, 1), {}), null);
});
