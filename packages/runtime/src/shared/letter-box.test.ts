import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { MemorySharedStore } from "../memory/memory-shared-store.ts";
import type { Letter, SharedStore } from "../ports/shared-store.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { LetterBox } from "./letter-box.ts";
import { shardOf } from "./shard-of.ts";

const pollMs = 1_000;
const runId = "run";
const letter = (id: string, to = runId): Letter => ({ id, runId: to, body: { kind: "begin" } });

function aBox(deliver: (letter: Letter) => Promise<boolean>, over: Partial<SharedStore> = {}) {
  const clock = new VirtualClock(0);
  const store = new MemorySharedStore({ now: () => clock.now() });
  const read: SharedStore["readLetters"] = (query) => store.readLetters(query);
  const drop: SharedStore["dropLetters"] = (ids) => store.dropLetters(ids);
  const errors: string[] = [];
  const box = new LetterBox({
    store: { readLetters: read, dropLetters: drop, ...over } as SharedStore,
    clock,
    pollMs,
    shards: () => [shardOf(runId)],
    deliver,
    onError: ({ code }) => errors.push(code),
  });
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await new Promise(process.nextTick);
  };
  const pass = async (ms: number) => {
    clock.advanceTo(clock.now() + ms);
    await settle();
  };
  const left = async () => {
    const letters = await store.readLetters({ shards: [shardOf(runId)], limit: 1_000, except: [] });
    return letters.map(({ id }) => id);
  };
  return { store, box, pass, settle, left, errors };
}

describe("a letter box", () => {
  it("delivers letters to its shards, oldest first, and drops those from which nothing follows", async () => {
    const delivered: string[] = [];
    const { store, box, settle, left } = aBox(async ({ id }) => {
      delivered.push(id);
      return id === "2";
    });
    const elsewhere = ["a", "b", "c", "d"].find((id) => shardOf(id) !== shardOf(runId)) ?? "";
    await store.sendLetters([letter("3"), letter("1"), letter("2"), letter("0", elsewhere)]);
    box.wake();
    await settle();
    assert.deepEqual(delivered, ["1", "2", "3"]);
    assert.deepEqual(await left(), ["2"]);
    box.stop();
  });

  it("P2 what is in hand is not delivered again until it is done, and then it is, if it is still there", async () => {
    const delivered: string[] = [];
    const { store, box, pass, settle } = aBox(async ({ id }) => {
      delivered.push(id);
      return true;
    });
    await store.sendLetters([letter("1")]);
    box.wake();
    await settle();
    await pass(5 * pollMs);
    assert.deepEqual(delivered, ["1"]);
    box.isDone("1");
    await pass(pollMs);
    assert.deepEqual(delivered, ["1", "1"]);
    box.stop();
  });

  it("P3 reads on after a read that failed, and delivers again what could not be delivered", async () => {
    let isAway = true;
    let tries = 0;
    const { store, box, pass, settle, left, errors } = aBox(
      async () => {
        tries += 1;
        if (tries === 1) throw new MycroftError("STORE_CONFLICT", "lost");
        return false;
      },
      {
        readLetters: (query) =>
          isAway ? Promise.reject(new MycroftError("STORE_UNREACHABLE", "away")) : store.readLetters(query),
      },
    );
    await store.sendLetters([letter("1")]);
    box.wake();
    await settle();
    isAway = false;
    await pass(pollMs);
    assert.deepEqual(await left(), ["1"]);
    await pass(pollMs);
    assert.deepEqual(await left(), []);
    assert.deepEqual(errors, ["STORE_UNREACHABLE", "STORE_CONFLICT"]);
    box.stop();
  });

  it("whoever waits for all letters has those that were sent before, though it was reading just then", async () => {
    const delivered: string[] = [];
    const gate = Promise.withResolvers<void>();
    let reads = 0;
    const { store, box, settle } = aBox(
      async ({ id }) => {
        delivered.push(id);
        return true;
      },
      {
        readLetters: async (query) => {
          const letters = await store.readLetters(query);
          reads += 1;
          if (reads === 1) await gate.promise;
          return letters;
        },
      },
    );
    box.wake();
    await settle();
    await store.sendLetters([letter("1")]);
    const all = box.readAll();
    gate.resolve();
    await all;
    assert.deepEqual(delivered, ["1"]);
    box.stop();
  });
});
