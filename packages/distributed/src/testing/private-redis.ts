/**
 * A Redis of a test's own, on a free port of 127.0.0.1 and in a temporary folder, that can be killed, started again (empty:
 * it writes nothing to disk) and stopped. It does not outlive the process that started it, even when that is killed.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { findServer, missingServer, whyNoServer } from "./find-server.ts";
import { startOnFreePort } from "./free-port.ts";

export interface PrivateRedis {
  readonly port: number;
  readonly url: string;
  /** SIGKILL, as when the machine is switched off. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and with nothing in it. */
  restart(): Promise<void>;
  /** Stops it in the middle of whatever it does, without closing a connection. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Why tests that need a Redis are skipped here; false where they are not. On CI a missing server is a failure. */
export function whyNoRedis(): string | false {
  return whyNoServer("redis");
}

/** @param settings more of redis.conf's settings. */
export async function startPrivateRedis(
  settings: Readonly<Record<string, string>> = {},
): Promise<PrivateRedis> {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-redis-"));
  const start = (at: number): Promise<ChildProcess> =>
    startServer({ port: `${at}`, dir: folder, ...settings });
  const { port, server: first } = await startOnFreePort(start);
  let server = first;
  const end = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.ref();
    server.kill("SIGKILL");
    await ended;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: end,
    restart: async () => {
      await end();
      server = await start(port);
    },
    freeze: () => void server.kill("SIGSTOP"),
    thaw: () => void server.kill("SIGCONT"),
    stop: async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function flushAll({ url }: PrivateRedis): Promise<void> {
  const client = new Redis(url);
  await client.flushall();
  client.disconnect();
}

/** The keys that begin with `prefix`, sorted. */
export async function keysOf({ url }: PrivateRedis, prefix: string): Promise<readonly string[]> {
  const client = new Redis(url);
  const keys = await client.keys(`${prefix}*`);
  client.disconnect();
  return keys.toSorted();
}

async function startServer(settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const all = { bind: "127.0.0.1", save: "", appendonly: "no", ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  // The kernel ends the server with the process that started it, where there is a way to ask for that.
  const program = findServer("redis");
  if (program === null) throw new Error(missingServer("redis"));
  const command = has("setpriv") ? ["setpriv", "--pdeathsig", "KILL", program] : [program];
  const [file = "", ...before] = command;
  const server = spawn(file, [...before, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const endWithUs = (): void => void server.kill("SIGKILL");
  process.once("exit", endWithUs);
  server.once("exit", () => process.off("exit", endWithUs));
  await isReady(server);
  doNotWaitFor(server);
  return server;
}

/** A test that fails before it stops its server is to end all the same. */
function doNotWaitFor(server: ChildProcess): void {
  for (const stream of [server.stdout, server.stderr]) if (stream instanceof Socket) stream.unref();
  server.unref();
}

function isReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        said = `${said}${chunk}`.slice(-4_000);
        if (said.includes("Ready to accept connections")) resolve();
      });
    }
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`redis-server did not start: ${said}`)));
  });
}

function has(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
