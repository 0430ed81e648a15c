/**
 * The process around a command: output, exit code, and the ways in which a process ends that no command should have
 * to think of. A command loads only when it has been chosen.
 */
import { Console } from "node:console";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Invocation } from "./command.ts";
import { endProcess, watchForUnmeantEnd } from "./end-process.ts";
import { reportFailure } from "./failure.ts";
import { Interrupted } from "./interrupted.ts";
import { parseCommandLine } from "./program.ts";
import { createTerminal, type Terminal } from "./text/terminal.ts";

/** Does what the words ask for, and ends the process. */
export async function main(words: readonly string[]): Promise<void> {
  const { stdout, stderr } = process;
  stdout.on("error", onBrokenOutput);
  // Whoever waited is gone; the command goes on, and its exit code is its own.
  stderr.on("error", () => {});
  // What agents and configurations print is for the person who waits; standard output carries results.
  globalThis.console = new Console({ stdout: stderr, stderr });
  const terminal = createTerminal({ out: stdout, err: stderr }, readSettings(words));
  guardAgainstStrays(terminal);
  const exitCode = await run(words, terminal);
  await Promise.all([flushed(stdout), flushed(stderr)]);
  // An agent that ignored its signal, or a configuration's own timers, must not keep the process alive.
  endProcess(exitCode);
}

async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const heading = (text: string) => terminal.style("bold", text);
    const parsed = parseCommandLine(words, { width: Math.min(terminal.width, 120), heading });
    if (parsed.kind === "text") {
      terminal.print(parsed.text);
      return 0;
    }
    checkDirectory();
    const invocation: Invocation = { ...parsed.given, terminal };
    const command = await parsed.spec.load();
    return await command.execute(invocation);
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) return reportFailure(thrown, terminal);
    if (terminal.json) reportFailure(thrown.toError(), terminal);
    return thrown.exitCode;
  }
}

/** A directory may be gone while a shell is still in it. */
function checkDirectory(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw new MycroftError(
      "NOT_FOUND",
      "The current folder has been removed. Change to another, then try again.",
      {
        cause,
      },
    );
  }
}

/** Read before the parser runs, so that its own failures are told in the form that was asked for. */
function readSettings(words: readonly string[]): { readonly json: boolean; readonly debug: boolean } {
  const end = words.indexOf("--");
  const options = end === -1 ? words : words.slice(0, end);
  return { json: options.includes("--json"), debug: options.includes("--debug") };
}

/** Failures that no promise of the command carries: what agents leave behind, and work that can never finish. */
function guardAgainstStrays(terminal: Terminal): void {
  process.on("uncaughtException", (thrown) => endProcess(reportFailure(thrown, terminal)));
  process.on("unhandledRejection", (reason) => {
    const { message } = asMycroftError(reason);
    terminal.note(`warning: a promise was rejected and nobody was waiting for it: ${message}`);
  });
  watchForUnmeantEnd(() => {
    const message =
      "The process ended before the command was done: code of the project called process.exit, or something was waited " +
      "for that can no longer come.";
    return reportFailure(new MycroftError("INTERNAL", message), terminal);
  });
}

/** A closed pipe: whoever reads has seen enough. Anything else (a full disk) loses results, and is a failure. */
function onBrokenOutput(error: NodeJS.ErrnoException): void {
  endProcess(error.code === "EPIPE" ? 0 : 1);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
