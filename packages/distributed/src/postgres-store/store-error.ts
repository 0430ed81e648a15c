/** What Postgres, its client and the network report, as errors of the one table. No message shows a password. */
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import { DatabaseError } from "pg";

/** The failure to do what `doing` says. Failures that have a code already pass unchanged. */
export function asStoreError(thrown: unknown, doing: string, address: string): MycroftError {
  if (thrown instanceof MycroftError) return thrown;
  const code = codeOf(thrown);
  return new MycroftError(
    code,
    `Cannot ${doing} in ${address}: ${reasonOf(thrown)}. ${adviceOn(code, thrown)}`,
    {
      cause: thrown,
      details: { store: address, doing, ...sqlStateIn(thrown) },
    },
  );
}

/** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const codes: Readonly<Record<string, ErrorCode>> = {
  // Class 53 is a lack of something: 53100 of disk, 53200 of memory, 53300 of connections.
  "53100": "STORE_FULL",
  "53300": "STORE_UNREACHABLE",
  "53": "STORE_IO",
  // What is larger than the server takes: an index's row, a statement.
  "54": "LIMIT_EXCEEDED",
  "08": "STORE_UNREACHABLE",
  "57P": "STORE_UNREACHABLE",
  "28": "STORE_REFUSED",
  "3D": "STORE_REFUSED",
  "42501": "STORE_REFUSED",
  "25006": "STORE_READ_ONLY",
  // No such schema, table, function, column.
  "3F": "STORE_DAMAGED",
  "42P01": "STORE_DAMAGED",
  "42883": "STORE_DAMAGED",
  "42703": "STORE_DAMAGED",
  // Events where a run says that it has none.
  "23505": "STORE_DAMAGED",
  XX001: "STORE_DAMAGED",
  XX002: "STORE_DAMAGED",
  // Given up by the server, for a timeout or because somebody asked it to.
  "57014": "STORE_IO",
  "58": "STORE_IO",
  // Deadlocks and the like that went on for too long.
  "40": "STORE_IO",
  "55": "STORE_IO",
};

function codeOf(thrown: unknown): ErrorCode {
  const state = sqlStateOf(thrown);
  // What has no SQLSTATE does not come from the server: the way to it is broken.
  if (state === undefined) return isProgramError(thrown) ? "INTERNAL" : "STORE_UNREACHABLE";
  return codes[state] ?? codes[state.slice(0, 3)] ?? codes[state.slice(0, 2)] ?? "INTERNAL";
}

export function sqlStateOf(thrown: unknown): string | undefined {
  return thrown instanceof DatabaseError ? thrown.code : undefined;
}

function sqlStateIn(thrown: unknown): { readonly sqlState?: string } {
  const sqlState = sqlStateOf(thrown);
  return sqlState === undefined ? {} : { sqlState };
}

function isProgramError(thrown: unknown): boolean {
  return (
    !(thrown instanceof Error) ||
    thrown instanceof TypeError ||
    thrown instanceof RangeError ||
    thrown instanceof SyntaxError
  );
}

function reasonOf(thrown: unknown): string {
  // Node tries all of a host's addresses, and then gives a list without words of its own.
  if (thrown instanceof AggregateError && thrown.message === "") return reasonOf(thrown.errors[0]);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function adviceOn(code: ErrorCode, thrown: unknown): string {
  switch (code) {
    case "STORE_FULL":
      return "Make room on the disk of the database server; nothing was stored.";
    case "STORE_UNREACHABLE":
      return sqlStateOf(thrown) === "53300"
        ? "Wait, lower maxConnections of the processes that use it, or raise the server's max_connections."
        : "Check that the server runs and that the url's host and port are right.";
    case "STORE_REFUSED":
      return "Check the url's user, password and database, and the user's rights (it must own the store's schema).";
    case "STORE_READ_ONLY":
      return "Give the address of the primary server, and a role that may write.";
    case "STORE_DAMAGED":
      return "Tables of the store are missing or damaged; restore the schema from a backup.";
    case "STORE_IO":
      return "The server's log says more; the same may succeed later.";
    case "LIMIT_EXCEEDED":
      return "It is larger than the server takes.";
    default:
      return "This is a defect in Mycroft.";
  }
}
