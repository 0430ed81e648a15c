/** The servers of one turn: new ones, in a temporary folder, gone afterwards however the turn ends. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "../peers/servers/start-server.ts";
import { childrenNamed } from "./processor-time.ts";

/** `memory`: what Redis holds dies with it. `fsync`: every command is on disk before it is answered. */
export type RedisDurability = "memory" | "fsync";

export interface TurnServers {
  /** 0 for one that the turn does without. */
  readonly ports: { readonly postgres: number; readonly redis: number };
  readonly pids: { readonly postgres: readonly number[]; readonly redis: readonly number[] };
  /** Empty, for whatever else a system keeps. */
  readonly folder: string;
}

export interface ServersWanted {
  readonly postgres: boolean;
  readonly redis: RedisDurability | null;
}

export async function withServers<T>(
  wanted: ServersWanted,
  use: (servers: TurnServers) => Promise<T>,
): Promise<T> {
  // Each has one of its own: Postgres may have to be somebody else's.
  const folders: string[] = [];
  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
    folders.push(folder);
    return folder;
  };
  const removeFolders = (): void => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", removeFolders);
  const running: Server[] = [];
  const start = async (kind: "postgres" | "redis"): Promise<number> => {
    const server = await startServer(kind, newFolder());
    running.push(server);
    return server.ports[kind] ?? 0;
  };
  try {
    const postgres = wanted.postgres ? await start("postgres") : 0;
    const redis = wanted.redis === null ? 0 : await start("redis");
    if (wanted.redis === "memory") await keepInMemory(redis);
    const pids = { postgres: childrenNamed("postgres"), redis: childrenNamed("redis-server") };
    return await use({ ports: { postgres, redis }, pids, folder: newFolder() });
  } finally {
    for (const server of running.reverse()) await server.stop();
    process.removeListener("exit", removeFolders);
    removeFolders();
  }
}

/** The server was started with a log that it writes to disk, and without snapshots. */
async function keepInMemory(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.write("CONFIG SET appendonly no\r\n");
  const [said]: Buffer[] = await once(socket, "data");
  socket.destroy();
  if (!said?.toString().startsWith("+OK")) throw new Error(`Redis answered: ${said}`);
}
