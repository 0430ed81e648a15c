/** Documents: small values with revisions, found by collection and id, gone when their time has come. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import { documentLimits } from "../ports/check-document.ts";
import type { DocumentWrite, Store } from "../ports/store.ts";
import { assertCode } from "./assert-code.ts";
import type { CurrentHost } from "./store-host.ts";

/** Before and after any clock, in milliseconds since the epoch. */
const longAgo = 1_000;
const farAway = 32_503_680_000_000;

export function testDocuments(host: CurrentHost): void {
  describe("documents", () => {
    testRevisions(host);
    testDocumentPages(host);
    testExpiry(host);
    testRefusals(host);
  });
}

/** Writes whatever there is. */
function put(store: Store, id: string, value: JsonValue, more: Partial<DocumentWrite> = {}): Promise<string> {
  return store.putDocument({ collection: "notes", id, replaces: null, value, ...more });
}

/** Every page of a collection, as ids. */
export async function listDocumentPages(
  store: Store,
  collection: string,
  limit: number,
): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.listDocuments(collection, {
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    pages.push(page.documents.map((document) => document.id));
    cursor = page.nextCursor;
  }
  return pages;
}

function testRevisions(host: CurrentHost): void {
  test("a document is read back as it was given, with a revision that counts its changes", async () => {
    const { store } = host();
    const value = { b: [1, null, "\u0000 \u2603"], a: { nested: true } };
    assert.equal(await store.getDocument("notes", "one"), undefined);
    assert.equal(await put(store, "one", value, { replaces: 0 }), "stored");
    assert.deepEqual(await store.getDocument("notes", "one"), { id: "one", revision: 1, value });
    assert.equal(await put(store, "one", "second", { replaces: 1 }), "stored");
    assert.equal(await put(store, "one", 3), "stored");
    assert.deepEqual(await store.getDocument("notes", "one"), { id: "one", revision: 3, value: 3 });
  });

  test("P2 a write that replaces another revision is a conflict and changes nothing", async () => {
    const { store } = host();
    await put(store, "one", "first");
    await put(store, "one", "second");
    for (const replaces of [0, 1, 3]) {
      assert.equal(await put(store, "one", "late", { replaces, expiresAt: longAgo }), "conflict");
      assert.equal(await put(store, "one", null, { replaces }), "conflict");
    }
    assert.deepEqual(await store.getDocument("notes", "one"), { id: "one", revision: 2, value: "second" });
    assert.equal(await put(store, "two", "never", { replaces: 1 }), "conflict");
    assert.equal(await put(store, "two", null, { replaces: 1 }), "conflict");
    assert.equal(await store.getDocument("notes", "two"), undefined);
  });

  test("P2 of two writes of one revision in one moment exactly one is stored", async () => {
    const { store, openSecond } = host();
    const second = (await openSecond?.()) ?? store;
    for (let revision = 0; revision < 10; revision += 1) {
      const rivals = [store, second].map((handle, by) => put(handle, "one", by, { replaces: revision }));
      const outcomes = await Promise.all(rivals);
      assert.deepEqual(outcomes.toSorted(), ["conflict", "stored"]);
      const winner = outcomes.indexOf("stored");
      assert.deepEqual(await store.getDocument("notes", "one"), {
        id: "one",
        revision: revision + 1,
        value: winner,
      });
    }
  });

  test("null deletes: the document is as one that never was", async () => {
    const { store } = host();
    await put(store, "one", 1);
    await put(store, "one", 2);
    assert.equal(await put(store, "one", null, { replaces: 2 }), "stored");
    assert.equal(await store.getDocument("notes", "one"), undefined);
    assert.deepEqual(await listDocumentPages(store, "notes", 10), [[]]);
    assert.equal(await put(store, "one", null), "stored");
    assert.equal(await put(store, "one", null, { replaces: 0 }), "stored");
    assert.equal(await put(store, "one", "new", { replaces: 0 }), "stored");
    assert.deepEqual(await store.getDocument("notes", "one"), { id: "one", revision: 1, value: "new" });
  });

  test("ids are unique within a collection only, and taken literally", async () => {
    const { store } = host();
    const ids = [
      "a",
      "A",
      "a ",
      "é",
      "e\u0301",
      "\u0000",
      "a\u0000b",
      "%",
      "x".repeat(500),
      "\u{1f600}".repeat(250),
    ];
    for (const collection of ["notes", "Notes", "notes-2"]) {
      for (const id of ids) await store.putDocument({ collection, id, replaces: 0, value: [collection, id] });
    }
    for (const collection of ["notes", "Notes", "notes-2"]) {
      for (const id of ids) {
        assert.deepEqual((await store.getDocument(collection, id))?.value, [collection, id]);
      }
    }
    assert.equal(await store.getDocument("notes", "b"), undefined);
  });

  test("what is read later does not change with the object that was given", async () => {
    const { store } = host();
    const value = { rows: [1] };
    await put(store, "one", value);
    value.rows.push(2);
    assert.deepEqual((await store.getDocument("notes", "one"))?.value, { rows: [1] });
  });

  test("P1 documents are there after reopening, with their revisions", async (context) => {
    const { store, reopen } = host();
    if (reopen === undefined) return context.skip("nothing outlives this store");
    await put(store, "one", 1);
    await put(store, "one", 2, { expiresAt: farAway });
    await put(store, "gone", 1, { expiresAt: longAgo });
    await store.close();
    const again = await reopen();
    assert.deepEqual(await again.getDocument("notes", "one"), { id: "one", revision: 2, value: 2 });
    assert.equal(await again.getDocument("notes", "gone"), undefined);
    assert.equal(await put(again, "one", 3, { replaces: 2 }), "stored");
  });
}

