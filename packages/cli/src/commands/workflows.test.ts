import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOrder } from "@mycroft/record/testing";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { execute } from "./workflows.ts";

const folder = temporaryFolder({ isLinked: true });
const config = folder.write(
  "mycroft.config.ts",
  `import { defineConfig } from "@mycroft/sdk";
   import { everyKind } from ${JSON.stringify(import.meta.resolve("@mycroft/record/testing"))};
   export default defineConfig({ workflows: [everyKind], pools: { llm: { slots: 1 } } });`,
);

async function call(json: boolean) {
  const terminal = plainTerminal({ json, width: 300 });
  assert.equal(await execute({ arguments: {}, options: { config, json }, terminal }), 0);
  return { text: terminal.printed.join("\n"), value: terminal.values[0] };
}

test("a workflow says what its steps are made of, whatever their kind, and its tags", async () => {
  const { text } = await call(false);
  const words = text.replaceAll(/\s+/gu, " ");
  assert.ok(
    words.includes(
      "Steps debate (in rounds: first, second), review (waits for a verdict), placing (runs place-order), " +
        "filled (waits for the signal order-filled), pause (sleeps), open (sleeps), note Tags demo, nightly",
    ),
    text,
  );
});

test("--json gives every step with what it calls, waits for and is made of", async () => {
  const { workflows } = (await call(true)).value as { readonly workflows: readonly Shown[] };
  const [shown] = workflows;
  assert.deepEqual(shown?.tags, ["demo", "nightly"]);
  const [debate, review, placing, filled] = shown.steps as readonly { readonly steps?: unknown }[];
  const calls = { kind: "function", name: "speak" };
  assert.deepEqual(debate, {
    name: "debate",
    kind: "repeat",
    steps: [
      { name: "first", kind: "call", tags: ["voice"], calls, pool: "llm" },
      { name: "second", kind: "call", calls },
    ],
  });
  assert.deepEqual(review, { name: "review", kind: "approve", tags: ["desk"] });
  assert.deepEqual(placing, {
    name: "placing",
    kind: "run",
    calls: { kind: "workflow", name: "place-order" },
    planHash: placeOrder.plan.hash,
  });
  assert.deepEqual(filled, { name: "filled", kind: "waitFor", signal: "order-filled" });
});

interface Shown {
  readonly tags: readonly string[];
  readonly steps: readonly unknown[];
}
