import assert from "node:assert/strict";
import { test } from "node:test";
import { standingOf } from "@mycroft/record";
import { everyKind, type RecordOptions, recordRun, startOfRuns, storeOf } from "@mycroft/record/testing";
import { childRunId, type RunRecord } from "@mycroft/runtime";
import { answerTo, waitJson, waitLines, waitText } from "./wait-lines.ts";

const minute = 60_000;

function recorded(more: Partial<RecordOptions> = {}): RunRecord {
  const answer: RecordOptions["answer"] = () => ({ side: "up" });
  return recordRun(everyKind, { input: { order: "it's 1" }, runId: "r1", answer, untilMs: minute, ...more });
}

const approval = {
  afterMs: 1_000,
  event: (at: number) =>
    ({ type: "approvalDecided", at, task: "review", verdict: "approve", by: "ann" }) as const,
};

async function waitsOf(record: RunRecord) {
  const standing = await standingOf(await storeOf(record), record);
  assert.equal(standing.kind, "waiting");
  return standing.kind === "waiting" ? standing.waits : [];
}

test("E8 a verdict: what is shown, until when, and the command that gives it", async () => {
  const [wait, ...others] = await waitsOf(recorded());
  assert.ok(wait?.kind === "approval" && others.length === 0);
  assert.deepEqual(wait.shown, { order: "it's 1", side: "up" });
  assert.match(waitText(wait), /^for a verdict on review, until 2026-01-05 14:00:0\d UTC$/u);
  assert.equal(answerTo(wait, { folder: "my project" }), "mycroft approve r1 review --folder 'my project'");
  assert.deepEqual(waitLines([wait], {}), [
    waitText(wait),
    `  on { "order": "it's 1", "side": "up" }`,
    "  mycroft approve r1 review",
  ]);
});

test("E9 a signal: its name and key, and that it has something to say", async () => {
  const record = recorded({ sent: [approval], childRun: () => ({ placed: true }) });
  const [wait] = await waitsOf(record);
  assert.ok(wait?.kind === "signal");
  assert.match(
    waitText(wait),
    /^for the signal order-filled with the key it's 1 \(filled\), until 2026-01-05 12:01:01 UTC$/u,
  );
  assert.equal(answerTo(wait, {}), `mycroft signal r1 order-filled --key 'it'\\''s 1' --data JSON`);
  assert.equal(waitJson(wait, {}).answerWith, answerTo(wait, {}));
  assert.equal(waitJson(wait, {}).until, new Date(wait.until ?? 0).toISOString());
});

test("a run has something to do while a child run of it is not there yet, or has settled", async () => {
  const record = recorded({ sent: [approval] });
  assert.equal((await standingOf(await storeOf(record), record)).kind, "busy");
  const childId = childRunId("r1", { task: "placing", attempt: 1 });
  const child = recordRun(everyKind, {
    input: { order: "x" },
    runId: childId,
    answer: () => ({ side: "up" }),
    untilMs: minute,
  });
  const standing = await standingOf(await storeOf(record, child), record);
  assert.ok(standing.kind === "waiting");
  assert.deepEqual(
    standing.waits.map(({ runId, task }) => [runId, task]),
    [[childId, "review"]],
  );
});

test("many waits are told in part; time alone needs no answer", async () => {
  const time = { runId: "r1", task: "nap", until: startOfRuns, kind: "time", isRetry: false } as const;
  assert.equal(waitText(time), "until 2026-01-05 12:00:00 UTC (nap)");
  assert.equal(waitText({ ...time, isRetry: true }), "until 2026-01-05 12:00:00 UTC to try nap again");
  assert.equal(answerTo(time, {}), null);
  const lines = waitLines(
    Array.from({ length: 13 }, () => time),
    {},
  );
  assert.deepEqual([lines.length, lines.at(-1)], [11, "and 3 more"]);
});

test("a settled run waits for nothing", async () => {
  const record = recorded({ afterwards: (at) => [{ type: "cancelRequested", at, reason: "enough" }] });
  assert.deepEqual(await standingOf(await storeOf(record), record), { kind: "settled", status: "cancelled" });
});
