import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { AttemptControl, AttemptOutcome, AttemptRequest, Clock, DocumentWrite } from "@mycroft/runtime";
import { cachingGateway } from "./caching-gateway.ts";

const day = 86_400_000;
const request: AttemptRequest = {
  runId: "r",
  task: "t",
  step: "t",
  attempt: 1,
  target: { kind: "agent", name: "llm" },
  input: { subject: "IBM", list: [1, 2] },
  asOf: "2010-02-26",
  timeoutMs: 1_000,
  heartbeatTimeoutMs: null,
  cacheTtlMs: day,
  idempotencyKey: "r/t",
};
const control: AttemptControl = { signal: new AbortController().signal, heartbeat: () => {} };

/** The documents of a store, as JSON text, and what is done to them. */
class TestDocuments {
  readonly writes: DocumentWrite[] = [];
  readonly texts = new Map<string, string>();
  failure: Error | null = null;
  isHanging = false;

  async getDocument(collection: string, id: string) {
    if (this.failure !== null) throw this.failure;
    const text = this.texts.get(`${collection}/${id}`);
    return text === undefined ? undefined : { id, revision: 1, value: JSON.parse(text) as JsonValue };
  }

  async putDocument(write: DocumentWrite): Promise<"stored"> {
    this.writes.push(write);
    if (this.isHanging) await new Promise(() => {});
    if (this.failure !== null) throw this.failure;
    this.texts.set(`${write.collection}/${write.id}`, JSON.stringify(write.value));
    return "stored";
  }
}

function open() {
  const documents = new TestDocuments();
  const errors: MycroftError[] = [];
  const state = {
    now: 1_000,
    version: "1" as string | null,
    executions: 0,
    answer: (): AttemptOutcome => ({ ok: true, output: state.executions, version: state.version ?? "none" }),
  };
  const inner = {
    versionOf: () => state.version,
    execute: async () => {
      state.executions += 1;
      return state.answer();
    },
  };
  const clock = { now: () => state.now } as Clock;
  const onError = (error: MycroftError) => void errors.push(error);
  const gatewayOver = (dataHash: string | null) =>
    cachingGateway(inner, { store: documents, clock, dataHash, onError });
  const gateway = gatewayOver("data");
  const ask = async (more: Partial<AttemptRequest> = {}, over = gateway) => {
    const outcome = await over.execute({ ...request, ...more }, control);
    await setImmediate();
    return outcome;
  };
  return { documents, errors, state, ask, gatewayOver };
}

