/**
 * Runs that wait for a signal, in a process of its own. `start FOLDER RUNS` starts them; `recover FOLDER RUNS` takes
 * them over as after a restart, and wakes some of them to show that they are alive.
 */
import { performance } from "node:perf_hooks";
import { InProcessBus, InProcessQueue, openSqliteStore } from "@mycroft/embedded";
import { compile } from "@mycroft/engine";
import { type Gateway, type Host, type RunHeader, SystemClock, startHost } from "@mycroft/runtime";
import { type Memory, memory, tell } from "./measure.ts";

export interface WaitingRuns {
  readonly before: Memory;
  readonly after: Memory;
  /** To start them all, or to take them all over. */
  readonly elapsedMs: number;
  /** How many were woken and have succeeded, and how long that took. */
  readonly woken: number;
  readonly wakeMs: number;
}

const atOnce = 1_000;

const output = (step: string) => ({ kind: "step", step, path: [] });

/** A call, a wait for the signal, and a call on what came with it: what a decision that needs an answer looks like. */
const plan = compile({
  name: "waiting",
  steps: [
    call("ask", { kind: "input", path: [] }),
    { kind: "waitFor", name: "answer", signal: "answer", after: ["ask"] },
    call("use", output("answer")),
  ],
  output: output("use"),
});

function call(name: string, input: object) {
  return { kind: "call", name, target: { kind: "function", name: "echo" }, input };
}

const echo: Gateway = { execute: ({ input }) => Promise.resolve({ ok: true, output: input, version: "1" }) };

async function openHost(folder: string): Promise<Host> {
  const ports = {
    queue: new InProcessQueue(),
    bus: new InProcessBus(),
    clock: new SystemClock(),
    gateway: echo,
  };
  return startHost({ ...ports, store: await openSqliteStore({ folder }) }, { concurrency: atOnce });
}

async function start(folder: string, runs: number): Promise<WaitingRuns> {
  const host = await openHost(folder);
  const before = await memory();
  const begin = performance.now();
  for (let left = runs; left > 0; left -= atOnce) {
    await Promise.all(
      Array.from({ length: Math.min(left, atOnce) }, (_, index) => startOne(host, left - index)),
    );
  }
  await untilAllWait(host, runs);
  const elapsedMs = performance.now() - begin;
  const after = await memory();
  await checkAllWait(host, runs);
  await host.close();
  return { before, after, elapsedMs, woken: 0, wakeMs: 0 };
}

function startOne({ orchestrator }: Host, number: number): Promise<string> {
  const input = { number, symbol: "IBM" };
  return orchestrator.startRun({ plan, input, asOf: "2010-02-26", provenance: { codeVersion: "bench" } });
}

/** A run that waits has two events: its start, and the result of the call before the wait. */
const eventsOfWaiting = 2;

async function untilAllWait({ store }: Host, runs: number): Promise<void> {
  for (;;) {
    const { runs: newest } = await store.listRuns({ limit: atOnce });
    if (newest.filter(isWaiting).length === Math.min(runs, atOnce)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Looked at once memory has been measured, since reading so much takes some. */
async function checkAllWait({ store }: Host, runs: number): Promise<void> {
  let waiting = 0;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.listRuns({ limit: atOnce, ...(cursor === undefined ? {} : { cursor }) });
    waiting += page.runs.filter(isWaiting).length;
    cursor = page.nextCursor;
  }
  if (waiting !== runs) throw new Error(`Of ${runs} runs ${waiting} wait.`);
}

function isWaiting({ status, events }: RunHeader): boolean {
  return status === "running" && events === eventsOfWaiting;
}

async function recover(folder: string, runs: number): Promise<WaitingRuns> {
  const before = await memory();
  const begin = performance.now();
  const host = await openHost(folder);
  const elapsedMs = performance.now() - begin;
  const after = await memory();
  const wakeBegin = performance.now();
  const woken = await wakeSome(host);
  const wakeMs = performance.now() - wakeBegin;
  await host.close();
  if (woken !== Math.min(runs, atOnce))
    throw new Error(`Of the runs that were woken, ${woken} have succeeded.`);
  return { before, after, elapsedMs, woken, wakeMs };
}

async function wakeSome({ store, orchestrator }: Host): Promise<number> {
  const { runs } = await store.listRuns({ limit: atOnce, status: "running" });
  const results = await Promise.all(
    runs.map(async ({ runId }) => {
      await orchestrator.signal(runId, { signal: "answer", payload: { verdict: "buy", for: runId } });
      return orchestrator.waitFor(runId);
    }),
  );
  return results.filter(({ status }) => status === "succeeded").length;
}

const [action = "", folder = "", runs = ""] = process.argv.slice(2);
tell(await (action === "start" ? start : recover)(folder, Number(runs)));
