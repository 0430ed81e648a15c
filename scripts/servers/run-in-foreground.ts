/** A private server that runs until Ctrl-C, SIGTERM or the end of its terminal, and is stopped in good order then. */
import { resolve } from "node:path";
import {
  findServer,
  installCommands,
  type ServerKind,
  servers,
  startWatched,
} from "@mycroft/distributed/testing";
import { serverCommands } from "./server-command.ts";
import { lockFolder } from "./server-lock.ts";
import { findPlace, type ServerPlace } from "./server-place.ts";
import { choosePort } from "./server-port.ts";
import { ServerProblem } from "./server-problem.ts";

export interface ForegroundOptions {
  /** Null: the one that it had last time, or a free one. */
  readonly port: number | null;
  /** Where its data is to be. */
  readonly folder: string;
}

/** Resolves when the server was stopped as asked; throws `ServerProblem` when it could not be started or ended by itself. */
export async function runInForeground(
  kind: ServerKind,
  { port: asked, folder }: ForegroundOptions,
): Promise<void> {
  const program = findServer(kind);
  const { name } = servers[kind];
  if (program === null) {
    throw new ServerProblem(`There is no ${name} on this machine. To have it: ${installCommands(kind)}`);
  }
  // A terminal that has gone takes no more words; the server is to be stopped in good order all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const place = findPlace(kind, resolve(folder));
  const unlock = lockFolder(place.folder);
  const told = listenForEnd();
  try {
    const command = serverCommands[kind];
    command.prepare(program, place);
    const port = await choosePort(place.folder, asked);
    const server = await startWatched({
      program,
      args: command.args(place, port),
      user: place.user,
      ready: command.ready,
      stopSignal: command.stopSignal,
      onOutput: (chunk) => process.stderr.write(chunk),
    }).catch((cause: unknown) => {
      throw new ServerProblem(cause instanceof Error ? cause.message : String(cause), { cause });
    });
    told.addEventListener("abort", () => void server.stop());
    if (told.aborted) void server.stop();
    else greet(kind, place, port, resolve(folder));
    await server.ended();
    if (!told.aborted) throw new ServerProblem(`${name} ended by itself; what it said stands above.`);
    console.log(`${name} has stopped; its data stays in ${place.folder}.`);
  } finally {
    unlock();
  }
}

function greet(kind: ServerKind, place: ServerPlace, port: number, wanted: string): void {
  const { setting, url } = serverCommands[kind];
  const { name } = servers[kind];
  if (place.folder !== wanted) {
    console.log(`${name} does not run as root, and whom it runs as cannot reach ${wanted}.`);
  }
  console.log(
    `${name} is ready, for everybody on this machine, with its data in ${place.folder}. To use it:\n\n` +
      `  export ${setting}=${url(port)}\n\nCtrl-C stops it.`,
  );
}

/** Is aborted when this process is told to end. That may be twice: a Ctrl-C comes from the terminal and from npm. */
function listenForEnd(): AbortSignal {
  const told = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => told.abort());
  return told.signal;
}
