/** How each kind of private server is prepared, started and used: on loopback, durably, by whoever is on this machine. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createCluster, type ServerKind } from "@mycroft/distributed/testing";
import type { ServerPlace } from "./server-place.ts";
import { ServerProblem } from "./server-problem.ts";

interface ServerCommand {
  /** The setting that makes Mycroft use it. */
  readonly setting: string;
  readonly ready: string;
  readonly stopSignal: "INT" | "TERM";
  url(port: number): string;
  /** Before every start. Throws `ServerProblem` when the data is not this program's. */
  prepare(program: string, place: ServerPlace): void;
  args(place: ServerPlace, port: number): readonly string[];
}

const postgres: ServerCommand = {
  setting: "MYCROFT_STORE",
  ready: "database system is ready to accept connections",
  // Ends sessions at once, in good order.
  stopSignal: "INT",
  url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
  prepare: (program, { folder, data, user }) => {
    if (existsSync(data)) return requireSameVersion(program, data);
    // Under another name until it is whole: initdb may be interrupted.
    const unfinished = join(folder, "data.unfinished");
    rmSync(unfinished, { recursive: true, force: true });
    try {
      createCluster({ program, data: unfinished, user, isDurable: true });
    } catch (cause) {
      throw new ServerProblem(cause instanceof Error ? cause.message : String(cause), { cause });
    }
    renameSync(unfinished, data);
  },
  args: ({ data }, port) => {
    // No sockets in a folder: the path of one may be too long. Checkpoints are no news.
    const settings = {
      port: `${port}`,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      log_checkpoints: "off",
    };
    return ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  },
};

const redis: ServerCommand = {
  setting: "MYCROFT_QUEUE",
  ready: "Ready to accept connections",
  stopSignal: "TERM",
  url: (port) => `redis://127.0.0.1:${port}`,
  prepare: (_, { data }) => {
    mkdirSync(data, { recursive: true });
  },
  args: ({ data }, port) => {
    const settings = {
      port: `${port}`,
      bind: "127.0.0.1",
      dir: data,
      // What the last second brought may be lost with the machine's power; the truth is in Postgres.
      appendonly: "yes",
      appendfsync: "everysec",
      save: "",
      "maxmemory-policy": "noeviction",
    };
    return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  },
};

export const serverCommands: Readonly<Record<ServerKind, ServerCommand>> = { postgres, redis };

function requireSameVersion(program: string, data: string): void {
  const madeBy = readVersion(data);
  const [, found = "?"] = /\) (\d+)/.exec(execFileSync(program, ["--version"], { encoding: "utf8" })) ?? [];
  if (madeBy === found) return;
  throw new ServerProblem(
    `${data} was made by Postgres ${madeBy}, and ${program} is version ${found}.\n` +
      `Put a Postgres ${madeBy} first on the PATH, or move the folder away and begin anew.`,
  );
}

function readVersion(data: string): string {
  try {
    return readFileSync(join(data, "PG_VERSION"), "utf8").trim();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new ServerProblem(
      error.code === "EACCES"
        ? `${data} belongs to another user. Run this as that user or as root, or name another --folder.`
        : `${data} is not Postgres's: it holds no PG_VERSION. Move it away, or name another --folder.`,
    );
  }
}
