/** `npm run postgres` and `npm run redis`: what they say, that data outlives a restart, and how they refuse. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import {
  findServer,
  otherUser,
  type ServerKind,
  whyNoPostgres,
  whyNoRedis,
} from "@mycroft/distributed/testing";
import { findPlace } from "../scripts/servers/server-place.ts";
import { projectRoot, readManifest } from "./project-files.ts";

const script = join(projectRoot, "scripts/run-server.ts");

interface Running {
  readonly url: string;
  readonly port: number;
  readonly greeting: string;
  /** Resolves with all that it printed, and its exit code. */
  end(signal: "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGKILL"): Promise<{ output: string; code: number | null }>;
}

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mycroft run server "));
  chmodSync(folder, 0o755);
  children = [];
});

afterEach(async () => {
  for (const child of children) await endOf(child, "SIGTERM");
  rmSync(folder, { recursive: true });
});

async function start(kind: ServerKind, ...more: readonly string[]): Promise<Running> {
  const args = [script, kind, "--folder", join(folder, kind), ...more];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  const greeting = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      output += String(chunk);
      if (output.includes("Ctrl-C stops it.")) resolve(output);
    });
    child.once("exit", () => reject(new Error(`It ended: ${output}${errors}`)));
  });
  const url = /=(\S+)$/m.exec(greeting)?.[1] ?? "";
  return {
    url,
    port: Number(new URL(url).port),
    greeting,
    end: async (signal) => ({ code: await endOf(child, signal), output }),
  };
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
  return child.exitCode;
}

function refuse(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  assert.equal(stdout, "");
  assert.equal(status, 1, stderr);
  assert.doesNotMatch(stderr, /^ +at /m, "no stack trace for what is no defect");
  return stderr;
}