describe("cachingGateway", () => {
  it("answers an equal request from the cache, and says so; runs, tasks and attempts may differ", async () => {
    const { documents, state, ask } = open();
    assert.deepEqual(await ask(), { ok: true, output: 1, version: "1" });
    const other = { runId: "s", task: "u", attempt: 7, idempotencyKey: "s/u", timeoutMs: 5 };
    const cached = { ok: true, output: 1, version: "1", isCached: true };
    assert.deepEqual(await ask({ ...other, input: { list: [1, 2], subject: "IBM" } }), cached);
    assert.equal(state.executions, 1);
    const [write] = documents.writes;
    assert.equal(documents.writes.length, 1, "what came from the cache is not kept again");
    assert.deepEqual([write?.collection, write?.replaces, write?.expiresAt], ["results", null, 1_000 + day]);
  });

  it("keeps outputs of any kind, null as well", async () => {
    for (const output of [null, 0, "", [], {}, { deep: [null] }]) {
      const { state, ask } = open();
      state.answer = () => ({ ok: true, output, version: "1" });
      await ask();
      assert.deepEqual(await ask(), { ok: true, output, version: "1", isCached: true });
    }
  });

  it("tells requests apart by target, version, input, day and data", async () => {
    const { state, ask, gatewayOver } = open();
    await ask();
    const others: readonly Partial<AttemptRequest>[] = [
      { target: { kind: "function", name: "llm" } },
      { target: { kind: "agent", name: "llm2" } },
      { input: { subject: "IBM", list: [2, 1] } },
      { asOf: "2010-02-27" },
    ];
    for (const other of others) await ask(other);
    assert.equal(state.executions, 1 + others.length);
    state.version = "2";
    await ask();
    await ask({}, gatewayOver(null));
    assert.equal(state.executions, 3 + others.length);
    await ask();
    assert.equal(state.executions, 3 + others.length);
  });

  it("does nothing for a request that may not use an earlier answer, or whose target does not exist", async () => {
    const { documents, state, ask } = open();
    await ask();
    assert.deepEqual(await ask({ cacheTtlMs: null }), { ok: true, output: 2, version: "1" });
    state.version = null;
    state.answer = () => ({
      ok: false,
      error: { code: "AGENT_UNKNOWN", message: "no llm", retryable: false },
    });
    assert.equal((await ask()).ok, false);
    assert.equal(documents.writes.length, 1);
  });

  it("an answer stands in for as long as the step that asks allows it, and the step that it was given to", async () => {
    const { documents, state, ask } = open();
    await ask();
    state.now += day / 2;
    assert.equal((await ask({ cacheTtlMs: day / 2 })).ok, true);
    assert.equal(state.executions, 2, "it is too old for this step");
    await ask({ cacheTtlMs: day });
    assert.equal(state.executions, 2);
    assert.deepEqual(
      documents.writes.map(({ expiresAt }) => expiresAt),
      [1_000 + day, 1_000 + day],
    );
  });

  it("uses nothing that was written in the future, as it is when the clock was set back", async () => {
    const { state, ask } = open();
    await ask();
    state.now -= 1;
    await ask();
    assert.equal(state.executions, 2);
  });

  it("keeps no failure, and no answer of a version that came up meanwhile", async () => {
    const { documents, state, ask } = open();
    state.answer = () => ({ ok: false, error: { code: "TASK_FAILED", message: "busy", retryable: true } });
    await ask();
    state.answer = () => ({ ok: true, output: 1, version: "2" });
    await ask();
    assert.equal(documents.writes.length, 0);
  });

  it("an entry that is damaged is as none, and is written anew", async () => {
    const { documents, state, ask } = open();
    await ask();
    const [[id, text] = ["", ""]] = documents.texts;
    const damaged = [
      "null",
      "[]",
      '"text"',
      JSON.stringify({ ...JSON.parse(text), output: 2 }),
      JSON.stringify({ ...JSON.parse(text), output: undefined }),
      JSON.stringify({ ...JSON.parse(text), hash: undefined }),
      JSON.stringify({ ...JSON.parse(text), at: "then" }),
      JSON.stringify({ ...JSON.parse(text), version: 1 }),
    ];
    for (const [index, entry] of damaged.entries()) {
      documents.texts.set(id, entry);
      assert.deepEqual(await ask(), { ok: true, output: 2 + index, version: "1" }, entry);
      assert.equal((await ask()).ok, true);
      assert.equal(state.executions, 2 + index);
    }
  });

  it("trouble with the cache is told, and fails no attempt; an output that is too large is just not kept", async () => {
    const { documents, errors, state, ask } = open();
    documents.failure = new MycroftError("STORE_FULL", "no room");
    assert.deepEqual(await ask(), { ok: true, output: 1, version: "1" });
    assert.deepEqual(
      errors.map(({ code }) => code),
      ["STORE_FULL", "STORE_FULL"],
      "once for reading, once for writing",
    );
    documents.failure = null;
    documents.putDocument = () => Promise.reject(new MycroftError("LIMIT_EXCEEDED", "1 MiB"));
    assert.equal((await ask()).ok, true);
    assert.equal(errors.length, 2);
    assert.equal(state.executions, 2);
  });

  it("P8 no answer waits for the cache, and no more than 100 wait to be written", async () => {
    const { documents, state, ask } = open();
    documents.isHanging = true;
    for (let index = 0; index < 150; index += 1) await ask({ input: index });
    assert.equal(state.executions, 150);
    assert.equal(documents.writes.length, 100);
  });
});
