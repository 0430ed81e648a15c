/**
 * Private servers: each on free ports of 127.0.0.1 and in a temporary folder, started for one measurement and ended by
 * its own process id.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { postgresServer } from "./postgres-server.ts";
import { redisServer } from "./redis-server.ts";
import { restateServer } from "./restate-server.ts";
import type { Ports, ServerRecipe } from "./server-recipe.ts";

export type ServerKind = "redis" | "postgres" | "restate";

export interface Server {
  readonly ports: Ports;
  stop(): Promise<void>;
}

export const recipes: Readonly<Record<ServerKind, ServerRecipe>> = {
  redis: redisServer,
  postgres: postgresServer,
  restate: restateServer,
};

const patienceMs = 30_000;
const keptOutput = 4_000;

/** Rejects when it is not ready within half a minute, with the last of what it said. */
export async function startServer(kind: ServerKind, folder: string): Promise<Server> {
  const recipe = recipes[kind];
  const file = recipe.find();
  if (file === null) throw new Error(`There is no ${kind} server here. To install it: ${recipe.install}`);
  recipe.prepare?.(file, folder);
  const ports = await freePorts(recipe.ports);
  const { args, env, uid, gid, ready, stopSignal } = recipe.command(file, folder, ports);
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.prependOnceListener("exit", endWithUs);
  const stop = async (): Promise<void> => {
    await endProcess(child, stopSignal);
    process.removeListener("exit", endWithUs);
  };
  try {
    await untilReady(child, ready);
    return { ports, stop };
  } catch (cause) {
    await stop();
    throw new Error(`The ${kind} server did not start: ${String(cause)}`, { cause });
  }
}

async function untilReady(child: ChildProcess, ready: RegExp | string): Promise<void> {
  let said = "";
  const isReady = typeof ready === "string" ? () => answers(ready) : async () => ready.test(said);
  const listen = (chunk: Buffer): void => {
    said = `${said}${chunk}`.slice(-keptOutput);
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  let failure: string | null = null;
  child.once("error", (error) => {
    failure = String(error);
  });
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    if (await isReady()) return;
    if (failure !== null || child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(failure ?? `it said: ${said}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Asks a child to end, and ends it after ten seconds. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}

/** All are held until all are found, or the same one would be found twice. */
async function freePorts(names: readonly string[]): Promise<Ports> {
  const held = names.map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(held.map((server) => once(server, "listening")));
  const found = held.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(names.map((name, index) => [name, found[index] ?? 0]));
}
