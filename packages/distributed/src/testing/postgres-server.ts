/**
 * A private Postgres for tests: on a free port of 127.0.0.1, in a temporary folder, as somebody else where root may not
 * run it. A shell watches over it: when this process ends, in whatever way, the server ends and its folder goes.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, globSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import pg from "pg";

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

export interface UnixUser {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresSettings {
  /** Whether it waits for its disk: false unless given, for speed. */
  readonly isDurable?: boolean;
  /** Of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The folder of the newest server's programs; undefined where none is installed. */
function findPostgres(): string | undefined {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "initdb"));
  // Debian keeps them off the path.
  const found = globSync([...onPath, "/usr/lib/postgresql/*/bin/initdb"]).map((file) => dirname(file));
  return found.toSorted((left, right) => versionIn(right) - versionIn(left))[0];
}

/** Why tests that need Postgres are skipped here; false where they are not. On CI a missing server is a failure. */
export function whyNoPostgres(): string | false {
  if (findPostgres() !== undefined) return false;
  if (process.env["CI"] === "true") throw new Error("There is no Postgres here: apt-get install postgresql");
  return "there is no Postgres here; to install it: apt-get install postgresql";
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
  const programs = findPostgres();
  if (programs === undefined) throw new Error("There is no Postgres here.");
  const folder = mkdtempSync(join(tmpdir(), "mycroft-postgres-"));
  const user = otherUser();
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const init = ["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"];
  execFileSync(join(programs, "initdb"), [...init, "--pgdata", data], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    ...user,
  });
  writeFileSync(join(data, "pg_hba.conf"), access);
  const port = await freePort();
  const all = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    shared_buffers: "64MB",
    fsync: isDurable ? "on" : "off",
    ...settings,
  };
  const args = ["-D", data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  let child = await startWatched(folder, join(programs, "postgres"), args, user);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    port,
    url,
    user,
    query: (sql, values) => queryAt(url, sql, values),
    querySync: (sql) => {
      const quiet = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"];
      execFileSync(join(programs, "psql"), [...quiet, url, "--command", sql], { stdio: "pipe" });
    },
    crash: () => tell(child, "crash"),
    restart: async () => {
      child = await startWatched(folder, join(programs, "postgres"), args, user);
    },
    stop: () => tell(child, "stop"),
  };
}

/**
 * Listens on its standard input. `stop`, or the end of it, ends the server and removes the folder; `crash` kills the
 * server with all its processes, and leaves the folder.
 */
const watch = `
  "$@" </dev/null & server=$!
  read -r word
  if [ "$word" = crash ]; then
    kill -9 $server $(ps -o pid= --ppid $server); wait $server
  else
    kill -QUIT $server; wait $server; rm -rf "$FOLDER"
  fi
`;

async function startWatched(
  folder: string,
  program: string,
  args: readonly string[],
  user: UnixUser | null,
): Promise<ChildProcess> {
  const child = spawn("/bin/sh", ["-c", watch, "postgres", program, ...args], {
    cwd: tmpdir(),
    env: { ...process.env, FOLDER: folder },
    stdio: ["pipe", "ignore", "pipe"],
    ...user,
  });
  child.unref();
  let said = "";
  for await (const chunk of child.stderr ?? []) {
    said = `${said}${chunk}`.slice(-4_000);
    if (said.includes("database system is ready to accept connections")) {
      listenNoMore(child);
      return child;
    }
  }
  throw new Error(`Postgres did not start; it said: ${said}`);
}

/** What it says from now on is read, so that it can go on saying it, and does not keep this process. */
function listenNoMore(child: ChildProcess): void {
  for (const stream of [child.stderr, child.stdin]) {
    if (stream !== null && "unref" in stream && typeof stream.unref === "function") stream.unref();
  }
  child.stderr?.resume();
}

async function tell(child: ChildProcess, word: "crash" | "stop"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.ref();
  child.stdin?.end(`${word}\n`);
  await ended;
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

function versionIn(folder: string): number {
  return Number(/\d+/.exec(folder)?.[0] ?? 0);
}

/** Whom root runs it as: `postgres` where there is such a user, else `nobody`. Null for everybody but root. */
function otherUser(): UnixUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {}
  }
  throw new Error("Postgres does not run as root, and there is neither a user postgres nor nobody.");
}
