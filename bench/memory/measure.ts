/** What a child process says of itself, and how its parent hears it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface Memory {
  /** What the process takes, after garbage was collected. */
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** The most that it has taken at any moment. */
  readonly peakBytes: number;
}

/** Needs `--expose-gc`. */
export async function memory(): Promise<Memory> {
  // Twice, since what finalizers let go of is collected the next time.
  for (let pass = 0; pass < 2; pass += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { residentBytes: rss, heapBytes: heapUsed, peakBytes: process.resourceUsage().maxRSS * 1_024 };
}

/** In a child: hands the result of its work to the parent. */
export function tell(result: unknown): void {
  process.send?.(result);
  // Else the channel to the parent would keep it alive.
  process.disconnect?.();
}

/** Runs one of the programs of this folder in a process of its own and resolves with what it tells. */
export async function inChild<Result>(
  program: string,
  ...args: readonly (string | number)[]
): Promise<Result> {
  const file = join(import.meta.dirname, program);
  const child = fork(file, args.map(String), { execArgv: ["--expose-gc"] });
  const told: Result[] = [];
  child.on("message", (message: Result) => told.push(message));
  const [code, signal] = await once(child, "close");
  const [result] = told;
  if (code !== 0 || result === undefined) throw new Error(`${program} ended with ${code ?? signal}.`);
  return result;
}
