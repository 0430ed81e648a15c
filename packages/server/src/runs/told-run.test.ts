import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contentHash } from "@mycroft/engine";
import { decisionHash, type MemoryStore, type RunRecord, readRun } from "@mycroft/runtime";
import { runHashes } from "./run-hashes.ts";
import { RunPlace } from "./testing/run-place.ts";
import { doubling, stepwise } from "./testing/sample-project.ts";
import { ToldRun } from "./told-run.ts";
import { ToldRuns, toldLimits } from "./told-runs.ts";

async function recordOf(
  workflow: string,
  input: unknown,
  signals: readonly (readonly [string, unknown])[] = [],
) {
  const place = await RunPlace.open();
  try {
    const runId = await place.start(workflow, input);
    for (const [signal, payload] of signals)
      await place.ask(`/api/runs/${runId}/signal`, { signal, payload });
    await place.settled(runId);
    return await readRun(place.store, runId);
  } finally {
    await place.close();
  }
}

function told({ header, plan }: RunRecord): ToldRun {
  return new ToldRun(header, plan);
}

describe("a told run", () => {
  it("tells by its changes, event by event, what it tells at once", async () => {
    const record = await recordOf(stepwise.name, { numbers: [1, 2, 3] }, [
      ["go", { value: 1 }],
      ["on", null],
    ]);
    const stepByStep = told(record);
    const known = new Map<string, unknown>();
    for (const event of record.events) {
      stepByStep.take([event]);
      for (const task of stepByStep.changes(100).tasks) known.set(task.task, task);
    }
    const atOnce = told(record);
    atOnce.take(record.events);
    const { tasks, counts } = atOnce.everything(100);
    assert.deepEqual(new Map(tasks.map((task) => [task.task, task])), known);
    assert.deepEqual(stepByStep.everything(100).counts, counts);
    assert.deepEqual(stepByStep.changes(100).tasks, [], "nothing has changed since");
  });

  it("P6 has the hashes of what it was given and what it came to, as soon as it has come to something", async () => {
    const record = await recordOf(stepwise.name, { numbers: [1, 2, 3] }, [
      ["go", { value: 1 }],
      ["on", null],
    ]);
    const run = told(record);
    run.take(record.events.slice(0, -1));
    const { input, decision } = await runHashes(run);
    assert.deepEqual([input, decision], [contentHash(record.state.input ?? null), null]);
    const meanwhile = runHashes(run);
    run.take(record.events.slice(-1));
    assert.ok(record.state.result);
    assert.deepEqual(await meanwhile, { input, decision: decisionHash(record.state.result) });
    assert.deepEqual(await runHashes(run), await meanwhile);
  });

  it("P8 lists the same tasks from beginning to end, those of no body first, and counts all of them", async () => {
    const record = await recordOf(stepwise.name, { numbers: [1, 2, 3, 4, 5] }, [
      ["go", { value: 1 }],
      ["on", null],
    ]);
    const run = told(record);
    const seen = new Set<string>();
    for (const event of record.events) {
      run.take([event]);
      for (const { task } of run.changes(6).tasks) seen.add(task);
    }
    const { tasks, counts, omitted } = run.everything(6);
    const outermost = ["first", "each", "second", "last"];
    assert.deepEqual([...seen].sort(), tasks.map(({ task }) => task).sort());
    for (const task of outermost) assert.equal(tasks.find((one) => one.task === task)?.status, "succeeded");
    assert.deepEqual([tasks.length, omitted, counts], [6, 3, { succeeded: 9 }]);
  });
});

describe("told runs", () => {
  it("are read once, and on from where they were", async () => {
    const place = await RunPlace.open();
    try {
      const reads: (readonly [string, number])[] = [];
      const store = new Proxy(place.store as MemoryStore, {
        get: (target, name) => {
          if (name !== "readEvents") return Reflect.get(target, name).bind(target);
          return (runId: string, from = 0) => {
            reads.push([runId, from]);
            return target.readEvents(runId, from);
          };
        },
      });
      const runs = new ToldRuns(store);
      const runId = await place.start(stepwise.name, { numbers: [1] });
      await Promise.all([runs.find(runId), runs.find(runId)]);
      await runs.find(runId);
      assert.deepEqual(reads, [[runId, 0]]);
      for (const [signal, payload] of [
        ["go", { value: 1 }],
        ["on", null],
      ] as const) {
        await place.ask(`/api/runs/${runId}/signal`, { signal, payload });
      }
      await place.settled(runId);
      assert.equal((await runs.find(runId)).header.status, "succeeded");
      await runs.find(runId);
      assert.deepEqual(reads, [
        [runId, 0],
        [runId, 1],
      ]);
    } finally {
      await place.close();
    }
  });

  it("P8 are forgotten, the least recently used first, when they take too much", async () => {
    const place = await RunPlace.open();
    try {
      const runs = new ToldRuns(place.store);
      const first = await place.settled(await place.start(doubling.name, { numbers: [1] }));
      const kept = await runs.find(first);
      assert.equal(await runs.find(first), kept);
      const heavy = await place.settled(await place.start(doubling.name, { numbers: [2] }));
      (await runs.find(heavy)).bytes = toldLimits.bytes;
      assert.equal(await runs.find(heavy), await runs.find(heavy), "the last one is kept in any case");
      assert.notEqual(await runs.find(first), kept);
    } finally {
      await place.close();
    }
  });
});
