/**
 * Runs recorded by older versions of the engine must replay for ever: their plans hash as they did, and each of their
 * events brings about the same commands. Records are added, never changed.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { apply } from "./apply.ts";
import { canonicalJson } from "./canonical-json.ts";
import { verifyPlan } from "./compile.ts";
import { describeTasks } from "./describe-tasks.ts";
import type { Plan } from "./plan.ts";
import { indexPlan } from "./plan-index.ts";
import type { Command, RunEvent } from "./run-event.ts";
import { createRun } from "./run-state.ts";
import type { JsonValue } from "./workflow-definition.ts";

interface RecordedRun {
  /** What the record is there for. */
  readonly about: string;
  readonly runId: string;
  readonly plan: Plan;
  readonly steps: readonly { readonly event: RunEvent; readonly commands: readonly Command[] }[];
  readonly final: unknown;
}

const folder = join(import.meta.dirname, "../test-records");

/** Every record, with the hash of its plan. */
const planHashes: Readonly<Record<string, string>> = {
  cancelled: "8c3a3e559b2ab692d9df9e24b4956e69332ffcbf16fe10b7d0405912271fd628",
  committee: "8c3a3e559b2ab692d9df9e24b4956e69332ffcbf16fe10b7d0405912271fd628",
  debate: "45911ece7a6c248d2b7f291a89f56cb7d43b802dae465b14e8defbb6d75a3ff5",
  "debate-failed": "45911ece7a6c248d2b7f291a89f56cb7d43b802dae465b14e8defbb6d75a3ff5",
  "debate-stopped": "45911ece7a6c248d2b7f291a89f56cb7d43b802dae465b14e8defbb6d75a3ff5",
  "nested-maps-failed": "d8e6767c41bcb8ef2a118433547363ed890648cee21dcde7c1361efca1fcb83a",
  orders: "0684af5c44abcaa69788eb423bfaea174d7cc9631876b96f26ac6cc5c4946374",
  "orders-forked": "0684af5c44abcaa69788eb423bfaea174d7cc9631876b96f26ac6cc5c4946374",
  "task-cancelled": "45911ece7a6c248d2b7f291a89f56cb7d43b802dae465b14e8defbb6d75a3ff5",
  "timed-out": "14185bb805a1f8505289e1dda969e9a4316f30c8a92ed7dd1399454a0e8faaf6",
};

function textOf(value: unknown): string {
  return canonicalJson(value as JsonValue);
}

describe("E12 a recorded run replays", () => {
  for (const [name, hash] of Object.entries(planHashes)) {
    test(name, () => {
      const record = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as RecordedRun;
      assert.equal(record.plan.hash, hash);
      const state = createRun(indexPlan(verifyPlan(record.plan)), record.runId);
      for (const { event, commands } of record.steps)
        assert.equal(textOf(apply(state, event)), textOf(commands));
      const { result, startedAt, settledAt, ignored } = state;
      const tasks = describeTasks(state);
      assert.equal(textOf({ tasks, result, startedAt, settledAt, ignored }), textOf(record.final));
    });
  }

  test("and each record is listed here", () => {
    const files = Object.keys(planHashes).map((name) => `${name}.json`);
    assert.deepEqual(readdirSync(folder).sort(), files.sort());
  });
});