describe("npm run redis", { skip: whyNoRedis() }, () => {
  /** What Redis answers to one command, as it stands on the wire. */
  async function ask(port: number, command: string): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    socket.write(`${command}\r\n`);
    const [answer] = await once(socket, "data");
    socket.destroy();
    return String(answer);
  }

  test("is durable, evicts nothing, and is told by one setting", async () => {
    const redis = await start("redis");
    assert.match(redis.greeting, /^ {2}export MYCROFT_QUEUE=redis:\/\/127\.0\.0\.1:\d+$/m);
    assert.match(await ask(redis.port, "CONFIG GET maxmemory-policy"), /noeviction/);
    assert.match(await ask(redis.port, "CONFIG GET appendonly"), /yes/);
    assert.match(await ask(redis.port, "CONFIG GET bind"), /\r\n127\.0\.0\.1\r\n/);
  });

  test("keeps its data and its address when it is stopped by Ctrl-C and started again", async () => {
    const first = await start("redis");
    await ask(first.port, "SET kept word");
    const { code, output } = await first.end("SIGINT");
    assert.equal(code, 0);
    assert.match(output, /Redis has stopped; its data stays in /);
    const second = await start("redis");
    assert.equal(second.url, first.url);
    assert.match(await ask(second.port, "GET kept"), /word/);
  });

  test("takes the port that it is given, and says so when that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = address !== null && typeof address === "object" ? `${address.port}` : "";
    assert.match(
      refuse({}, "redis", "--port", port),
      new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 cannot be had`),
    );
    other.close();
    await once(other, "close");
    const redis = await start("redis", "--port", port);
    assert.equal(redis.port, Number(port));
  });

  test("lets no second server write to its folder, and minds no trace of one that was killed", async () => {
    const first = await start("redis");
    assert.match(
      refuse({}, "redis", "--folder", join(folder, "redis")),
      /^A server runs on .*, started by process/,
    );
    // As after a loss of power: what it held is still written there.
    const trace = readFileSync(join(folder, "redis/running.pid"), "utf8");
    await first.end("SIGTERM");
    writeFileSync(join(folder, "redis/running.pid"), trace);
    await start("redis");
  });

  test("says what to install where there is none", () => {
    assert.match(
      refuse({ PATH: "" }, "redis"),
      /no Redis .*apt-get install redis-server .*brew install redis/,
    );
  });

  test("says what is wrong with a word or option that it does not know", () => {
    assert.match(refuse({}, "mongo"), /postgres or redis/);
    assert.match(refuse({}, "redis", "--port", "70000"), /--port is a number from 1 to 65535, not "70000"/);
    assert.match(refuse({}, "redis", "--prot", "1"), /'--prot'.*\nThe options: --port N, --folder DIR\./s);
  });

  test("stands in package.json, as does Postgres", async () => {
    const { scripts } = (await readManifest(".")) as unknown as { scripts: Record<string, string> };
    for (const kind of ["postgres", "redis"])
      assert.equal(scripts[kind], `node scripts/run-server.ts ${kind}`);
  });
});

describe("npm run postgres", { skip: whyNoPostgres() }, () => {
  function ask(url: string, sql: string): string {
    const psql = join(dirname(findServer("postgres") ?? ""), "psql");
    return execFileSync(psql, ["--no-psqlrc", "--tuples-only", "--no-align", url, "--command", sql], {
      encoding: "utf8",
    }).trim();
  }

  test("waits for its disk, keeps its data and its address, and stops with its terminal", async () => {
    const first = await start("postgres");
    assert.match(
      first.greeting,
      /^ {2}export MYCROFT_STORE=postgres:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/m,
    );
    assert.equal(ask(first.url, "SHOW fsync"), "on");
    assert.equal(ask(first.url, "SHOW synchronous_commit"), "on");
    assert.equal(ask(first.url, "SHOW listen_addresses"), "127.0.0.1");
    ask(first.url, "CREATE TABLE kept AS SELECT 7 AS number");
    const { code, output } = await first.end("SIGHUP");
    assert.equal(code, 0);
    assert.match(output, /Postgres has stopped/);
    const second = await start("postgres");
    assert.equal(second.url, first.url);
    assert.equal(ask(second.url, "SELECT number FROM kept"), "7");
  });

  test("does not touch data of another version, or of something else", async () => {
    const data = join(folder, "postgres/data");
    mkdirSync(data, { recursive: true });
    assert.match(refuse({}, "postgres", "--folder", join(folder, "postgres")), /holds no PG_VERSION/);
    writeFileSync(join(data, "PG_VERSION"), "9\n");
    assert.match(
      refuse({}, "postgres", "--folder", join(folder, "postgres")),
      /was made by Postgres 9, and .* is version \d+\.\n.*move the folder away/s,
    );
  });

  test("begins anew where it was interrupted while it made its data", async () => {
    mkdirSync(join(folder, "postgres/data.unfinished/base"), { recursive: true });
    const { url } = await start("postgres");
    assert.equal(ask(url, "SELECT 1"), "1");
  });
});

const rootOnly = process.getuid?.() !== 0 && "only root runs Postgres as somebody else";

describe("where root's Postgres keeps its data", { skip: rootOnly }, () => {
  test("is the folder that was asked for, which becomes its user's", () => {
    const place = findPlace("postgres", join(folder, "wanted"), join(folder, "system"));
    assert.equal(place.folder, join(folder, "wanted"));
    assert.equal(statSync(place.folder).uid, otherUser()?.uid);
  });

  test("is a folder of the system's where that user cannot reach the other; and then stays there", () => {
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const wanted = join(closed, "wanted");
    const place = findPlace("postgres", wanted, join(folder, "system"));
    assert.ok(place.folder.startsWith(join(folder, "system")), place.folder);
    assert.equal(statSync(place.folder).uid, otherUser()?.uid);
    mkdirSync(place.data);
    chmodSync(closed, 0o755);
    assert.equal(findPlace("postgres", wanted, join(folder, "system")).folder, place.folder);
    assert.notEqual(
      findPlace("postgres", join(closed, "other"), join(folder, "system")).folder,
      place.folder,
    );
  });

  test("belongs to whoever made it, and is not left behind when it cannot be reached any more", () => {
    const wanted = join(folder, "wanted");
    const system = join(folder, "system");
    mkdirSync(join(wanted, "data"), { recursive: true });
    chownSync(join(wanted, "data"), 12_345, 12_345);
    assert.deepEqual(findPlace("postgres", wanted, system).user, { uid: 12_345, gid: 12_345 });
    chmodSync(wanted, 0o700);
    assert.throws(() => findPlace("postgres", wanted, system), /belongs to user 12345, .*chmod o\+x/s);
  });
});
