import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqliteStore } from "@mycroft/embedded";
import { defineAgent, defineConfig } from "@mycroft/sdk";
import { sampleWorkflow } from "../testing/sample-workflow.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { findLeftBehindRuns } from "./left-behind.ts";

const folder = temporaryFolder();
const agent = (name: string) =>
  defineAgent({ name, version: "1", capabilities: [], opinion: () => ({ type: "abstention", reason: "-" }) });

test("a run goes on only on its own data and with everything that its plan names", async () => {
  const store = await openSqliteStore({ folder: folder.path });
  const { plan } = sampleWorkflow;
  await store.putPlan(plan);
  const start = async (runId: string, dataHash: string | undefined) => {
    const provenance = { codeVersion: "1", ...(dataHash === undefined ? {} : { dataHash }) };
    const create = {
      runId,
      workflow: "sample",
      planHash: plan.hash,
      asOf: "2010-02-26",
      provenance,
      createdAt: 1,
    };
    await store.append([{ runId, create, fromSeq: 0, events: [{ type: "runStarted", at: 1, input: {} }] }]);
  };
  await start("r1", "this-data");
  await start("r2", "other-data");
  await start("r3", undefined);
  const whole = defineConfig({ workflows: [sampleWorkflow], agents: [agent("trend"), agent("reversal")] });
  const part = { ...whole, agents: [agent("trend")] };
  const obstacles = async (project: typeof whole, dataHash: string | undefined) => {
    const found = await findLeftBehindRuns(store, project, dataHash);
    return Object.fromEntries(found.map(({ header, obstacle }) => [header.runId, obstacle]));
  };
  const other = "works on other data than this command";
  assert.deepEqual(await obstacles(whole, "this-data"), { r1: null, r2: other, r3: other });
  assert.deepEqual(await obstacles(whole, undefined), { r1: other, r2: other, r3: null });
  const { r1 } = await obstacles(part, "this-data");
  assert.equal(r1, "needs the agent reversal, which this project does not have");
  await store.close();
});
