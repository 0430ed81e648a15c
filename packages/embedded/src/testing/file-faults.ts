/**
 * Makes files fail, for real, under a process that has them open: SQLite and Node get errors from the operating system
 * as from a broken disk. Both ways need Linux; who uses them skips the test where `canBreakFiles` or `limitFileSize`
 * says no.
 */
import { spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * - `unwritable`: every write fails, as on a file system that was remounted read-only after an error.
 * - `unreachable`: every read, write and fsync fails, as on a disk that is gone.
 * - `forgetful`: writes seem to succeed, fsync fails, and what was written is lost. For a write-ahead log; from any other
 *   file SQLite would read that it is empty, and take that for damage.
 */
export type FileFault = "unwritable" | "unreachable" | "forgetful";

/** Linux's O_PATH: a descriptor that stands for a file, and can neither be read nor written. */
const pathOnly = 0o10000000;

const own = "/proc/self/fd";

/** Whether `breakFile` works on this machine. */
export const canBreakFiles = process.platform === "linux" && existsSync(own);

interface Swap {
  readonly descriptor: number;
  readonly flags: string;
}

/**
 * Breaks a file under everything in this process that has it open by that absolute path; what opens it later gets it
 * whole. Returns what mends it: once, also when it has been closed meanwhile.
 *
 * Each of the process's descriptors of the file is closed and its number, the lowest free one, opened anew, so nothing
 * else may open files meanwhile: call it while no asynchronous file operation is under way. The locks that the process
 * has on the file are lost.
 */
export function breakFile(path: string, fault: FileFault): () => void {
  const descriptors = descriptorsOf(path);
  if (descriptors.length === 0) throw new Error(`Nobody in this process has ${path} open.`);
  const swaps = descriptors.map((descriptor): Swap => {
    if (fault === "forgetful") reopen(descriptor, "/dev/null", constants.O_RDWR);
    else reopen(descriptor, path, fault === "unwritable" ? constants.O_RDONLY : pathOnly);
    return { descriptor, flags: flagsOf(descriptor) };
  });
  const broken = fault === "forgetful" ? "/dev/null" : path;
  return () => {
    for (const { descriptor, flags } of swaps.splice(0)) {
      const isStillBroken = targetOf(descriptor) === broken && flagsOf(descriptor) === flags;
      if (isStillBroken) reopen(descriptor, path, constants.O_RDWR);
    }
  };
}

/**
 * Limits how large the files of a process may grow (RLIMIT_FSIZE): writes beyond fail with EFBIG, which SQLite reports
 * as an I/O error, after what fits was written. Whether that worked.
 */
export function limitFileSize(pid: number, bytes: number | "unlimited"): boolean {
  return spawnSync("prlimit", ["--pid", `${pid}`, `--fsize=${bytes}:`]).status === 0;
}

/**
 * From now on a write beyond the limit on the size of files kills this process at that very byte, as is the system's own way;
 * Node ignores the signal, and the write fails.
 */
export function dieOfLargeFiles(): void {
  const listener = (): void => {};
  process.on("SIGXFSZ", listener);
  process.off("SIGXFSZ", listener);
}

function descriptorsOf(path: string): readonly number[] {
  const all = readdirSync(own).map(Number);
  return all.filter((descriptor) => targetOf(descriptor) === path);
}

function targetOf(descriptor: number): string | undefined {
  try {
    return readlinkSync(`${own}/${descriptor}`);
  } catch {
    // Closed meanwhile, as the one that listed the descriptors.
    return undefined;
  }
}

function flagsOf(descriptor: number): string {
  return /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1] ?? "";
}

function reopen(descriptor: number, path: string, flags: number): void {
  closeSync(descriptor);
  const got = openSync(path, flags);
  if (got !== descriptor) throw new Error(`Descriptor ${descriptor} was taken by somebody else.`);
}
