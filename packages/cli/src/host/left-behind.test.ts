import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openSqliteStore } from "@mycroft/embedded";
import { sampleWorkflow } from "@mycroft/record/testing";
import type { Store } from "@mycroft/runtime";
import { defineAgent, defineConfig, defineFunction, type Project, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { findLeftBehindRuns, findObstacle } from "./left-behind.ts";

const folder = temporaryFolder();
const agent = (name: string) =>
  defineAgent({ name, version: "1", capabilities: [], opinion: () => ({ type: "abstention", reason: "-" }) });

interface Start {
  readonly runId: string;
  readonly planHash: string;
  readonly dataHash: string | undefined;
}

async function start(store: Store, { runId, planHash, dataHash }: Start) {
  const provenance = { codeVersion: "1", ...(dataHash === undefined ? {} : { dataHash }) };
  const create = {
    runId,
    workflow: "sample",
    planHash,
    asOf: "2010-02-26",
    provenance,
    createdAt: 1,
    tags: [],
    startKey: null,
    parent: null,
    forkedFrom: null,
  };
  await store.append([{ runId, create, fromSeq: 0, events: [{ type: "runStarted", at: 1, input: {} }] }]);
}

async function obstaclesIn(store: Store, project: Project, dataHash: string | undefined) {
  const found = await findLeftBehindRuns(store, project, dataHash);
  for (const { header, obstacle } of found) {
    assert.equal(await findObstacle(header, store, project, dataHash), obstacle);
  }
  return Object.fromEntries(found.map(({ header, obstacle }) => [header.runId, obstacle]));
}

test("a run goes on only on its own data and with everything that its plan names", async () => {
  const store = await openSqliteStore({ folder: join(folder.path, "data") });
  const { plan } = sampleWorkflow;
  const planHash = plan.hash;
  await store.putPlan(plan);
  await start(store, { runId: "r1", planHash, dataHash: "this-data" });
  await start(store, { runId: "r2", planHash, dataHash: "other-data" });
  await start(store, { runId: "r3", planHash, dataHash: undefined });
  const whole = defineConfig({ workflows: [sampleWorkflow], agents: [agent("trend"), agent("reversal")] });
  const part = { ...whole, agents: [agent("trend")] };
  const other = "works on other data than this command";
  assert.deepEqual(await obstaclesIn(store, whole, "this-data"), { r1: null, r2: other, r3: other });
  assert.deepEqual(await obstaclesIn(store, whole, undefined), { r1: other, r2: other, r3: null });
  const { r1 } = await obstaclesIn(store, part, "this-data");
  assert.equal(r1, "needs the agent reversal, which this project does not have");
  await store.close();
});

test("E7 a run goes on only with the pools that it names, and with what its child runs name", async () => {
  const store = await openSqliteStore({ folder: join(folder.path, "children") });
  const compute = defineFunction({
    name: "compute",
    version: "1",
    input: z.object({}),
    output: z.number(),
    run: () => 1,
  });
  const child = workflow({ name: "child", input: z.object({}) }, (w) => {
    w.approve("approve", null);
    return w.call("compute", compute, {}, { pool: "slow" });
  });
  const parent = workflow({ name: "parent", input: z.object({}) }, (w) => w.run("deeper", child, {}));
  const lost = workflow({ name: "lost", input: z.object({}) }, (w) =>
    w.run("gone", parent, {}, { tags: ["x"] }),
  );
  const orphan = workflow({ name: "orphan", input: z.object({}) }, (w) => w.sleep("s", { durationMs: 1 }));
  const orphaned = workflow({ name: "orphaned", input: z.object({}) }, (w) => w.run("gone", orphan, {}));
  for (const { plan } of [child, parent, lost, orphaned]) await store.putPlan(plan);
  for (const [runId, { plan }] of Object.entries({ child, parent, lost, orphaned })) {
    await start(store, { runId, planHash: plan.hash, dataHash: undefined });
  }
  const pools = { slow: { slots: 1 } };
  const whole = defineConfig({ workflows: [parent], pools });
  const noPlan = "has a child run of gone that has lost its plan";
  assert.deepEqual(await obstaclesIn(store, whole, undefined), {
    child: null,
    parent: null,
    lost: null,
    orphaned: noPlan,
  });
  const needs = "needs the pool slow, which this project does not have";
  assert.deepEqual(await obstaclesIn(store, { ...whole, pools: {} }, undefined), {
    child: needs,
    parent: `has a child run of deeper that ${needs}`,
    lost: `has a child run of gone that has a child run of deeper that ${needs}`,
    orphaned: noPlan,
  });
  const { parent: ofParent } = await obstaclesIn(store, { ...whole, functions: [] }, undefined);
  assert.equal(
    ofParent,
    "has a child run of deeper that needs the function compute, which this project does not have",
  );
  await store.close();
});
