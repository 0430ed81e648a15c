import assert from "node:assert/strict";
import { test } from "node:test";
import { recordRun, sampleWorkflow, startOfRuns } from "@mycroft/record/testing";
import type { RunHeader } from "@mycroft/runtime";
import { eventJson, eventLine, originOf, type UpEvent } from "./up-event.ts";

const input = { asOf: "2010-02-26", universe: [] };
const { header } = recordRun(sampleWorkflow, { input, answer: () => undefined, runId: "r1" });
const run = (more: Partial<RunHeader> = {}): RunHeader => ({ ...header, ...more });
const line = (event: UpEvent) => eventLine(event, startOfRuns, {}).slice("2026-01-05 12:00:00 UTC  ".length);

test("why a run was started, as its header says", () => {
  const at = "2026-01-05T12:00:00.000Z";
  const tags = ["a", "schedule:nightly"];
  assert.deepEqual(originOf(run({ tags, startKey: `schedule/nightly/${at}` })), {
    ...{ kind: "schedule", schedule: "nightly", scheduledAt: at },
  });
  assert.deepEqual(originOf(run({ tags, startKey: "mine" })), {
    kind: "schedule",
    schedule: "nightly",
    scheduledAt: null,
  });
  assert.deepEqual(originOf(run({ tags: ["backfill:b1", "schedule:x"] })), {
    kind: "backfill",
    backfill: "b1",
  });
  assert.deepEqual(originOf(run({ tags, forkedFrom: { runId: "r0", tasks: [] } })), {
    kind: "fork",
    of: "r0",
  });
  assert.deepEqual(originOf(run()), { kind: "request" });
});

test("each thing that happens is one line, with no blank at its end and nothing that acts on a terminal", () => {
  const started = { event: "runStarted", run: run() } as const;
  assert.equal(
    eventLine({ ...started, origin: { kind: "request" } }, startOfRuns, {}),
    "2026-01-05 12:00:00 UTC  started     r1  sample",
  );
  const schedule = { kind: "schedule", schedule: "nightly", scheduledAt: null } as const;
  assert.equal(
    line({ ...started, origin: schedule }),
    "started     r1  sample  by schedule nightly, out of turn",
  );
  assert.equal(
    line({ ...started, origin: { kind: "backfill", backfill: "b1" } }),
    "started     r1  sample  by backfill b1",
  );
  assert.equal(
    line({ ...started, origin: { kind: "fork", of: "r0" } }),
    "started     r1  sample  from run r0",
  );
  const took = { status: "failed", settledAt: startOfRuns + 1_500 } as const;
  const error = { code: "AGENT_DOWN", message: "out of \u001b[31morder\nagain" };
  assert.equal(
    line({ event: "runSettled", run: run(took), error }),
    "failed      r1  sample  in 1.5 s: AGENT_DOWN out of \\u001b[31morder again",
  );
  assert.equal(
    line({ event: "runSettled", run: run({ ...took, status: "succeeded" }), error: null }),
    "succeeded   r1  sample  in 1.5 s",
  );
  const wait = { runId: "r1", task: "ok?", until: null, kind: "approval", shown: null } as const;
  assert.equal(
    line({ event: "runWaits", run: run(), waits: Array.from({ length: 5 }, () => wait) }),
    `waits       r1  sample  ${"for a verdict on ok?: mycroft approve r1 'ok?'; ".repeat(3)}and 2 more`,
  );
  const skipped = { event: "firingsSkipped", schedule: "s", until: "2026-01-05T12:00:00.000Z" } as const;
  assert.equal(
    line({ ...skipped, reason: "missed", count: 1 }),
    "skipped     s  1 firing up to 2026-01-05T12:00:00.000Z: they were missed",
  );
  assert.match(
    line({ ...skipped, reason: "overlapping", count: 2 }),
    /2 firings .*: a run before was under way$/u,
  );
  assert.equal(
    line({ event: "firingFailed", schedule: "s", scheduledAt: "then", error }),
    "no run      s  due then: AGENT_DOWN out of \\u001b[31morder again",
  );
  assert.match(
    line({ event: "scheduleAhead", schedule: "s", place: "2999" }),
    /stands at 2999.*`mycroft schedule resume s --catch-up none`/u,
  );
  assert.equal(
    line({ event: "asked", operation: "pauseSchedule", about: "s" }),
    "asked       schedule pause  s",
  );
  assert.equal(
    line({ event: "warning", error, isRetried: true }),
    "warning     AGENT_DOWN out of \\u001b[31morder again Trying again ...",
  );
  assert.equal(
    line({ event: "dataLoaded", source: "a.csv", lastDate: "2020-01-03", hash: "0123456789abcdef" }),
    "data        a.csv up to 2020-01-03  0123456789ab",
  );
  assert.match(
    line({ event: "stopping", inHand: 2, graceMs: 30_000 }),
    /Finishing 2 attempts, for 30\.0 s at most\./u,
  );
  assert.match(line({ event: "reopening" }), /^reopening {3}The store has failed/u);
  assert.equal(line({ event: "stopped", inHand: 0 }), "stopped");
});

test("for a program each is an object with its time, its kind and its facts", () => {
  const json = (event: UpEvent) => eventJson(event, startOfRuns, {}) as Readonly<Record<string, unknown>>;
  const at = "2026-01-05T12:00:00.000Z";
  const facts = { runId: "r1", workflow: "sample", status: "running", asOf: "2010-02-26" };
  assert.deepEqual(json({ event: "runStarted", run: run(), origin: { kind: "request" } }), {
    ...{ at, event: "runStarted", run: facts, origin: { kind: "request" } },
  });
  const error = { code: "X", message: "y", stack: "no" };
  const settled = { status: "failed", settledAt: startOfRuns + 5 } as const;
  assert.deepEqual(json({ event: "runSettled", run: run(settled), error }), {
    ...{
      at,
      event: "runSettled",
      run: { ...facts, status: "failed" },
      tookMs: 5,
      error: { code: "X", message: "y" },
    },
  });
  assert.deepEqual(json({ event: "stopped", inHand: 1 }), { at, event: "stopped", inHand: 1 });
  const wait = { runId: "r1", task: "t", until: startOfRuns, kind: "time", isRetry: false } as const;
  assert.deepEqual(json({ event: "runWaits", run: run(), waits: [wait] })["waits"], [
    { ...wait, until: at, answerWith: null },
  ]);
});
