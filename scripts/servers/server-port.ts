/** A server's port: the one that was asked for, or the one that it had last time, so that its address stays the same. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, isFreePort } from "@mycroft/distributed/testing";
import { ServerProblem } from "./server-problem.ts";

/** @param asked null: whichever is fitting. */
export async function choosePort(folder: string, asked: number | null): Promise<number> {
  if (asked !== null && !(await isFreePort(asked))) {
    throw new ServerProblem(
      `Port ${asked} of 127.0.0.1 cannot be had: something listens on it, or it is reserved.`,
    );
  }
  const path = join(folder, "port");
  const last = readPort(path);
  const port = asked ?? (last !== null && (await isFreePort(last)) ? last : await freePort());
  writeFileSync(path, `${port}\n`);
  return port;
}

function readPort(path: string): number | null {
  try {
    const port = Number(readFileSync(path, "utf8"));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}
