/**
 * What a process holds when much is in its store: 100,000 runs that wait for a signal (goal: at most 1 GiB), and a store
 * of 1,000,000 finished runs (goal: open within a second). Each measurement has a process of its own.
 *
 * Options: `--waiting N`, `--finished N`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Row, report } from "../report.ts";
import type { Filled, Opened } from "./finished-runs.ts";
import { inChild, type Memory } from "./measure.ts";
import type { WaitingRuns } from "./waiting-runs.ts";

const goals = { waitingBytes: 2 ** 30, openMs: 1_000 };

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    waiting: { type: "string", default: "100000" },
    finished: { type: "string", default: "1000000" },
  },
});

const waiting = Number(values.waiting);
const finished = Number(values.finished);
if (![waiting, finished].every((count) => Number.isInteger(count) && count > 0)) {
  throw new Error("--waiting and --finished are whole numbers from 1 on.");
}
const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
try {
  const rows = [...(await waitingRows()), ...(await finishedRows())];
  report("memory", { waiting, finished, goals }, rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function waitingRows(): Promise<readonly Row[]> {
  const store = join(folder, "waiting");
  const started = await inChild<WaitingRuns>("waiting-runs.ts", "start", store, waiting);
  const recovered = await inChild<WaitingRuns>("waiting-runs.ts", "recover", store, waiting);
  const peak = Math.max(started.after.peakBytes, recovered.after.peakBytes);
  const { woken, wakeMs } = recovered;
  return [
    {
      what: `start ${waiting} runs, until each waits`,
      ms: rounded(started.elapsedMs),
      ...sizes(started, waiting),
    },
    {
      what: "take them all over after a restart",
      ms: rounded(recovered.elapsedMs),
      ...sizes(recovered, waiting),
    },
    { what: `signal ${woken} of them and see them succeed`, ms: rounded(wakeMs) },
    {
      what: "goal: 1 GiB at most, at any moment",
      goal: peak <= goals.waitingBytes ? "met" : "MISSED",
      "peak MiB": mebibytes(peak),
    },
  ];
}

async function finishedRows(): Promise<readonly Row[]> {
  const store = join(folder, "finished");
  const filled = await inChild<Filled>("finished-runs.ts", "fill", store, finished);
  const opened = await inChild<Opened>("finished-runs.ts", "open", store, filled.sample);
  const [opening, firstPage, oneRun] = opened.timings.map(({ elapsedMs }) => elapsedMs);
  const untilUseful = (opening ?? Number.NaN) + (firstPage ?? Number.NaN) + (oneRun ?? Number.NaN);
  return [
    {
      what: `append ${finished} finished runs`,
      ms: rounded(filled.elapsedMs),
      "bytes on disk per run": Math.round(filled.bytes / finished),
    },
    ...opened.timings.map(({ what, elapsedMs }) => ({ what, ms: rounded(elapsedMs) })),
    { what: "memory after all that", ...sizes(opened, finished) },
    {
      what: "goal: open, first page, one run within 1 s",
      ms: rounded(untilUseful),
      goal: untilUseful < goals.openMs ? "met" : "MISSED",
    },
  ];
}

/** What the process takes after the work, and by how much its heap has grown for each run. */
function sizes({ before, after }: { readonly before: Memory; readonly after: Memory }, runs: number) {
  return {
    "resident MiB": mebibytes(after.residentBytes),
    "peak MiB": mebibytes(after.peakBytes),
    "heap MiB": mebibytes(after.heapBytes),
    "heap bytes per run": Math.round((after.heapBytes - before.heapBytes) / runs),
  };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

/** Three digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
