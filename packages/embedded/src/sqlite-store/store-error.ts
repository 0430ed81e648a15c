/** What SQLite and the file system report, as errors of the one table. */
import { accessSync, constants } from "node:fs";
import { type ErrorCode, MycroftError } from "@mycroft/errors";

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
export const sqliteCodes = {
  error: 1,
  busy: 5,
  locked: 6,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  mismatch: 20,
  misuse: 21,
  range: 25,
  notADatabase: 26,
} as const;

/** SQLite's primary result code of a thrown value; undefined when SQLite did not throw it. */
export function sqliteCodeOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error && "errcode" in thrown && typeof thrown.errcode === "number"))
    return undefined;
  // The low byte is the primary code; the rest tells its kinds apart.
  return thrown.errcode & 0xff;
}

/** The failure to do what `doing` says, in `folder`. Failures that have a code already pass unchanged. */
export function asStoreError(thrown: unknown, doing: string, folder: string): MycroftError {
  if (thrown instanceof MycroftError) return thrown;
  const code = codeOf(thrown);
  if (sqliteCodeOf(thrown) === sqliteCodes.cannotOpen && !isWritable(folder))
    return unwritable(thrown, doing, folder);
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return new MycroftError(code, `Cannot ${doing} in ${folder}: ${cause}. ${adviceOn(code)}`, {
    cause: thrown,
    details: { folder, doing },
  });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (thrown) {
    return !(isSystemError(thrown) && ["EACCES", "EPERM", "EROFS"].includes(thrown.code));
  }
}

/** SQLite says no more than that it cannot open the file. */
function unwritable(thrown: unknown, doing: string, folder: string): MycroftError {
  return new MycroftError(
    "STORE_IO",
    `Cannot ${doing} in ${folder}: the folder cannot be written to, which even reading needs. Change its permissions, ` +
      "or copy it to a place that can be written.",
    { cause: thrown, details: { folder, doing } },
  );
}

function codeOf(thrown: unknown): ErrorCode {
  switch (sqliteCodeOf(thrown)) {
    case undefined:
      return isSystemError(thrown) ? codeOfSystemError(thrown.code) : "INTERNAL";
    case sqliteCodes.full:
      return "STORE_FULL";
    case sqliteCodes.corrupt:
    case sqliteCodes.notADatabase:
      return "STORE_DAMAGED";
    case sqliteCodes.busy:
    case sqliteCodes.locked:
      return "STORE_LOCKED";
    // A statement that is wrong stays wrong: whoever tried it again would never end.
    case sqliteCodes.error:
    case sqliteCodes.constraint:
    case sqliteCodes.mismatch:
    case sqliteCodes.misuse:
    case sqliteCodes.range:
      return "INTERNAL";
    default:
      return "STORE_IO";
  }
}

function isSystemError(thrown: unknown): thrown is Error & { readonly code: string } {
  return (
    thrown instanceof Error && "syscall" in thrown && "code" in thrown && typeof thrown.code === "string"
  );
}

function codeOfSystemError(code: string): ErrorCode {
  return code === "ENOSPC" || code === "EDQUOT" ? "STORE_FULL" : "STORE_IO";
}

function adviceOn(code: ErrorCode): string {
  switch (code) {
    case "STORE_FULL":
      return "Make room on the disk, or raise the store's maxFileBytes if it is set; nothing was stored.";
    case "STORE_DAMAGED":
      return "Restore the folder from a backup, or move it away to begin with an empty store.";
    case "STORE_LOCKED":
      return "Another program has a transaction open on the store's file; end it.";
    case "STORE_IO":
      return "Check the disk and the folder's permissions, or keep the record in another folder.";
    default:
      return "This is a defect in Mycroft.";
  }
}
