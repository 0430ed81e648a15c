/** The `mycroft` command as processes: those that keep running, and those that do something and end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ServerProblem } from "./server-problem.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/mycroft.js", import.meta.url));

export interface ClusterProcess {
  /** Resolves when it takes part in the cluster; rejects with `ServerProblem` when it ends before. */
  readonly ready: Promise<void>;
  /** In good order. */
  stop(): Promise<void>;
}

/** @param word `orchestrator` or `worker`. */
export function startProcess(word: string, env: NodeJS.ProcessEnv): ClusterProcess {
  const child = spawn(process.execPath, [program, word, "--json", "--grace", "5"], { env });
  const ended = once(child, "exit");
  const ready = Promise.withResolvers<void>();
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-keptCharacters);
    if (text.includes('"event":"up"')) ready.resolve();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-keptCharacters);
  });
  const fail = () => ready.reject(new ServerProblem(`mycroft ${word} has ended; it said:\n${said}`));
  void ended.then(fail, fail);
  // Whoever starts it may not have come to wait for it.
  ready.promise.catch(() => {});
  return {
    ready: ready.promise,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

const keptCharacters = 4_000;

/** Gives what it printed, unless that was to go to the terminal. Throws `ServerProblem` when it fails. */
export async function runCommand(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  output: "inherit" | "pipe",
): Promise<string> {
  const child = spawn(process.execPath, [program, ...words], { env, stdio: ["ignore", output, "inherit"] });
  let printed = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const [exitCode] = await once(child, "close");
  if (exitCode === 0) return printed;
  throw new ServerProblem(`mycroft ${words.join(" ")} has failed with exit code ${exitCode}.`);
}
