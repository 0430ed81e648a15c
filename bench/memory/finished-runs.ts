/**
 * A store of many finished runs. `fill FOLDER RUNS` appends them as a host would, many at a time; `open FOLDER RUNS`
 * opens it in a new process and looks something up, as the first command of a day does.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { InProcessBus, InProcessQueue, openSqliteStore } from "@mycroft/embedded";
import { compile, type RunEvent } from "@mycroft/engine";
import {
  type Gateway,
  newRunId,
  type RunAppend,
  type RunQuery,
  SystemClock,
  startHost,
} from "@mycroft/runtime";
import { type Memory, memory, tell } from "./measure.ts";

export interface Filled {
  readonly elapsedMs: number;
  readonly bytes: number;
  /** A run from the middle, to be looked up. */
  readonly sample: string;
}

export interface Opened {
  /** What was done first, second ..., and how long it took. */
  readonly timings: readonly { readonly what: string; readonly elapsedMs: number }[];
  readonly before: Memory;
  readonly after: Memory;
}

const perAppend = 2_000;
const minuteMs = 60_000;
const failedEvery = 1_000;

/** One call, as small as a run can be. */
const plan = compile({
  name: "small",
  steps: [{ kind: "call", name: "work", target: { kind: "function", name: "no-op" }, input: nothing() }],
  output: nothing(),
});

function nothing() {
  return { kind: "const", value: null };
}

async function fill(folder: string, runs: number): Promise<Filled> {
  const store = await openSqliteStore({ folder, retentionDays: Number.POSITIVE_INFINITY });
  await store.putPlan(plan);
  const begin = performance.now();
  // One each minute, up to now.
  const firstAt = Date.now() - runs * minuteMs;
  let sample = "";
  for (let from = 0; from < runs; from += perAppend) {
    const numbers = Array.from({ length: Math.min(perAppend, runs - from) }, (_, index) => from + index);
    const batch = numbers.map((number) => finishedRun(number, firstAt + number * minuteMs));
    const outcomes = await store.append(batch);
    if (outcomes.some((outcome) => outcome !== "stored")) throw new Error("An append was refused.");
    if (from <= runs / 2) sample = batch[0]?.runId ?? "";
  }
  const elapsedMs = performance.now() - begin;
  // Closing brings the log into the main file.
  await store.close();
  return { elapsedMs, bytes: statSync(join(folder, "mycroft.sqlite")).size, sample };
}

/** Two events, and one run in a thousand fails. */
function finishedRun(number: number, at: number): RunAppend {
  const runId = newRunId(at);
  const attempt = {
    at: at + 1,
    task: "work",
    attempt: 1,
    report: { startedAt: at, worker: "machine/1", version: "1" },
  };
  const failed = number % failedEvery === 0;
  const error = { code: "TASK_FAILED", message: "no luck", retryable: false };
  const events: readonly RunEvent[] = [
    { type: "runStarted", at, input: { number } },
    failed
      ? { type: "attemptFailed", ...attempt, error }
      : { type: "attemptSucceeded", ...attempt, output: null },
  ];
  const create = {
    runId,
    workflow: plan.workflow.name,
    planHash: plan.hash,
    asOf: "2010-02-26",
    provenance: { codeVersion: "bench" },
    createdAt: at,
    tags: [],
    startKey: null,
    parent: null,
    forkedFrom: null,
  };
  return {
    runId,
    create,
    fromSeq: 0,
    events,
    settle: { status: failed ? "failed" : "succeeded", at: at + 1 },
  };
}

async function open(folder: string, sample: string): Promise<Opened> {
  const before = await memory();
  const timings: { what: string; elapsedMs: number }[] = [];
  const timed = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
    const begin = performance.now();
    const result = await work();
    timings.push({ what, elapsedMs: performance.now() - begin });
    return result;
  };
  const store = await timed("open the store", () =>
    openSqliteStore({ folder, retentionDays: Number.POSITIVE_INFINITY }),
  );
  const list = async (what: string, query: Omit<RunQuery, "limit">) => {
    const { runs } = await timed(what, () => store.listRuns({ limit: 50, ...query }));
    if (runs.length === 0) throw new Error(`Nothing was found: ${what}.`);
  };
  await list("the newest 50 runs", {});
  const run = await timed("one run from the middle", () => store.getRun(sample));
  const events = await timed("its events", () => store.readEvents(sample));
  if (run === undefined || events.length !== 2) throw new Error("The run from the middle is not whole.");
  await list("the newest 50 that failed", { status: "failed" });
  await list("the newest 50 that succeeded", { status: "succeeded" });
  await list("the newest 50 of a workflow", { workflow: plan.workflow.name });
  await list("by the beginning of an id", { runIdPrefix: sample.slice(0, 8) });
  const host = await timed("take over unsettled runs (there is none)", () =>
    startHost({
      store,
      queue: new InProcessQueue(),
      bus: new InProcessBus(),
      clock: new SystemClock(),
      gateway: idle,
    }),
  );
  const after = await memory();
  await host.close();
  return { timings, before, after };
}

const idle: Gateway = { execute: () => Promise.resolve({ ok: true, output: null, version: "1" }) };

const [action = "", folder = "", given = ""] = process.argv.slice(2);
tell(await (action === "fill" ? fill(folder, Number(given)) : open(folder, given)));
