/** The workloads: what runs, and how a host of its own is driven with it in a new folder. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { InProcessBus, InProcessQueue, openSqliteStore } from "@mycroft/embedded";
import { compile, type JsonValue, type Plan } from "@mycroft/engine";
import { type Gateway, type Host, SystemClock, startHost } from "@mycroft/runtime";

export const concurrency = 1_000;

export interface Workload {
  readonly plan: Plan;
  readonly input: JsonValue;
  /** The tasks whose results one run records together, in the order in which that happens. */
  readonly turns: readonly (readonly string[])[];
  readonly runs: number;
  readonly atOnce: number;
}

export function stepsOf({ turns, runs }: Workload): number {
  return runs * turns.reduce((sum, tasks) => sum + tasks.length, 0);
}

const noOp: Gateway = { execute: () => Promise.resolve({ ok: true, output: null, version: "1" }) };
const nothing = { kind: "const", value: null };

function call(name: string, after: readonly string[]) {
  return { kind: "call", name, target: { kind: "function", name: "no-op" }, input: nothing, after };
}

function list(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}

/** Ten steps, one after the other. */
export function chain(runs: number, atOnce: number): Workload {
  const names = list(10).map((index) => `step-${index}`);
  const steps = names.map((name, index) => call(name, names.slice(Math.max(0, index - 1), index)));
  const plan = compile({ name: "chain", steps, output: nothing });
  return { plan, input: null, turns: names.map((name) => [name]), runs, atOnce };
}

/** One step, then eight beside each other, then one. */
export function fan(runs: number, atOnce: number): Workload {
  const middle = list(8).map((index) => `middle-${index}`);
  const steps = [call("first", []), ...middle.map((name) => call(name, ["first"])), call("last", middle)];
  const plan = compile({ name: "fan", steps, output: nothing });
  return { plan, input: null, turns: [["first"], middle, ["last"]], runs, atOnce };
}

/** One run after the other, each of one step mapped over `items` items. */
export function mapped(items: number, runs: number): Workload {
  const over = { kind: "input", path: [] };
  const steps = [
    {
      kind: "map",
      name: "items",
      over,
      maxItems: 100_000,
      steps: [call("work", [])],
      output: nothing,
    },
  ];
  const plan = compile({ name: "mapped", steps, output: nothing });
  const names = list(items).map((index) => `items[${index}]/work`);
  const turns = list(Math.ceil(items / concurrency)).map((turn) =>
    names.slice(turn * concurrency, (turn + 1) * concurrency),
  );
  return { plan, input: [...list(items)], turns, runs, atOnce: 1 };
}

/** Microseconds for each step, after as many steps that are not counted. */
export async function measureEngine(workload: Workload): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
  const ports = {
    queue: new InProcessQueue(),
    bus: new InProcessBus(),
    clock: new SystemClock(),
    gateway: noOp,
  };
  const host = await startHost({ ...ports, store: await openSqliteStore({ folder }) }, { concurrency });
  await runAll(host, workload);
  const start = performance.now();
  await runAll(host, workload);
  const elapsedMs = performance.now() - start;
  await host.close();
  rmSync(folder, { recursive: true });
  return (elapsedMs * 1_000) / stepsOf(workload);
}

async function runAll(host: Host, { plan, input, runs, atOnce }: Workload): Promise<void> {
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
