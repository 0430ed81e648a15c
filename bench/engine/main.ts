/**
 * How many durable steps a second the embedded host makes (each result is on disk, with an fsync, before anybody sees
 * it), beside the raw limit of the same disk measured in the same run: SQLite inserts of the same bytes, one for each
 * commit and 1,000 for each commit.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { InProcessBus, InProcessQueue, openSqliteStore, SystemClock } from "@mycroft/embedded";
import { compile, type JsonValue, type Plan } from "@mycroft/engine";
import { type Gateway, type Host, startHost } from "@mycroft/runtime";
import { type Row, report } from "../report.ts";

const noOp: Gateway = { execute: () => Promise.resolve({ ok: true, output: null, version: "1" }) };
const target = { kind: "function", name: "no-op" };
const nothing = { kind: "const", value: null };
const call = (name: string, after: readonly string[]) => ({
  kind: "call",
  name,
  target,
  input: nothing,
  after,
});

const chain = compile({
  name: "chain",
  steps: Array.from({ length: 10 }, (_, index) =>
    call(`step-${index}`, index === 0 ? [] : [`step-${index - 1}`]),
  ),
  output: nothing,
});
const middle = Array.from({ length: 8 }, (_, index) => `middle-${index}`);
const fan = compile({
  name: "fan",
  steps: [call("first", []), ...middle.map((name) => call(name, ["first"])), call("last", middle)],
  output: nothing,
});
const mapped = compile({
  name: "mapped",
  steps: [
    {
      kind: "map",
      name: "items",
      over: { kind: "input", path: [] },
      maxItems: 100_000,
      steps: [call("work", [])],
      output: nothing,
    },
  ],
  output: nothing,
});

/** Runs `runs` runs, `atOnce` at a time, on a new host in a new folder; gives the microseconds for each step. */
async function measure(
  plan: Plan,
  input: JsonValue,
  stepsPerRun: number,
  runs: number,
  atOnce: number,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
  const host = await open(folder);
  await runAll(host, plan, input, Math.ceil(runs / 10), atOnce);
  const start = performance.now();
  await runAll(host, plan, input, runs, atOnce);
  const elapsedMs = performance.now() - start;
  await host.close();
  rmSync(folder, { recursive: true });
  return (elapsedMs * 1_000) / (runs * stepsPerRun);
}

async function open(folder: string): Promise<Host> {
  const ports = {
    queue: new InProcessQueue(),
    bus: new InProcessBus(),
    clock: new SystemClock(),
    gateway: noOp,
  };
  return startHost({ ...ports, store: await openSqliteStore({ folder }) }, { concurrency: 1_000 });
}

async function runAll(host: Host, plan: Plan, input: JsonValue, runs: number, atOnce: number): Promise<void> {
  let left = runs;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const start = { plan, input, asOf: "2010-02-26", provenance: { codeVersion: "bench" } };
      await host.orchestrator.waitFor(await host.orchestrator.startRun(start));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** The same disk without any engine: microseconds for each row of about the size of an event. */
function measureRaw(rows: number, rowsPerCommit: number): number {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
  const database = new DatabaseSync(join(folder, "raw.sqlite"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(
    "CREATE TABLE events (run INTEGER, seq INTEGER, body TEXT, PRIMARY KEY (run, seq)) WITHOUT ROWID",
  );
  const insert = database.prepare("INSERT INTO events VALUES (?, ?, ?)");
  const body = JSON.stringify({
    type: "attemptSucceeded",
    at: Date.now(),
    task: "step-0",
    attempt: 1,
    output: null,
    report: { startedAt: Date.now(), worker: "machine/12345", version: "1" },
  });
  const start = performance.now();
  for (let row = 0; row < rows; row += rowsPerCommit) {
    database.exec("BEGIN IMMEDIATE");
    for (let index = row; index < Math.min(rows, row + rowsPerCommit); index += 1) insert.run(index, 0, body);
    database.exec("COMMIT");
  }
  const elapsedMs = performance.now() - start;
  database.close();
  rmSync(folder, { recursive: true });
  return (elapsedMs * 1_000) / rows;
}

function row(what: string, microseconds: number, single: number, bulk: number): Row {
  return {
    what,
    "us per step": Number(microseconds.toFixed(1)),
    "steps/s": Math.round(1e6 / microseconds),
    "x raw, 1 per commit": Number((microseconds / single).toFixed(2)),
    "x raw, 1,000 per commit": Number((microseconds / bulk).toFixed(2)),
  };
}

const list = (length: number) => Array.from({ length }, (_, index) => index);
const single = measureRaw(5_000, 1);
const bulk = measureRaw(200_000, 1_000);
report("engine", { synchronous: "FULL", concurrency: 1_000 }, [
  row("raw SQLite, 1 row per commit", single, single, bulk),
  row("raw SQLite, 1,000 rows per commit", bulk, single, bulk),
  row("a: 10 steps in a row, one run at a time", await measure(chain, null, 10, 300, 1), single, bulk),
  row("b: the same, 1,000 runs, 100 at a time", await measure(chain, null, 10, 1_000, 100), single, bulk),
  row("c: 1 -> 8 -> 1, 1,000 runs, 100 at a time", await measure(fan, null, 10, 1_000, 100), single, bulk),
  row("d: one run of 10,000 mapped tasks", await measure(mapped, list(10_000), 10_000, 10, 1), single, bulk),
  row("   the same with 100 mapped tasks", await measure(mapped, list(100), 100, 1_000, 1), single, bulk),
]);
