/** What a run's blackboard owes: compare and set by revision, apart from other runs', in limits, on record. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contentHash } from "@mycroft/engine";
import { messageLimits } from "../messaging/message-limits.ts";
import { assertCode } from "./assert-code.ts";
import type { MessagesOffice } from "./messages-office.ts";

export function testBlackboard(current: () => MessagesOffice): void {
  test("what one writes the others of its run read, with its revision and its writer", async () => {
    const office = current();
    const one = office.attempt().channel.blackboard;
    const other = office.attempt({ target: { kind: "agent", name: "macro" } }).channel.blackboard;
    assert.equal(await one.read("thesis"), null);
    assert.deepEqual(await one.write("thesis", { up: 0.6 }), { status: "written", revision: 1 });
    assert.deepEqual(await other.read("thesis"), {
      key: "thesis",
      value: { up: 0.6 },
      revision: 1,
      by: "trend",
    });
    assert.deepEqual(await other.write("thesis", null), { status: "written", revision: 2 });
    assert.deepEqual(await one.entries(), [{ key: "thesis", value: null, revision: 2, by: "macro" }]);
  });

  test("of two who replace the same revision one is first, and the other is shown what there is", async () => {
    const office = current();
    const { blackboard } = office.attempt().channel;
    const writes = ["a", "b", "c"].map((value) => blackboard.write("side", value, 0));
    const outcomes = await Promise.all(writes);
    const [written, ...none] = outcomes.filter(({ status }) => status === "written");
    assert.deepEqual([written, none.length], [{ status: "written", revision: 1 }, 0]);
    const current1 = await blackboard.read("side");
    for (const outcome of outcomes) {
      if (outcome.status === "conflict") assert.deepEqual(outcome.current, current1);
    }
    assert.deepEqual(await blackboard.write("side", "d", 1), { status: "written", revision: 2 });
    assert.equal((await blackboard.write("side", "e", 1)).status, "conflict");
    assert.equal((await blackboard.write("side", "e", 7)).status, "conflict");
    assert.equal((await blackboard.read("side"))?.value, "d");
  });

  test("those who write over whatever there is never conflict", async () => {
    const office = current();
    const { blackboard } = office.attempt().channel;
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map((value) => blackboard.write("count", value)));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === "written" && outcome.revision).toSorted(),
      [1, 2, 3, 4, 5],
    );
  });

  test("each run has its own, and a run whose id begins as another's has too", async () => {
    const office = current();
    const runs = ["run-1", "run-2", "run-1.0a", "run-1/x"].map((runId) => office.attempt({ runId }).channel);
    for (const [index, { blackboard }] of runs.entries()) await blackboard.write("mine", index);
    for (const [index, { blackboard }] of runs.entries()) {
      assert.deepEqual(
        (await blackboard.entries()).map(({ value }) => value),
        [index],
      );
    }
  });

  test("P8 keys are limited in number and length, values in size; what is there can still be written", async () => {
    const office = current();
    const { blackboardKeys, keyLength, bodyBytes } = messageLimits;
    const { blackboard } = office.attempt().channel;
    for (let key = 0; key < blackboardKeys; key += 1) await blackboard.write(`key ${key}`, key, 0);
    await assertCode(() => blackboard.write("one more", 1), "LIMIT_EXCEEDED");
    await assertCode(() => blackboard.write("one more", 1, 0), "LIMIT_EXCEEDED");
    assert.equal((await blackboard.write("key 7", "again")).status, "written");
    assert.equal((await blackboard.entries()).length, blackboardKeys);
    await assertCode(() => blackboard.write("large", "x".repeat(bodyBytes)), "LIMIT_EXCEEDED");
    for (const key of ["", "k".repeat(keyLength + 1), "\ud800"]) {
      await assertCode(() => blackboard.write(key, 1), "INPUT_INVALID");
      await assertCode(() => blackboard.read(key), "INPUT_INVALID");
    }
    await assertCode(() => blackboard.write("key 7", 1, -1), "INPUT_INVALID");
  });

  test("P8 what is on it expires", async () => {
    const office = current();
    await office.attempt().channel.blackboard.write("a", 1);
    const [document] = (await office.store.listDocuments("blackboard", { limit: 10 })).documents;
    assert.equal(document?.id, "run-1 a");
    // The store's own clock is what counts: what expires is the store's contract, that it does is this one's.
    assert.equal(office.expiries.length, 1);
    assert.ok(office.expiries.every((at) => Math.abs(at - Date.now() - messageLimits.blackboardMs) < 60_000));
  });

  test("what was written and read is on record, the same reading once", async () => {
    const office = current();
    const attempt = office.attempt();
    const { blackboard } = attempt.channel;
    await blackboard.read("a");
    await blackboard.read("a");
    await blackboard.write("a", "x");
    await blackboard.read("a");
    await blackboard.entries();
    await blackboard.entries();
    await blackboard.write("a", "y", 0);
    const x = contentHash("x");
    const listed = contentHash([{ key: "a", value: "x", revision: 1, by: "trend" }]);
    assert.deepEqual(attempt.reported(), [
      { type: "read", key: "a", revision: 0, hash: null },
      { type: "written", key: "a", revision: 1, hash: x },
      { type: "read", key: "a", revision: 1, hash: x },
      { type: "listed", keys: 1, hash: listed },
      // It was told what there is instead of being written.
      { type: "read", key: "a", revision: 1, hash: x },
    ]);
  });
}
