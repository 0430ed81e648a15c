import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { asStoreError } from "./store-error.ts";

function failureOf(action: (database: DatabaseSync) => unknown): MycroftError {
  const database = new DatabaseSync(":memory:");
  try {
    action(database);
  } catch (thrown) {
    return asStoreError(thrown, "try", "/folder");
  } finally {
    database.close();
  }
  assert.fail("it did not fail");
}

/** As node:sqlite throws it. */
function sqliteError(errcode: number): Error {
  return Object.assign(new Error("from SQLite"), { errcode });
}

test("a wrong statement is INTERNAL, so that nobody tries it again for ever", () => {
  const defects: readonly ((database: DatabaseSync) => unknown)[] = [
    (database) => database.exec("SELECT nonsense"),
    (database) => database.exec("CREATE TABLE t (x NOT NULL); INSERT INTO t VALUES (NULL)"),
    (database) => database.exec("CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t VALUES ('text')"),
    (database) => database.exec("BEGIN; BEGIN"),
    (database) => database.prepare("SELECT ?").get(1, 2),
  ];
  for (const defect of defects) {
    const { code, retryable } = failureOf(defect);
    assert.deepEqual([code, retryable], ["INTERNAL", false], String(defect));
  }
});

test("what the disk does may pass, and what is damaged does not", () => {
  // IOERR with kinds of its own, FULL, CANTOPEN, READONLY, BUSY, CORRUPT, NOTADB.
  const codes = { 778: "STORE_IO", 1034: "STORE_IO", 13: "STORE_FULL", 14: "STORE_IO", 8: "STORE_IO" };
  for (const [errcode, code] of Object.entries({ ...codes, 5: "STORE_LOCKED", 517: "STORE_LOCKED" })) {
    const error = asStoreError(sqliteError(Number(errcode)), "try", "/folder");
    assert.deepEqual([error.code, error.retryable], [code, true], errcode);
  }
  for (const errcode of [11, 779, 26]) {
    const error = asStoreError(sqliteError(errcode), "try", "/folder");
    assert.deepEqual([error.code, error.retryable], ["STORE_DAMAGED", false], `${errcode}`);
  }
});

test("failures of the file system are told apart by their code, and ours pass unchanged", () => {
  const systemError = (code: string) => Object.assign(new Error("no"), { syscall: "write", code });
  for (const [code, expected] of [
    ["ENOSPC", "STORE_FULL"],
    ["EDQUOT", "STORE_FULL"],
    ["EIO", "STORE_IO"],
    ["EFBIG", "STORE_IO"],
    ["EROFS", "STORE_IO"],
  ] as const) {
    assert.equal(asStoreError(systemError(code), "try", "/folder").code, expected);
  }
  const own = new MycroftError("LIMIT_EXCEEDED", "too much");
  assert.equal(asStoreError(own, "try", "/folder"), own);
});
