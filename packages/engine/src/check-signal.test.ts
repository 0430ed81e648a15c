/** E9, P7: what is said of a signal before it is taken in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSignal } from "./check-signal.ts";
import { compile } from "./compile.ts";
import { call, constant, item, map, repeat, waitFor, workflow } from "./testing/steps.ts";

const order = {
  type: "object",
  properties: { fills: { type: "array", items: { type: "number" } } },
  required: ["fills"],
};
const plan = compile(
  workflow([
    call("a"),
    waitFor("stop", { signal: "stop" }),
    map("m", { steps: [waitFor("fill", { signal: "fill", key: item("m"), outputSchema: order })] }),
    repeat("r", {
      steps: [
        waitFor("text", { signal: "either", outputSchema: { type: "string" } }),
        waitFor("number", { signal: "either", outputSchema: { type: "number" }, key: constant("n") }),
      ],
    }),
  ]),
);

test("a signal that a step waits for is well, also in bodies", () => {
  assert.equal(checkSignal(plan, "stop", null), null);
  assert.equal(checkSignal(plan, "fill", { fills: [1, 2] }), null);
});

test("a name that no step waits for is unknown, and those that are waited for are named, in order", () => {
  const known = ["either", "fill", "stop"];
  for (const name of ["go", "", "Stop", "a"])
    assert.deepEqual(checkSignal(plan, name, null), { kind: "unknown", known });
  assert.deepEqual(checkSignal(compile(workflow([call("a")])), "go", null), { kind: "unknown", known: [] });
});

test("a payload that does not fit names the step and the field", () => {
  assert.deepEqual(checkSignal(plan, "fill", { fills: [1, "x"] }), {
    kind: "payload",
    step: "fill",
    field: "fills[1]",
    message: "gives string where number is taken",
  });
  assert.equal(checkSignal(plan, "fill", null)?.kind, "payload");
});

test("a payload fits when it fits one of the steps that may take it", () => {
  assert.equal(checkSignal(plan, "either", "x"), null);
  assert.equal(checkSignal(plan, "either", 1), null);
  const misfit = checkSignal(plan, "either", true);
  assert.deepEqual(misfit?.kind === "payload" && misfit.step, "text");
});

test("with a key, only steps with one may take it, and without, only steps without", () => {
  assert.equal(checkSignal(plan, "either", "x", null), null);
  assert.equal(checkSignal(plan, "either", 1, "n"), null);
  assert.equal(checkSignal(plan, "either", "x", "n")?.kind, "payload");
  assert.equal(checkSignal(plan, "either", 1, null)?.kind, "payload");
  assert.deepEqual(checkSignal(plan, "fill", { fills: [] }, null), {
    kind: "key",
    step: "fill",
    wantsKey: true,
  });
  assert.deepEqual(checkSignal(plan, "stop", null, "k"), { kind: "key", step: "stop", wantsKey: false });
});
