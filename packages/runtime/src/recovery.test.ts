import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, describeTasks, type JsonValue, type Plan } from "@mycroft/engine";
import type { AttemptOutcome, Gateway } from "./ports/gateway.ts";
import { decisionHash } from "./replay-run.ts";
import { readRun } from "./run-record.ts";
import { SeededRandom } from "./simulation/seeded-random.ts";
import { type SimulatedRun, simulateRuns } from "./simulation/simulate-runs.ts";

const step = (name: string) => ({ kind: "step", step: name, path: [] });
const retry = { maxAttempts: 4, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000, jitter: 0.5 };
const call = (name: string, input: unknown, more: object = {}) => ({
  kind: "call",
  name,
  target: { kind: "function", name: "work" },
  input,
  retry,
  timeoutMs: 10_000,
  ...more,
});

/** A fan-out over a list with a resolve in each item, a step that is skipped, and one that runs whatever happened. */
const plan: Plan = compile({
  name: "simulated",
  input: {},
  steps: [
    call("first", { kind: "input", path: ["size"] }),
    {
      kind: "map",
      name: "items",
      over: { kind: "input", path: ["items"] },
      maxItems: 100,
      maxFailedItems: 100,
      steps: [
        call("left", { kind: "item", of: "items", path: [] }, { after: ["first"] }),
        call("right", { kind: "item", of: "items", path: [] }, {}),
        {
          kind: "resolve",
          name: "both",
          policy: "join",
          input: { kind: "array", items: ["left", "right"].map((name) => ({ kind: "settled", step: name })) },
          retry,
        },
      ],
      output: step("both"),
    },
    call(
      "never",
      { kind: "const", value: 1 },
      {
        when: { op: "gt", left: { kind: "input", path: ["size"] }, right: { kind: "const", value: 1_000 } },
      },
    ),
    call("last", { kind: "array", items: [step("items"), step("never")] }, { trigger: "allDone" }),
  ],
  output: step("last"),
});

/** What an attempt comes to depends on which attempt it is, and never on when or how often it is executed. */
const gateway: Gateway = {
  async execute({ task, attempt, input }, signal): Promise<AttemptOutcome> {
    const random = new SeededRandom(
      [...`${task}#${attempt}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 7),
    );
    const luck = random.next();
    if (luck < 0.15) return failure("TASK_FAILED", true);
    if (luck < 0.2) return failure("INPUT_INVALID", false);
    // An agent that hangs until it is given up.
    if (luck < 0.25) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { ok: true, output: { task, of: JSON.stringify(input).length }, version: "1" };
  },
};

function failure(code: string, retryable: boolean): AttemptOutcome {
  return { ok: false, error: { code, message: `simulated ${code}`, retryable } };
}

const runs: readonly SimulatedRun[] = [0, 1, 5].map((size) => ({
  runId: `run-${size}`,
  plan,
  input: { size, items: Array.from({ length: size }, (_, index): JsonValue => `item ${index}`) },
}));

const calm = {
  seed: 1,
  runs,
  gateway,
  faults: { loss: 0, repetition: 0, maxDelayMs: 0 },
  deaths: 0,
  maxLifetime: 1,
};

async function outcomes(simulation: typeof calm) {
  const { store, deaths } = await simulateRuns(simulation);
  const ends = [];
  for (const { runId } of runs) {
    const { header, state, events } = await readRun(store, runId);
    const result = state.result;
    assert.ok(result !== null);
    assert.equal(header.status, result.status, "the header says how the events end");
    const counted = events.length - state.ignored;
    const tasks = describeTasks(state).map(({ readyAt: _, settledAt: __, ...task }) => task);
    const attempts = tasks.reduce((sum, task) => sum + task.attempt, 0);
    const timers = events.filter((event) => event.type === "timerFired").length;
    assert.equal(counted, 1 + attempts + timers, "P2: each attempt's outcome counts once");
    ends.push({ runId, hash: decisionHash(result), tasks });
  }
  return { ends, deaths };
}

describe("an orchestrator in an unkind world", () => {
  const seeds = Array.from({ length: 150 }, (_, index) => 1_000 + index);

  it(`P3 P4 E10 E12 ends as undisturbed, whatever dies, gets lost or comes twice (seeds ${seeds[0]} to ${seeds.at(-1)})`, async () => {
    const undisturbed = (await outcomes(calm)).ends;
    let deaths = 0;
    for (const seed of seeds) {
      const faults = { loss: 0.1, repetition: 0.2, maxDelayMs: 30_000 };
      const disturbed = await outcomes({ ...calm, seed, faults, deaths: 6, maxLifetime: 30 });
      assert.deepEqual(disturbed.ends, undisturbed, `seed ${seed}`);
      deaths += disturbed.deaths;
    }
    assert.ok(deaths > seeds.length, "the processes really died");
  });
});
