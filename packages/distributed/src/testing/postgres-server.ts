/**
 * A private Postgres for tests: on a free port of 127.0.0.1, in a temporary folder, as somebody else where root may not
 * run it. When this process ends, in whatever way, the server ends and its folder goes.
 */
import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { findServer, missingServer, whyNoServer } from "./find-server.ts";
import { startOnFreePort } from "./free-port.ts";
import { createCluster, otherUser, type UnixUser } from "./postgres-cluster.ts";
import { startWatched, type WatchedServer } from "./watched-server.ts";

export interface PostgresServer {
  readonly port: number;
  /** Of its superuser, in the database `postgres`. */
  readonly url: string;
  /** Owns what the server may write to. */
  readonly user: UnixUser | null;
  /** Runs SQL as the superuser. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The same, before it returns. */
  querySync(sql: string): void;
  /** Kills it at once, as a machine that loses its power (all but what the disk still holds). */
  crash(): Promise<void>;
  /** Starts it again after a crash, on the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresSettings {
  /** Whether it waits for its disk: false unless given, for speed. */
  readonly isDurable?: boolean;
  /** Of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Why tests that need Postgres are skipped here; false where they are not. On CI a missing server is a failure. */
export function whyNoPostgres(): string | false {
  return whyNoServer("postgres");
}

/** Everybody may enter, except for a role named `guarded`, which needs its password. */
const access = `
  host all guarded 127.0.0.1/32 scram-sha-256
  host all all 127.0.0.1/32 trust
`;

/** Rejects when it is not ready within half a minute, with the last of what it said. */
export async function startPostgres({
  isDurable = false,
  settings = {},
}: PostgresSettings = {}): Promise<PostgresServer> {
  const program = findServer("postgres");
  if (program === null) throw new Error(missingServer("postgres"));
  const folder = mkdtempSync(join(tmpdir(), "mycroft-postgres-"));
  const user = otherUser();
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  createCluster({ program, data, user, isDurable: false });
  writeFileSync(join(data, "pg_hba.conf"), access);
  const all = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    shared_buffers: "64MB",
    fsync: isDurable ? "on" : "off",
    ...settings,
  };
  const start = (port: number): Promise<WatchedServer> =>
    startWatched({
      program,
      args: [
        "-D",
        data,
        ...Object.entries({ ...all, port }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      user,
      ready: "database system is ready to accept connections",
      // Nothing of it is kept, so it need not end in good order.
      stopSignal: "QUIT",
      temporaryFolder: folder,
    });
  const { port, server: first } = await startOnFreePort(start);
  let server = first;
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    port,
    url,
    user,
    query: (sql, values) => queryAt(url, sql, values),
    querySync: (sql) => {
      const quiet = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"];
      execFileSync(join(dirname(program), "psql"), [...quiet, url, "--command", sql], { stdio: "pipe" });
    },
    crash: () => server.crash(),
    restart: async () => {
      server = await start(port);
    },
    stop: () => server.stop(),
  };
}

async function queryAt(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client(url);
  // A server that is stopped under it ends it, too.
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}
