/**
 * How fast does the server answer? Lists of 100,000 runs by each filter, and how long after its commit an event is at a client
 * that watches. Server and client are processes of their own; requests go over real HTTP.
 *
 * Options: `--runs N`, `--requests N` (for each list), `--only lists` or `--only streams`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withServers } from "../distributed/turn-servers.ts";
import { recipes } from "../peers/servers/start-server.ts";
import { type Row, report } from "../report.ts";
import { fillStore } from "./filled-store.ts";
import { listTimes, questionCount } from "./list-times.ts";
import { startServer } from "./served.ts";
import { visibleTimes, Watchers, type Watching } from "./visible-times.ts";

const goals = { listP95Ms: 50, visibleMs: 200 };

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    runs: { type: "string", default: "100000" },
    requests: { type: "string", default: "200" },
    only: { type: "string", default: "" },
  },
});
const { only } = values;
const runs = Number(values.runs);
const requests = Number(values.requests);
if (![runs, requests].every((count) => Number.isInteger(count) && count > 0)) {
  throw new Error("--runs and --requests are whole numbers from 1 on.");
}

const one = { runs: 1, everyMs: 0, watchers: 1, isGzipped: true } as const;
const loads: readonly Watching[] = [
  { ...one, what: "one run at a time", runs: 20, everyMs: 300, items: 100 },
  { ...one, what: "10 runs a second, 1,000 steps each", runs: 30, everyMs: 100, items: 1_000 },
  { ...one, what: "one run of 5,000 steps", items: 5_000 },
  ...[100, 500].flatMap((watchers) =>
    [200, 2_000].flatMap((items) =>
      [true, false].map((isGzipped) => {
        const what = `one run of ${items} steps, ${watchers} clients${isGzipped ? "" : " that take no gzip"}`;
        return { ...one, what, items, watchers, isGzipped };
      }),
    ),
  ),
];

const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
try {
  const lists = only === "streams" ? [] : await measureAllLists();
  const visible = only === "lists" ? [] : await measureVisible();
  report("server", { runs, requests, goals }, [...lists, ...visible]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureLists(store: string, place: string): Promise<readonly Row[]> {
  const filled = await fillStore(place, runs);
  const served = await startServer(place, questionCount, "lists");
  try {
    return await listTimes(served, filled, requests, store);
  } finally {
    await served.close();
  }
}

async function measureAllLists(): Promise<readonly Row[]> {
  return [...(await measureLists("SQLite", join(folder, "lists"))), ...(await measureListsOnPostgres())];
}

/** Where there is none, the other one is measured alone. */
async function measureListsOnPostgres(): Promise<readonly Row[]> {
  if (recipes.postgres.find() === null) {
    console.log(`There is no Postgres here. To have it: ${recipes.postgres.install}`);
    return [];
  }
  return withServers({ postgres: true, redis: null }, ({ ports: { postgres } }) =>
    measureLists("Postgres", `postgres://postgres@127.0.0.1:${postgres}/postgres`),
  );
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
    await served.close();
  }
}