function testDocumentPages(host: CurrentHost): void {
  test("a collection is listed in the order of its ids' code points, in pages", async () => {
    const { store } = host();
    // JavaScript's own order has the emoji before the last but one.
    const ids = ["A", "a", "a1", "a10", "a2", "b", "é", "\ufffd", "\u{1f600}"];
    for (const id of ids.toReversed()) await put(store, id, id);
    await store.putDocument({ collection: "others", id: "a3", replaces: 0, value: 1 });
    for (const limit of [1, 4, ids.length - 1, ids.length, ids.length + 1]) {
      const pages = await listDocumentPages(store, "notes", limit);
      assert.deepEqual(pages.flat(), ids);
      assert.equal(pages.length, Math.ceil(ids.length / limit));
    }
    assert.deepEqual((await store.listDocuments("notes", { limit: 1 })).documents, [
      { id: "A", revision: 1, value: "A" },
    ]);
    assert.deepEqual(await store.listDocuments("nothing", { limit: 10 }), {
      documents: [],
      nextCursor: null,
    });
  });

  test("paging is stable while documents come and go", async () => {
    const { store } = host();
    for (const id of ["a", "b", "c", "d", "e"]) await put(store, id, id);
    const first = await store.listDocuments("notes", { limit: 2 });
    assert.equal(first.nextCursor, "b");
    await put(store, "b", null);
    await put(store, "d", null);
    await put(store, "bb", 1);
    await put(store, "aa", 1);
    const second = await store.listDocuments("notes", { limit: 10, cursor: "b" });
    assert.deepEqual(
      second.documents.map((document) => document.id),
      ["bb", "c", "e"],
    );
  });
}

