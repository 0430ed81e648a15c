/**
 * A server that does not outlive the process that started it. A shell, in a session of its own, watches over it: when
 * this process ends, in whatever way, the server is stopped as it should be; a Ctrl-C reaches only this process.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import type { UnixUser } from "./postgres-cluster.ts";

export interface WatchedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly user: UnixUser | null;
  /** What the server says when it is ready. */
  readonly ready: string;
  /** Stops it in good order; without the SIG. */
  readonly stopSignal: "INT" | "QUIT" | "TERM";
  /** Is removed when it has been stopped. */
  readonly temporaryFolder?: string;
  /** Is given all that it says once it is ready. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface WatchedServer {
  /** Resolves when it has ended, for whatever reason; until then, this process does not end. */
  ended(): Promise<void>;
  /** In good order, its temporary folder included. */
  stop(): Promise<void>;
  /** Kills it at once with all its processes, and leaves its folder. */
  crash(): Promise<void>;
}

/**
 * Listens on its standard input: `crash`, or anything else, or its end. A shell gives what it starts in the background
 * no standard input, hence the 3. A crash leaves nobody: a server that stands still begets no children while they are counted,
 * and while one of them lives, the next server would find its data in use.
 */
const watch = `
  exec 3<&0
  "$@" </dev/null 3<&- & server=$!
  (
    read -r word <&3
    trap "" TERM
    if [ "$word" = crash ]; then
      kill -STOP $server
      all="$server $(ps -A -o pid= -o ppid= | awk -v parent=$server '$2 == parent { print $1 }')"
      kill -9 $all
      while ps -o stat= -p "$(echo $all | tr ' ' ,)" | grep -q '^[^Z]'; do sleep 0.02; done
      exit 1
    fi
    kill -s $STOP_SIGNAL $server
  ) & reader=$!
  wait $server
  kill $reader 2>/dev/null
  if wait $reader 2>/dev/null && [ -n "$TEMPORARY_FOLDER" ]; then rm -rf "$TEMPORARY_FOLDER"; fi
`;

const patienceMs = 30_000;
const keptOutput = 4_000;

/** Rejects when it ends before it is ready, or is not ready within half a minute, with the last of what it said. */
export async function startWatched(command: WatchedCommand): Promise<WatchedServer> {
  const { program, args, user, stopSignal, temporaryFolder = "" } = command;
  const child = spawn("/bin/sh", ["-c", watch, "watch", program, ...args], {
    cwd: tmpdir(),
    detached: true,
    env: { ...process.env, STOP_SIGNAL: stopSignal, TEMPORARY_FOLDER: temporaryFolder },
    stdio: ["pipe", "pipe", "pipe"],
    ...user,
  });
  // The shell may be gone when it is told something.
  child.stdin.on("error", () => {});
  const ended = once(child, "exit").then(() => {});
  const tell = (word: "stop" | "crash"): Promise<void> => {
    child.ref();
    child.stdin.end(`${word}\n`);
    return ended;
  };
  try {
    await untilReady(child, command, ended);
  } catch (error) {
    await tell("stop");
    throw error;
  }
  listenOn(child, command.onOutput);
  const waitForEnd = (): Promise<void> => {
    child.ref();
    return ended;
  };
  return { ended: waitForEnd, stop: () => tell("stop"), crash: () => tell("crash") };
}

function untilReady(child: ChildProcess, command: WatchedCommand, ended: Promise<void>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  const listen = (chunk: Buffer): void => {
    said = `${said}${chunk}`.slice(-keptOutput);
    if (said.includes(command.ready)) resolve();
  };
  const streams = [child.stdout, child.stderr];
  for (const stream of streams) stream?.on("data", listen);
  const fail = (what: string): void => reject(new Error(`${command.program} ${what}; it said:\n${said}`));
  const timer = setTimeout(() => fail("was not ready in time"), patienceMs);
  ended.then(() => fail("did not start"), reject);
  return promise.finally(() => {
    clearTimeout(timer);
    for (const stream of streams) stream?.off("data", listen);
  });
}

/** What it says is read, so that it can go on saying it, and does not keep this process. */
function listenOn(child: ChildProcess, onOutput: (chunk: Buffer) => void = () => {}): void {
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", onOutput);
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream !== null && "unref" in stream && typeof stream.unref === "function") stream.unref();
  }
  child.unref();
}
