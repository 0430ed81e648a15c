/** A process that takes a message and never finishes it, to be killed with the message in its hands. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface OtherProcess {
  /** What it has in its hands. */
  readonly took: string;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** @param what `bus` (topic `work`, group `g`) or `queue` (pool `default`). Resolves when it has something in its hands. */
export async function startHolder(
  what: "bus" | "queue",
  settings: Readonly<Record<string, string | number>>,
): Promise<OtherProcess> {
  const file = join(import.meta.dirname, "hold-a-message.ts");
  const child = spawn(process.execPath, [file, what, JSON.stringify(settings)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return { took: await firstLine(child), kill };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      said += String(chunk);
      if (said.includes("\n")) resolve(said.slice(0, said.indexOf("\n")));
    });
    child.once("exit", () => reject(new Error("It ended before it had a message.")));
    child.once("error", reject);
  });
}
