/**
 * What every session of the store is set to, and what its server must be (P1): durable commits, a version that is known
 * to work, UTF-8. The store's statements were each written for one plan, along an index and in its order; the planner's
 * other ways are switched off, since statistics lag behind a store that grows by thousands of runs in a second.
 */
import { MycroftError } from "@mycroft/errors";
import type { ClientBase } from "pg";

/** Postgres 14: what the statements and the catalogue's queries were written for. */
export const oldestServer = 14;

export interface SessionRules {
  readonly schema: string;
  /** The oldest major version that is accepted. */
  readonly oldestServer: number;
  readonly isReadOnly: boolean;
  /** Whether a server that does not wait for its disk is accepted. */
  readonly acceptsLoss: boolean;
  /** Milliseconds after which the server gives up a statement, or a transaction in which nothing happens. */
  readonly patienceMs: number;
}

interface ServerRow {
  readonly commit: string;
  readonly version: string;
  readonly number: string;
  readonly encoding: string;
  readonly fsync: string;
  readonly standby: boolean;
}

const plannerOff = ["seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort", "incremental_sort"];

/** Sets a new session up. @throws {MycroftError} STORE_UNSUPPORTED, STORE_READ_ONLY. */
export async function setUpSession(client: ClientBase, rules: SessionRules): Promise<void> {
  // "remote_apply" waits for more than "on" does: it is left as it is.
  const { rows } = await client.query<ServerRow>(
    `SELECT
      set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false) AS commit,
      current_setting('server_version') AS version,
      current_setting('server_version_num') AS number,
      current_setting('server_encoding') AS encoding,
      current_setting('fsync') AS fsync,
      pg_is_in_recovery() AS standby,
      set_config('search_path', $1, false),
      set_config('statement_timeout', $2, false),
      set_config('idle_in_transaction_session_timeout', $2, false),
      set_config('default_transaction_isolation', 'read committed', false),
      set_config('default_transaction_read_only', $3, false),
      set_config('plan_cache_mode', 'force_generic_plan', false),
      set_config('jit', 'off', false),
      ${plannerOff.map((way) => `set_config('enable_${way}', 'off', false)`).join(", ")}`,
    [quoteName(rules.schema), String(rules.patienceMs), rules.isReadOnly ? "on" : "off"],
  );
  const [server] = rows;
  if (server !== undefined) checkServer(server, rules);
}

function checkServer(server: ServerRow, rules: SessionRules): void {
  const { version, encoding, commit, fsync, standby } = server;
  if (Number(server.number) < rules.oldestServer * 10_000) {
    const advice = `Mycroft needs version ${rules.oldestServer} or later; upgrade it, or use another server.`;
    throw unsupported(`The store's server is Postgres ${version}. ${advice}`, { version });
  }
  if (encoding !== "UTF8") {
    const advice = "Create a database with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.";
    throw unsupported(`The store's database has the encoding ${encoding}, not UTF8. ${advice}`, { encoding });
  }
  if (rules.isReadOnly) return;
  if (standby) {
    throw new MycroftError(
      "STORE_READ_ONLY",
      "The store's server is a standby, which takes no writes. Give the address of the primary; or wait until this one is.",
      { retryable: true },
    );
  }
  if (!rules.acceptsLoss && (fsync !== "on" || !["on", "remote_apply"].includes(commit))) {
    const found = `fsync is ${fsync}, synchronous_commit ${commit}`;
    const advice = "Set fsync = on in postgresql.conf; for trials, acceptsLoss lets such a server pass.";
    throw unsupported(`The store's server does not wait for its disk (${found}). ${advice}`, {
      fsync,
      commit,
    });
  }
}

function unsupported(message: string, details: Readonly<Record<string, unknown>>): MycroftError {
  return new MycroftError("STORE_UNSUPPORTED", message, { details });
}

/** A name as an SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
