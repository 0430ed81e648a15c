/** Appending and reading back: atomic, ordered, durable, refused when somebody else was first. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonValue, RunEvent } from "@mycroft/engine";
import type { RunAppend } from "../ports/store.ts";
import { loggedReport } from "./sample-log.ts";
import { creation, samplePlan, sampleRun, settlement, started, succeeded } from "./sample-runs.ts";
import type { CurrentHost } from "./store-host.ts";

export function testAppends(host: CurrentHost): void {
  describe("appends", () => {
    testReadingBack(host);
    testConflicts(host);
    testDurability(host);
  });
}

function testReadingBack(host: CurrentHost): void {
  test("a new run is read back as it was given", async () => {
    const { store } = host();
    const run = sampleRun("run-1", {
      workflow: "committee – ünïcode",
      provenance: { codeVersion: "0.1.0", dataHash: "d".repeat(64) },
      createdAt: 1_763_800_000_123,
      tags: ["committee", "nightly – nächtlich"],
      startKey: "committee of 2020-02-28",
      parent: { runId: "run-0", task: "debate[0]/ask", attempt: 2 },
      forkedFrom: { runId: "run-x", tasks: ["trend", "items[7]/näher"] },
    });
    assert.deepEqual(await store.append([{ runId: "run-1", create: run, fromSeq: 0, events: [started()] }]), [
      "stored",
    ]);
    assert.deepEqual(await store.getRun("run-1"), {
      ...run,
      status: "running",
      settledAt: null,
      events: 1,
    });
    assert.deepEqual(await store.readEvents("run-1"), [started()]);
  });

  test("events come back in order and unchanged, whatever JSON they carry", async () => {
    const { store } = host();
    const outputs: readonly JsonValue[] = [
      null,
      0.1 + 0.2,
      -1e-300,
      1e300,
      Number.MAX_SAFE_INTEGER,
      "",
      'quote " backslash \\ newline \n nul \u0000 snowman \u2603 emoji \u{1f600} lone \ud800',
      [[], [[]], {}],
      JSON.parse('{"__proto__": 1, "a": {"constructor": null}}') as JsonValue,
      { z: 1, a: 2, "": 3 },
      "x".repeat(300_000),
    ];
    const events = outputs.map((output, index) => succeeded(`task-${index}`, output));
    await store.append([creation("run-1"), { runId: "run-1", fromSeq: 1, events }]);
    const read = await store.readEvents("run-1");
    assert.equal(JSON.stringify(read), JSON.stringify([started(), ...events]));
    assert.deepEqual(read, [started(), ...events]);
  });

  test("events are read from a sequence number on", async () => {
    const { store } = host();
    const events = Array.from({ length: 25 }, (_, index) => succeeded(`task-${index}`, index));
    await store.append([creation("run-1"), { runId: "run-1", fromSeq: 1, events }]);
    assert.deepEqual(await store.readEvents("run-1", 24), events.slice(23));
    assert.deepEqual(await store.readEvents("run-1", 26), []);
    assert.deepEqual(await store.readEvents("run-1", 26, 10), []);
    assert.deepEqual(await store.readEvents("run-1", 1_000_000), []);
  });

  test("P8 no more events are read than are asked for", async () => {
    const { store } = host();
    const events = Array.from({ length: 25 }, (_, index) => succeeded(`task-${index}`, index));
    await store.append([creation("run-1"), { runId: "run-1", fromSeq: 1, events }]);
    await store.append([creation("run-2")]);
    assert.deepEqual(await store.readEvents("run-1", 0, 1), [started()]);
    assert.deepEqual(await store.readEvents("run-1", 1, 3), events.slice(0, 3));
    assert.deepEqual(await store.readEvents("run-1", 20, 3), events.slice(19, 22));
    assert.deepEqual(await store.readEvents("run-1", 24, 3), events.slice(23));
    assert.deepEqual(await store.readEvents("run-1", 24, Number.MAX_SAFE_INTEGER), events.slice(23));
    assert.deepEqual(await store.readEvents("run-1", 0, undefined), [started(), ...events]);
    assert.deepEqual(await store.readEvents("nobody", 0, 3), []);
  });

  test("an unknown run has no header and no events", async () => {
    const { store } = host();
    assert.equal(await store.getRun("nobody"), undefined);
    assert.deepEqual(await store.readEvents("nobody"), []);
    assert.deepEqual(await store.append([]), []);
  });

  test("settling sets the status and the time; a late event may still follow (E10)", async () => {
    const { store } = host();
    await store.append([creation("a"), creation("b"), creation("c")]);
    const settle = (runId: string, status: "succeeded" | "failed" | "cancelled", at: number): RunAppend => ({
      runId,
      fromSeq: 1,
      events: [],
      settle: { status, at },
    });
    await store.append([
      settle("a", "succeeded", 10),
      settle("b", "failed", 20),
      settle("c", "cancelled", 30),
    ]);
    assert.deepEqual(await store.append([{ runId: "a", fromSeq: 1, events: [succeeded("late", 1)] }]), [
      "stored",
    ]);
    const headers = await Promise.all(["a", "b", "c"].map((runId) => store.getRun(runId)));
    assert.deepEqual(
      headers.map((header) => [header?.status, header?.settledAt, header?.events]),
      [
        ["succeeded", 10, 2],
        ["failed", 20, 1],
        ["cancelled", 30, 1],
      ],
    );
  });

  test("a run may be created, continued and settled within one batch", async () => {
    const { store } = host();
    const whole: RunAppend = {
      runId: "whole",
      create: sampleRun("whole"),
      fromSeq: 0,
      events: [started(), succeeded("trend", 1)],
      settle: { status: "succeeded", at: 5 },
    };
    const parts: readonly RunAppend[] = [
      creation("parts"),
      { runId: "parts", fromSeq: 1, events: [succeeded("one", 1)] },
      { runId: "parts", fromSeq: 2, events: [succeeded("two", 2)] },
    ];
    assert.deepEqual(await store.append([whole, ...parts]), ["stored", "stored", "stored", "stored"]);
    assert.equal((await store.getRun("whole"))?.status, "succeeded");
    assert.deepEqual(await store.readEvents("parts"), [started(), succeeded("one", 1), succeeded("two", 2)]);
  });

  test("P8 the log of an attempt is read as it was written, however full and hostile it is", async () => {
    const { store } = host();
    const of = { at: 2_000, task: "trend", report: loggedReport() };
    const error = { code: "TASK_FAILED", message: "no", retryable: true };
    const events: readonly RunEvent[] = [
      { ...of, type: "attemptFailed", attempt: 1, error },
      { ...of, type: "attemptSucceeded", attempt: 2, output: "up" },
    ];
    assert.ok(JSON.stringify(of.report).length > 300_000);
    await store.append([creation("run-1"), { runId: "run-1", fromSeq: 1, events }]);
    assert.deepEqual(await store.readEvents("run-1", 1), events);
  });

  test("what is read later does not change with the objects that were given", async () => {
    const { store } = host();
    const output = { value: 1 };
    await store.append([creation("run-1"), { runId: "run-1", fromSeq: 1, events: [succeeded("a", output)] }]);
    output.value = 2;
    const [, first] = await store.readEvents("run-1");
    assert.deepEqual(first, succeeded("a", { value: 1 }));
  });
}

function testConflicts(host: CurrentHost): void {
  test("P2 a conflict stores nothing of its append and harms no other in the batch", async () => {
    const { store } = host();
    await store.append([creation("exists"), creation("other")]);
    const outcomes = await store.append([
      { runId: "exists", fromSeq: 1, events: [succeeded("good", 1)] },
      { runId: "exists", fromSeq: 1, events: [succeeded("second at the same place", 1)] },
      creation("exists", { workflow: "usurper" }),
      { runId: "nobody", fromSeq: 0, events: [started()] },
      { runId: "other", fromSeq: 2, events: [succeeded("a gap", 1)] },
      {
        runId: "other",
        fromSeq: 0,
        events: [succeeded("too early", 1)],
        settle: { status: "failed", at: 9 },
      },
      creation("new"),
      { runId: "exists", fromSeq: 2, events: [succeeded("good too", 2)] },
    ]);
    assert.deepEqual(outcomes, [
      "stored",
      "conflict",
      "conflict",
      "conflict",
      "conflict",
      "conflict",
      "stored",
      "stored",
    ]);
    assert.deepEqual(await store.readEvents("exists"), [
      started(),
      succeeded("good", 1),
      succeeded("good too", 2),
    ]);
    assert.deepEqual(await store.readEvents("other"), [started()]);
    assert.equal((await store.getRun("exists"))?.workflow, "sample");
    assert.equal((await store.getRun("other"))?.status, "running");
    assert.equal(await store.getRun("nobody"), undefined);
    assert.deepEqual(await store.readEvents("nobody"), []);
    assert.deepEqual(await store.readEvents("new"), [started()]);
  });

  test("a settled run settles only once", async () => {
    const { store } = host();
    await store.append([creation("run-1"), settlement("run-1", 10)]);
    const again: RunAppend = {
      runId: "run-1",
      fromSeq: 2,
      events: [succeeded("late", 1)],
      settle: { status: "failed", at: 99 },
    };
    assert.deepEqual(await store.append([again]), ["conflict"]);
    const header = await store.getRun("run-1");
    assert.deepEqual([header?.status, header?.settledAt, header?.events], ["succeeded", 10, 2]);
  });

  test("P2 of two appends at the same place in one moment exactly one is stored", async () => {
    const { store, openSecond } = host();
    const second = (await openSecond?.()) ?? store;
    await store.append([creation("run-1")]);
    for (let seq = 1; seq <= 20; seq += 1) {
      const rivals = [store, second].map((handle, index) =>
        handle.append([{ runId: "run-1", fromSeq: seq, events: [succeeded(`by ${index}`, seq)] }]),
      );
      const outcomes = (await Promise.all(rivals)).flat();
      assert.deepEqual(outcomes.toSorted(), ["conflict", "stored"]);
      const winner = outcomes.indexOf("stored");
      assert.deepEqual(await store.readEvents("run-1", seq), [succeeded(`by ${winner}`, seq)]);
    }
  });
}

function testDurability(host: CurrentHost): void {
  test("P1 everything that was acknowledged is there after reopening", async (context) => {
    const { store, reopen } = host();
    if (reopen === undefined) return context.skip("nothing outlives this store");
    const plan = samplePlan("kept");
    const large = succeeded("large", "y".repeat(400_000));
    await store.putPlan(plan);
    const hash = await store.putArtifact({ kept: true });
    await store.append([creation("settled"), settlement("settled", 10), creation("running")]);
    await store.append([{ runId: "running", fromSeq: 1, events: [large] }]);
    const headers = [await store.getRun("settled"), await store.getRun("running")];
    await store.close();

    const again = await reopen();
    assert.deepEqual([await again.getRun("settled"), await again.getRun("running")], headers);
    assert.deepEqual(await again.readEvents("running"), [started(), large]);
    assert.deepEqual(await again.getPlan(plan.hash), plan);
    assert.deepEqual(await again.getArtifact(hash), { kept: true });
    const next = { runId: "running", fromSeq: 2, events: [succeeded("next", 1)] };
    assert.deepEqual(await again.append([next, creation("running"), next]), [
      "stored",
      "conflict",
      "conflict",
    ]);
  });

  test("P1 another handle sees what was acknowledged", async (context) => {
    const { store, openSecond } = host();
    if (openSecond === undefined) return context.skip("this host allows one handle at a time");
    const second = await openSecond();
    await store.append([creation("run-1")]);
    assert.deepEqual(await second.readEvents("run-1"), [started()]);
  });

  test("a plan is stored once, however often it is put", async () => {
    const { store } = host();
    const plan = samplePlan("once");
    assert.equal(await store.getPlan(plan.hash), undefined);
    await Promise.all([store.putPlan(plan), store.putPlan(plan)]);
    await store.putPlan(plan);
    await store.putPlan(samplePlan("another"));
    assert.deepEqual(await store.getPlan(plan.hash), plan);
  });
}