function testExpiry(host: CurrentHost): void {
  test("a document that has expired is as one that never was", async () => {
    const { store } = host();
    assert.equal(await put(store, "one", "late already", { expiresAt: longAgo }), "stored");
    assert.equal(await store.getDocument("notes", "one"), undefined);
    assert.deepEqual(await listDocumentPages(store, "notes", 10), [[]]);
    assert.equal(await put(store, "one", 1, { replaces: 1 }), "conflict");
    assert.equal(await put(store, "one", 1, { replaces: 0, expiresAt: farAway }), "stored");
    assert.deepEqual(await store.getDocument("notes", "one"), { id: "one", revision: 1, value: 1 });
  });

  test("a document expires when its time has come, and a new revision has a time of its own", async (context) => {
    const { store, shiftClock } = host();
    if (shiftClock === undefined) return context.skip("this host's clock cannot be set");
    const expiresAt = Date.now() + 60_000;
    for (const id of ["as-it-was", "longer", "for-ever"]) await put(store, id, 1, { expiresAt });
    await put(store, "longer", 2, { expiresAt: expiresAt + 120_000 });
    await put(store, "for-ever", 2);
    assert.equal((await store.getDocument("notes", "as-it-was"))?.revision, 1);
    shiftClock(120_000);
    assert.deepEqual(await listDocumentPages(store, "notes", 10), [["for-ever", "longer"]]);
    assert.deepEqual(await listDocumentPages(store, "notes", 1), [["for-ever"], ["longer"]]);
    assert.equal(await put(store, "as-it-was", 1, { replaces: 0, expiresAt: farAway }), "stored");
    assert.equal(await put(store, "longer", 3, { replaces: 2, expiresAt: expiresAt + 120_000 }), "stored");
    shiftClock(120_000);
    assert.deepEqual(await listDocumentPages(store, "notes", 10), [["as-it-was", "for-ever"]]);
  });

  test("P8 pruning forgets what has expired, whatever the time for runs, and nothing else", async (context) => {
    const { store, shiftClock } = host();
    if (shiftClock === undefined) return context.skip("this host's clock cannot be set");
    const expiresAt = Date.now() + 60_000;
    await put(store, "kept", 1);
    await put(store, "young", 1, { expiresAt: farAway });
    for (let index = 0; index < 450; index += 1) await put(store, `old-${index}`, index, { expiresAt });
    shiftClock(120_000);
    assert.equal(await store.prune(Number.NEGATIVE_INFINITY), 0);
    assert.deepEqual(await listDocumentPages(store, "notes", 10), [["kept", "young"]]);
    // What had only been hidden would be back.
    shiftClock(-120_000);
    assert.deepEqual(await listDocumentPages(store, "notes", 10), [["kept", "young"]]);
  });
}

const refused: Readonly<Record<string, Partial<DocumentWrite>>> = {
  "no collection": { collection: "" },
  "a collection that begins with a digit": { collection: "1st" },
  "a collection with a space": { collection: "my notes" },
  "a collection beyond ASCII": { collection: "größen" },
  "a collection of 51 characters": { collection: "c".repeat(51) },
  "an empty id": { id: "" },
  "an id of 501 characters": { id: "x".repeat(501) },
  "an id with half a character": { id: "\ud800" },
  "a negative revision": { replaces: -1 },
  "a revision that is not whole": { replaces: 1.5 },
  "a revision that is NaN": { replaces: Number.NaN },
  "a time that is NaN": { expiresAt: Number.NaN },
  "a time without end": { expiresAt: Number.POSITIVE_INFINITY },
};

function testRefusals(host: CurrentHost): void {
  test("P7 a malformed write is refused", async () => {
    const { store } = host();
    for (const [what, wrong] of Object.entries(refused)) {
      await assertCode(() => put(store, "one", 1, wrong), "INPUT_INVALID").catch((thrown: unknown) => {
        throw new Error(what, { cause: thrown });
      });
    }
    assert.equal(await store.getDocument("notes", "one"), undefined);
  });

  test("P7 a malformed question is refused", async () => {
    const { store } = host();
    await assertCode(() => store.getDocument("1st", "one"), "INPUT_INVALID");
    await assertCode(() => store.getDocument("notes", ""), "INPUT_INVALID");
    await assertCode(() => store.listDocuments("", { limit: 1 }), "INPUT_INVALID");
    await assertCode(() => store.listDocuments("notes", { limit: 1, cursor: "" }), "INPUT_INVALID");
    for (const limit of [0, -1, 1_001, 1.5, Number.NaN]) {
      await assertCode(() => store.listDocuments("notes", { limit }), "INPUT_INVALID");
    }
  });

  test("P7 a value above 1 MiB of JSON is LIMIT_EXCEEDED; one of 1 MiB is kept", async () => {
    const { store } = host();
    const largest = "é".repeat(documentLimits.bytes / 2 - 1);
    await assertCode(() => put(store, "one", `${largest}x`), "LIMIT_EXCEEDED");
    assert.equal(await store.getDocument("notes", "one"), undefined);
    assert.equal(await put(store, "one", largest), "stored");
    assert.equal((await store.getDocument("notes", "one"))?.value, largest);
  });

  test("P7 what JSON cannot carry is refused", async () => {
    const { store } = host();
    const untyped = (value: unknown): JsonValue => value as JsonValue;
    for (const value of [undefined, Number.NaN, { n: 1n }, new Map(), "\ud800"]) {
      await assertCode(() => put(store, "one", untyped(value)), "OUTPUT_NOT_JSON");
    }
    assert.equal(await store.getDocument("notes", "one"), undefined);
  });
}
