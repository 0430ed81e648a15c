/**
 * Mycroft beside the strongest libraries that can express the same runs, in one go on one machine, with what each has
 * on disk for each step. Every system is measured in a process of its own, with a new server where it needs one, once
 * in each round, and Mycroft before and after each of them: others use the machine too, and come and go.
 *
 * Options: `--rounds N` (3), `--seconds N` (20: the most that one workload takes in one round), `--only TEXT` (those
 * systems whose name contains it, beside Mycroft).
 */
import { parseArgs } from "node:util";
import { measureRaw } from "../engine/baselines.ts";
import { report } from "../report.ts";
import { compare, diskRow, type Round, type Turn, verdicts } from "./comparison.ts";
import { installLibraries, versionOf } from "./install-libraries.ts";
import { measureInChild } from "./measure-in-child.ts";
import { type TimeBox, workloads } from "./measurement.ts";
import { type Entry, ours, peers } from "./roster.ts";
import { recipes } from "./servers/start-server.ts";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "20" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const maxMs = Number(values.seconds) * 1_000;
if (!(Number.isInteger(rounds) && rounds > 0 && maxMs > 0)) {
  throw new Error("--rounds is a whole number from 1 on, and --seconds a number above 0.");
}
const box: TimeBox = { minMs: Math.min(2_000, maxMs), maxMs, maxWarmUpMs: Math.min(5_000, maxMs) };

// So that servers and folders go as well, which is done when this process exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

installLibraries();
const chosen = peers.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()));
if (chosen.length === 0) throw new Error(`No system is called like that: ${values.only}.`);
const present = chosen.filter(isPresent);
const entries = [ours, ...present];
for (const { id, what } of workloads) console.log(`${id}: ${what}`);
for (const entry of entries) console.log(`${entry.name} (${versionsOf(entry)})\n  on disk: ${entry.onDisk}`);

/** Microseconds for each commit of SQLite alone, each time that Mycroft is about to be measured. */
const commits: number[] = [];
const all: Round[] = [];
for (let round = 1; round <= rounds; round += 1) {
  console.log(`Round ${round} of ${rounds}`);
  const turns: Turn[] = [await measureOnce(ours)];
  for (const entry of present) turns.push(await measureOnce(entry), await measureOnce(ours));
  all.push(turns);
}
report(
  "peers",
  {
    rounds,
    ...box,
    workloads,
    systems: entries.map((entry) => ({ ...entry, versions: versionsOf(entry) })),
    absent: chosen.filter((entry) => !present.includes(entry)).map(({ name }) => name),
  },
  [diskRow(commits), ...compare(entries, all)],
);
for (const line of verdicts(present, all)) console.log(line);

async function measureOnce(entry: Entry): Promise<Turn> {
  if (entry === ours) commits.push(measureRaw(200, 1));
  const start = performance.now();
  process.stdout.write(`  ${entry.name} ... `);
  try {
    const measured = await measureInChild(entry, box);
    console.log(`${((performance.now() - start) / 1_000).toFixed(0)} s`);
    return { entry, measured };
  } catch (thrown) {
    // One that fails is left out of this round; the others are still compared.
    process.exitCode = 1;
    console.log(`FAILED: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return { entry, measured: null };
  }
}

function isPresent({ name, server }: Entry): boolean {
  if (server === undefined || recipes[server].find() !== null) return true;
  console.log(
    `SKIPPED: ${name}, since there is no ${server} server here. To have it: ${recipes[server].install}`,
  );
  return false;
}

function versionsOf({ packages, server }: Entry): string {
  const file = server === undefined ? null : recipes[server].find();
  const versions = packages.map((name) => `${name} ${versionOf(name)}`);
  if (server !== undefined && file !== null) versions.push(recipes[server].version(file));
  return versions.length === 0 ? "this checkout" : versions.join(", ");
}
