/** Reading a part of how a step settled: `{ kind: "settled", step, path }`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { apply } from "./apply.ts";
import { compile } from "./compile.ts";
import { indexPlan } from "./plan-index.ts";
import { createRun } from "./run-state.ts";
import { call, constant, objectOf, outputOf, settled, workflow } from "./testing/steps.ts";
import type { Expression, JsonValue, PathSegment, StepDefinition } from "./workflow-definition.ts";

const part = (step: string, ...path: readonly PathSegment[]): Expression => ({ kind: "settled", step, path });
const first = call("first", {
  outputSchema: {
    type: "object",
    properties: { n: { type: "integer" } },
    required: ["n"],
    additionalProperties: false,
  },
});
const parts = objectOf({
  status: part("first", "status"),
  n: part("first", "output", "n"),
  code: part("first", "error", "code"),
  reason: part("first", "reason"),
});

/** @param outcome the output of `first`, or null for a failure. */
function givenTo(steps: readonly StepDefinition[], outcome: JsonValue): JsonValue | undefined {
  const run = createRun(indexPlan(compile(workflow(steps))), "r");
  const commands = [...apply(run, { type: "runStarted", at: 0, input: null })];
  for (let command = commands.shift(); command !== undefined; command = commands.shift()) {
    if (command.type !== "startAttempt") continue;
    const { task, attempt, step } = command;
    if (step === "reader") return command.input;
    const error = { code: "BROKEN", message: "It broke.", retryable: false };
    const end =
      outcome === null
        ? ({ type: "attemptFailed", at: 1, task, attempt, error } as const)
        : ({ type: "attemptSucceeded", at: 1, task, attempt, output: outcome } as const);
    commands.push(...apply(run, end));
  }
  return undefined;
}

test("E2 a part that goes with how the step settled is there, any other is absent", () => {
  const reader = call("reader", { trigger: "allDone", input: parts });
  assert.deepEqual(givenTo([first, reader], { n: 3 }), { status: "succeeded", n: 3 });
  assert.deepEqual(givenTo([first, reader], null), { status: "failed", code: "BROKEN" });
  const skipped = { ...first, when: { op: "exists", value: { kind: "input", path: [] } } } as const;
  assert.deepEqual(givenTo([skipped, reader], null), {
    status: "skipped",
    reason: "its condition does not hold",
  });
});

test("E2 a condition reads it", () => {
  const when = { op: "eq", left: part("first", "status"), right: constant("failed") } as const;
  const reader = call("reader", { trigger: "allDone", when, input: constant("ran") });
  assert.equal(givenTo([first, reader], null), "ran");
  assert.equal(givenTo([first, reader], { n: 3 }), undefined);
});

test("plans without such paths keep their hashes", () => {
  const reader = (how: Expression) => compile(workflow([first, call("reader", { input: how })]));
  const plain = reader(settled("first"));
  assert.deepEqual(reader(part("first")), plain);
  assert.notEqual(reader(part("first", "status")).hash, plain.hash);
  const [, stored] = plain.workflow.steps;
  assert.deepEqual(stored?.kind === "call" && stored.input, { kind: "settled", step: "first" });
  assert.deepEqual(compile(reader(part("first", "status")).workflow), reader(part("first", "status")));
});

test("P7 a part that no outcome has is refused, and so is one that does not fit", () => {
  const refused = (input: Expression, inputSchema = {}) => {
    try {
      compile(workflow([first, call("reader", { input, inputSchema })]));
    } catch (thrown) {
      assert(thrown instanceof MycroftError);
      return `${thrown.code}: ${thrown.message}`;
    }
    return assert.fail("nothing was thrown");
  };
  assert.match(refused(part("first", "state")), /^PLAN_TYPE_MISMATCH: .*reads state of how "first" settled/);
  assert.match(refused(part("first", "output", "size")), /reads output\.size of how "first" settled/);
  assert.match(refused(part("first", "error", "stack")), /reads error\.stack of how "first" settled/);
  const needsText = { type: "object", properties: { value: { type: "string" } }, required: ["value"] };
  assert.match(
    refused(objectOf({ value: part("first", "status") }), {
      type: "object",
      properties: { value: { enum: ["succeeded"] } },
    }),
    /input\.value gives "failed"/,
  );
  assert.match(refused(objectOf({ value: part("first", "reason") }), needsText), /value may be missing/);
  assert.match(refused(part("first", "status", 0)), /PLAN_TYPE_MISMATCH/);
});

test("E2 a repeat ends on how a step of its round settled", () => {
  const round: StepDefinition = {
    kind: "repeat",
    name: "rounds",
    initial: constant(null),
    maxRounds: 5,
    until: { op: "eq", left: part("first", "status"), right: constant("succeeded") },
    steps: [first],
    output: part("first", "status"),
  };
  const run = createRun(indexPlan(compile(workflow([round], outputOf("rounds")))), "r");
  const commands = [...apply(run, { type: "runStarted", at: 0, input: null })];
  for (const fails of [true, true, false]) {
    const command = commands.shift();
    assert(command?.type === "startAttempt");
    const { task, attempt } = command;
    const error = { code: "BROKEN", message: "It broke.", retryable: false };
    commands.push(
      ...apply(
        run,
        fails
          ? { type: "attemptFailed", at: 1, task, attempt, error }
          : { type: "attemptSucceeded", at: 1, task, attempt, output: { n: 1 } },
      ),
    );
  }
  assert.deepEqual(run.result, { status: "succeeded", output: "succeeded" });
  assert(run.tasks.has("rounds[2]/first") && !run.tasks.has("rounds[3]/first"));
});
