/** What every benchmark says beside its numbers: on which machine, at which commit, with which settings. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

export type Row = Readonly<Record<string, string | number>>;

/** Prints the rows as a table and writes them, with where they come from, to `bench/results/NAME.json`. */
export function report(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  rows: readonly Row[],
): void {
  console.table(rows);
  const machine = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify({ name, commit: commit(), machine, settings, rows }, null, 2)}\n`);
  console.log(`Written to ${file}`);
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
