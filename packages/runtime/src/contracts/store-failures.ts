/** Bad input, a closed store, and a store that cannot write: an error with a code, and nothing half done. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import type { RunAppend } from "../ports/store.ts";
import { assertCode } from "./assert-code.ts";
import {
  createRuns,
  creation,
  samplePlan,
  sampleRun,
  settlement,
  started,
  succeeded,
} from "./sample-runs.ts";
import type { CurrentHost } from "./store-host.ts";

const malformed: Readonly<Record<string, RunAppend>> = {
  "an empty run id": creation(""),
  "a run id of 201 characters": creation("x".repeat(201)),
  "a run id with a space": creation("a b"),
  "a run id with a control character": creation("a\nb"),
  "a run id beyond ASCII": creation("lauf-ä"),
  "a creation that does not begin at 0": { ...creation("new"), fromSeq: 1 },
  "a creation under another id": { ...creation("new"), create: sampleRun("other") },
  "a negative sequence number": { runId: "exists", fromSeq: -1, events: [started()] },
  "a sequence number that is not whole": { runId: "exists", fromSeq: 0.5, events: [started()] },
  "a sequence number that is NaN": { runId: "exists", fromSeq: Number.NaN, events: [started()] },
};

export function testStoreFailures(host: CurrentHost): void {
  describe("failures", () => {
    test("P7 a malformed append is refused, and nothing of its batch is stored", async () => {
      const { store } = host();
      await createRuns(store, ["exists"]);
      for (const append of Object.values(malformed)) {
        await assertCode(
          () => store.append([creation("before"), append, creation("after")]),
          "INPUT_INVALID",
        );
      }
      assert.equal(await store.getRun("before"), undefined);
      assert.equal(await store.getRun("after"), undefined);
      assert.deepEqual(await store.readEvents("exists"), [started()]);
      await createRuns(store, ["x".repeat(200), "!~"]);
      assert.equal((await store.getRun("x".repeat(200)))?.events, 1);
    });

    test("P7 an event that JSON cannot carry is refused, and nothing of its batch is stored", async () => {
      const { store } = host();
      await createRuns(store, ["exists"]);
      const bad = succeeded("bad", { n: 1n } as unknown as JsonValue);
      const batch = [creation("before"), { runId: "exists", fromSeq: 1, events: [bad] }];
      await assertCode(() => store.append(batch), "OUTPUT_NOT_JSON");
      assert.equal(await store.getRun("before"), undefined);
      assert.deepEqual(await store.readEvents("exists"), [started()]);
    });

    test("P7 a sequence number to read from that is not a whole number from 0 is refused", async () => {
      const { store } = host();
      for (const fromSeq of [-1, 0.5, Number.NaN]) {
        await assertCode(() => store.readEvents("exists", fromSeq), "INPUT_INVALID");
      }
    });

    test("P1 a store that cannot write stores nothing of the batch, and works again later", async (context) => {
      const { store, fillUp } = host();
      if (fillUp === undefined) return context.skip("this host cannot be filled up");
      const dataHash = await store.putArtifact("data");
      const provenance = { codeVersion: "first seen in this batch", dataHash };
      await createRuns(store, ["before"]);
      const bulk = Array.from({ length: 100 }, (_, index) => succeeded(`bulk-${index}`, "b".repeat(10_000)));
      const batch: readonly RunAppend[] = [
        creation("new", { provenance }),
        { runId: "before", fromSeq: 1, events: [succeeded("small", 1)] },
        { runId: "before", fromSeq: 2, events: bulk },
      ];
      const makeRoom = await fillUp();
      await assertCode(() => store.append(batch), "STORE_FULL", "STORE_IO");
      await assertCode(() => store.append(batch), "STORE_FULL", "STORE_IO");
      assert.equal(await store.getRun("new"), undefined);
      assert.deepEqual(await store.readEvents("before"), [started()]);
      await makeRoom();
      assert.deepEqual(await store.append(batch), ["stored", "stored", "stored"]);
      assert.equal((await store.readEvents("before")).length, 102);
      assert.deepEqual((await store.getRun("new"))?.provenance, provenance);
      await store.append([settlement("new", 10)]);
      assert.equal(await store.prune(Number.MAX_SAFE_INTEGER), 1);
      assert.equal(await store.getArtifact(dataHash), undefined);
    });

    test("a closed store answers STORE_CLOSED; closing twice is closing once", async () => {
      const { store } = host();
      await store.close();
      await store.close();
      const calls: readonly (() => Promise<unknown>)[] = [
        () => store.append([creation("run-1")]),
        () => store.putPlan(samplePlan("p")),
        () => store.getPlan("p"),
        () => store.getRun("run-1"),
        () => store.listRuns({ limit: 1 }),
        () => store.readEvents("run-1"),
        () => store.putArtifact(1),
        () => store.getArtifact("0".repeat(64)),
        () => store.prune(1),
      ];
      for (const call of calls) await assertCode(call, "STORE_CLOSED");
    });
  });
}
