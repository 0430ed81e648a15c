import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue, RunEvent } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import { createInProcessGateway } from "@mycroft/gateways";
import { type Answer, recordRun, sampleWorkflow } from "@mycroft/record/testing";
import type { RunRecord } from "@mycroft/runtime";
import { defineFunction } from "@mycroft/sdk";
import { type DataState, type Recomputable, replayReport, replayWith } from "./replay-report.ts";

const style = (_style: unknown, text: string) => text;
const { functions } = sampleWorkflow;
const gatewayOf = (of: Pick<Recomputable, "functions" | "policies">) =>
  createInProcessGateway({ agents: [], functions: of.functions, policies: of.policies, market: null });

const view = (agent: string, subject: JsonValue, up: number): JsonValue => ({
  type: "opinion",
  agent,
  version: "1.0.0",
  subject,
  asOf: "2010-02-26",
  horizonDays: 28,
  outcomes: ["down", "flat", "up"],
  probabilities: [0.5 - up / 2, 0.5 - up / 2, up],
  rationale: "as it was",
  evidence: [],
});

/** Answers as the real thing does, so that the record is a true one. */
async function trueRecord(): Promise<RunRecord> {
  const gateway = gatewayOf({ functions, policies });
  const known = new Map<string, JsonValue>();
  const pending: Parameters<Answer>[0][] = [];
  const answer: Answer = (attempt) => {
    const { target, input } = attempt;
    if (target.kind === "agent") {
      return view(
        target.name,
        Reflect.get(input as object, "subject") as JsonValue,
        target.name === "trend" ? 0.6 : 0.2,
      );
    }
    const answered = known.get(attempt.task);
    if (answered === undefined) pending.push(attempt);
    return answered;
  };
  for (;;) {
    const record = recordRun(sampleWorkflow, {
      input: { asOf: "2010-02-26", universe: ["AAPL", "IBM"] },
      answer,
    });
    if (pending.length === 0) return record;
    for (const attempt of pending.splice(0)) {
      const { header } = record;
      const { runId, asOf } = header;
      const limits = { heartbeatTimeoutMs: null, cacheTtlMs: null };
      const request = { ...attempt, ...limits, runId, asOf, idempotencyKey: attempt.task };
      const control = { signal: new AbortController().signal, heartbeat: () => {} };
      const outcome = await gateway.execute(request, control);
      known.set(attempt.task, outcome.ok ? outcome.output : assert.fail(outcome.error.message));
    }
  }
}

const record = await trueRecord();
// The fixture writes every version as 1.0.0.
const has: Recomputable = { functions, policies, data: { kind: "none" } };

test("P6 a replay of an honest record agrees, with agents' answers taken and the rest computed again", async () => {
  const findings = await replayWith(record, gatewayOf(has), has);
  assert.equal(findings.agrees, true);
  // Two resolutions and the report; two agents for each of two companies, and the alarm, which is not pure.
  assert.deepEqual([findings.recomputed, findings.taken], [3, 5]);
  assert.deepEqual(findings.remarks, []);
  const lines = replayReport(record, findings, style);
  assert.equal(lines[2], `The decision hash agrees: ${findings.recordedHash}`);
});

test("P6 a function that gives something else is found out, with the place", async () => {
  const other = defineFunction({
    name: "write-report",
    version: "1.1.0",
    pure: true,
    input: functions.find((one) => one.name === "write-report")?.input ?? assert.fail(),
    output: functions.find((one) => one.name === "write-report")?.output ?? assert.fail(),
    run: () => ({ text: "something else" }),
  });
  const changed = { ...has, functions: [other] };
  const findings = await replayWith(record, gatewayOf(changed), changed);
  assert.equal(findings.agrees, false);
  const text = replayReport(record, findings, style).join("\n");
  assert.match(text, /The decision hash differs\.\n {2}recorded [0-9a-f]{64}\n {2}replayed [0-9a-f]{64}/);
  assert.match(
    text,
    /What came out different \(1 task\)\n {2}report\n {4}text: "2 decisions" -> "something else"/,
  );
  assert.match(
    text,
    /The function write-report answered in version 1\.0\.0; this project has version 1\.1\.0\./,
  );
});

test("P6 a tampered record is found out", async () => {
  const tampered: RunRecord = {
    ...record,
    events: record.events.map((event): RunEvent => {
      if (event.type !== "attemptSucceeded" || event.task !== "companies[1]/opinions.trend") return event;
      return { ...event, output: view("trend", "IBM", 0.9) };
    }),
  };
  const findings = await replayWith(tampered, gatewayOf(has), has);
  assert.deepEqual(
    findings.divergences.map(({ task }) => task),
    ["companies[1]/decision"],
  );
});

test("what the project no longer has is taken from the record, and said so", async () => {
  const nothing: Recomputable = { functions: [], policies: [], data: { kind: "none" } };
  const findings = await replayWith(record, gatewayOf(nothing), nothing);
  assert.deepEqual([findings.agrees, findings.recomputed, findings.taken], [true, 0, 8]);
  assert.deepEqual(
    findings.remarks.map(({ kind, message }) => [kind, message.split(" is not")[0]]),
    [
      ["missing", "The policy linear-pool"],
      ["missing", "The function write-report"],
      ["missing", "The function send-report"],
      ["missing", "The function raise-alarm"],
    ],
  );
});

test("other market data than the record's is remarked", async () => {
  const withData = recordRun(sampleWorkflow, {
    input: { asOf: "2010-02-26", universe: [] },
    answer: () => ({}),
    dataHash: "a".repeat(64),
  });
  const remarksOn = async (data: DataState) =>
    (await replayWith(withData, gatewayOf(has), { ...has, data })).remarks.map(({ message }) => message);
  assert.deepEqual(await remarksOn({ kind: "loaded", hash: "a".repeat(64) }), []);
  assert.match((await remarksOn({ kind: "loaded", hash: "b".repeat(64) })).join(), /not what it was/);
  assert.match((await remarksOn({ kind: "none" })).join(), /has none/);
  assert.match(
    (await remarksOn({ kind: "unreadable", reason: "no \u0007 file" })).join(),
    /cannot be read now: no \\u0007 file/,
  );
});
