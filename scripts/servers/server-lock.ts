/** At most one server at a time on one folder; Redis itself does not see to that. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServerProblem } from "./server-problem.ts";

/** Throws when a process that is still there has the folder. The lock is given up by calling what is returned. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, "running.pid");
  for (const _ of [1, 2]) {
    try {
      writeFileSync(path, `${process.pid}`, { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = Number(readFileSync(path, "utf8"));
    if (isRunning(holder)) {
      throw new ServerProblem(
        `A server runs on ${folder} already, started by process ${holder}.\n` +
          `Should that process be something else: rm ${path}`,
      );
    }
    rmSync(path, { force: true });
  }
  throw new ServerProblem(`Somebody else starts a server on ${folder} at this moment.`);
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
