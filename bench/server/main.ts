/**
 * How fast does the server answer? Lists of 100,000 runs by each filter, and how long after its commit an event is at a client
 * that watches. Server and client are processes of their own; requests go over real HTTP.
 *
 * Options: `--runs N`, `--requests N` (for each list).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Row, report } from "../report.ts";
import { fillStore } from "./filled-store.ts";
import { listTimes, questionCount } from "./list-times.ts";
import { startServer } from "./served.ts";
import { visibleTimes, Watchers, type Watching } from "./visible-times.ts";

const goals = { listP95Ms: 50, visibleMs: 200 };

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { runs: { type: "string", default: "100000" }, requests: { type: "string", default: "200" } },
});
const runs = Number(values.runs);
const requests = Number(values.requests);
if (![runs, requests].every((count) => Number.isInteger(count) && count > 0)) {
  throw new Error("--runs and --requests are whole numbers from 1 on.");
}

const loads: readonly Watching[] = [
  { what: "one run at a time", runs: 20, everyMs: 300, items: 100, watchers: 1 },
  {
    what: "10 runs a second, 1,000 steps each, while all work",
    runs: 30,
    everyMs: 100,
    items: 1_000,
    watchers: 1,
  },
  { what: "one run of 5,000 steps", runs: 1, everyMs: 0, items: 5_000, watchers: 1 },
  { what: "one run of 200 steps, 100 clients", runs: 1, everyMs: 0, items: 200, watchers: 100 },
  { what: "one run of 200 steps, 500 clients", runs: 1, everyMs: 0, items: 200, watchers: 500 },
  { what: "one run of 2,000 steps, 500 clients", runs: 1, everyMs: 0, items: 2_000, watchers: 500 },
];

const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
try {
  const lists = await measureLists();
  const visible = await measureVisible();
  report("server", { runs, requests, goals }, [...lists, ...visible]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureLists(): Promise<readonly Row[]> {
  const store = join(folder, "lists");
  const filled = await fillStore(store, runs);
  const served = await startServer(store, questionCount, "lists");
  try {
    return await listTimes(served, filled, requests);
  } finally {
    served.close();
  }
}

async function measureVisible(): Promise<readonly Row[]> {
  const served = await startServer(join(folder, "runs"), 1, "runs");
  const watchers = new Watchers();
  try {
    const rows: Row[] = [];
    for (const load of loads) rows.push(await visibleTimes(served, watchers, load));
    return rows;
  } finally {
    watchers.close();
    served.close();
  }
}
