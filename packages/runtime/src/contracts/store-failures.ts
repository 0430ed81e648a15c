/** Bad input, a closed store, and a store that cannot write: an error with a code, and nothing half done. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import { runLimits } from "../ports/check-new-run.ts";
import type { NewRun, RunAppend } from "../ports/store.ts";
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

const parent = { runId: "parent", task: "ask", attempt: 1 };
const fork = { runId: "original", tasks: ["ask"] };

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
  "a time of creation that is NaN": creation("new", { createdAt: Number.NaN }),
  "a time of settling that is NaN": settlement("exists", Number.NaN),
  "21 tags": creation("new", { tags: Array.from("abcdefghijklmnopqrstu") }),
  "tags that are not sorted": creation("new", { tags: ["b", "a"] }),
  "a tag that is there twice": creation("new", { tags: ["a", "a"] }),
  "an empty tag": creation("new", { tags: [""] }),
  "a tag of 101 characters": creation("new", { tags: ["x".repeat(101)] }),
  "a tag with half a character": creation("new", { tags: ["\ud800"] }),
  "no tags at all": creation("new", untyped({ tags: undefined })),
  "a tag that is no text": creation("new", untyped({ tags: [1] })),
  "an empty start key": creation("new", { startKey: "" }),
  "a start key of 201 characters": creation("new", { startKey: "x".repeat(201) }),
  "a start key beyond ASCII": creation("new", { startKey: "schlüssel" }),
  "a start key with a line break": creation("new", { startKey: "a\n" }),
  "a start key that is no text": creation("new", untyped({ startKey: undefined })),
  "a parent with a malformed id": creation("new", { parent: { ...parent, runId: "a b" } }),
  "a run that is its own parent": creation("new", { parent: { ...parent, runId: "new" } }),
  "a parent without a task": creation("new", { parent: { ...parent, task: "" } }),
  "a parent's task of 2,001 characters": creation("new", { parent: { ...parent, task: "x".repeat(2_001) } }),
  "a parent's token 0": creation("new", { parent: { ...parent, attempt: 0 } }),
  "a parent's token that is not whole": creation("new", { parent: { ...parent, attempt: 1.5 } }),
  "a fork of a malformed id": creation("new", { forkedFrom: { ...fork, runId: "" } }),
  "a run that is its own fork": creation("new", { forkedFrom: { ...fork, runId: "new" } }),
  "a fork from a task with half a character": creation("new", { forkedFrom: { ...fork, tasks: ["\udc00"] } }),
  "a fork from 10,001 tasks": creation("new", { forkedFrom: { ...fork, tasks: Array(10_001).fill("a") } }),
};

/** What a caller without types may hand over. */
function untyped(changes: object): Partial<NewRun> {
  return changes;
}

export function testStoreFailures(host: CurrentHost): void {
  describe("failures", () => {
    test("P7 a malformed append is refused, and nothing of its batch is stored", async () => {
      const { store } = host();
      await createRuns(store, ["exists"]);
      for (const [what, append] of Object.entries(malformed)) {
        const batch = [creation("before"), append, creation("after")];
        await assertCode(() => store.append(batch), "INPUT_INVALID").catch((thrown: unknown) => {
          throw new Error(what, { cause: thrown });
        });
      }
      assert.equal(await store.getRun("before"), undefined);
      assert.equal(await store.getRun("after"), undefined);
      assert.deepEqual(await store.readEvents("exists"), [started()]);
      assert.equal(await store.getRun("new"), undefined);
      await createRuns(store, ["x".repeat(200), "!~"]);
      assert.equal((await store.getRun("x".repeat(200)))?.events, 1);
    });

    test("P7 what a run carries may be as large as the limits say", async () => {
      const { store } = host();
      const text = "é".repeat(runLimits.taskLength);
      const run = sampleRun("large", {
        tags: Array.from({ length: 20 }, (_, index) => `${"ü".repeat(98)}${index + 10}`),
        startKey: ` ${"~".repeat(199)}`,
        parent: { runId: "y".repeat(200), task: text, attempt: Number.MAX_SAFE_INTEGER },
        forkedFrom: {
          runId: "z".repeat(200),
          tasks: Array.from({ length: 10_000 }, (_, index) => `${index}`),
        },
      });
      assert.deepEqual(
        await store.append([{ runId: "large", create: run, fromSeq: 0, events: [started()] }]),
        ["stored"],
      );
      assert.deepEqual(await store.getRun("large"), {
        ...run,
        status: "running",
        settledAt: null,
        events: 1,
      });
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

    test("P7 a number of events to read that is not a whole number from 1 is refused", async () => {
      const { store } = host();
      for (const limit of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
        await assertCode(() => store.readEvents("exists", 0, limit), "INPUT_INVALID");
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
        creation("new", { provenance, tags: ["new"], startKey: "new's key" }),
        { runId: "before", fromSeq: 1, events: [succeeded("small", 1)] },
        { runId: "before", fromSeq: 2, events: bulk },
      ];
      const makeRoom = await fillUp();
      await assertCode(() => store.append(batch), "STORE_FULL", "STORE_IO");
      await assertCode(() => store.append(batch), "STORE_FULL", "STORE_IO");
      const document = { collection: "notes", id: "large", replaces: 0, value: "n".repeat(1_000_000) };
      await assertCode(() => store.putDocument(document), "STORE_FULL", "STORE_IO");
      assert.equal(await store.getDocument("notes", "large"), undefined);
      assert.equal(await store.getRun("new"), undefined);
      assert.equal(await store.findRunByStartKey("new's key"), undefined);
      assert.deepEqual((await store.listRuns({ tag: "new", limit: 1 })).runs, []);
      assert.deepEqual(await store.readEvents("before"), [started()]);
      await makeRoom();
      assert.deepEqual(await store.append(batch), ["stored", "stored", "stored"]);
      assert.equal(await store.putDocument(document), "stored");
      assert.equal((await store.readEvents("before")).length, 102);
      assert.equal((await store.findRunByStartKey("new's key"))?.runId, "new");
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
        () => store.findRunByStartKey("key"),
        () => store.listRuns({ limit: 1 }),
        () => store.readEvents("run-1"),
        () => store.putArtifact(1),
        () => store.getArtifact("0".repeat(64)),
        () => store.getDocument("notes", "a"),
        () => store.putDocument({ collection: "notes", id: "a", replaces: null, value: 1 }),
        () => store.listDocuments("notes", { limit: 1 }),
        () => store.prune(1),
      ];
      for (const call of calls) await assertCode(call, "STORE_CLOSED");
    });
  });
}
