/** How much processor time processes have used so far, as Linux tells it; elsewhere nobody is asked, and nothing is known. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

interface ProcessFacts {
  readonly pid: number;
  readonly program: string;
  readonly parent: number;
  /** Its own threads', and that of children of it that have ended. */
  readonly seconds: number;
}

export const isKnownHere = process.platform === "linux";

const ticksPerSecond = isKnownHere ? Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" })) : 1;

/** Of these processes and all that descend from them, together; ended ones included when their parent is not. */
export function processorSeconds(pids: readonly number[]): number {
  const all = listProcesses();
  const family = new Set(pids);
  // A process may be listed before its parent.
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.reduce((sum, { pid, seconds }) => (family.has(pid) ? sum + seconds : sum), 0);
}

/** The processes of that name which this process has started itself. */
export function childrenNamed(program: string): readonly number[] {
  const own = listProcesses().filter((one) => one.parent === process.pid && one.program === program);
  return own.map(({ pid }) => pid);
}

/** Of all processes together, whosever they are. */
export function busySeconds(): number {
  const busyMs = cpus().reduce(
    (sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq,
    0,
  );
  return busyMs / 1_000;
}

function listProcesses(): readonly ProcessFacts[] {
  if (!isKnownHere) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [parseStat(Number(pid), readFileSync(`/proc/${pid}/stat`, "utf8"))];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** The format of /proc/PID/stat: proc(5). The program's name is in brackets and may hold anything. */
function parseStat(pid: number, stat: string): ProcessFacts {
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return {
    pid,
    program: stat.slice(stat.indexOf("(") + 1, end),
    parent: Number(fields[1]),
    seconds: ticks / ticksPerSecond,
  };
}
