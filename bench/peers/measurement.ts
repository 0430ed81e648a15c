/** The workloads, and how one system is driven with them: the same way for each. */
import { performance } from "node:perf_hooks";
import { type Shape, type System, stepsPerRun } from "./system.ts";

export interface Workload {
  readonly id: "a" | "b" | "c";
  readonly what: string;
  readonly shape: Shape;
  readonly atOnce: number;
  /** At least so many runs are counted, unless time runs out. */
  readonly runs: number;
}

export const workloads: readonly Workload[] = [
  { id: "a", what: "10 steps in a row, one run at a time", shape: "chain", atOnce: 1, runs: 300 },
  { id: "b", what: "10 steps in a row, 100 runs at a time", shape: "chain", atOnce: 100, runs: 1_000 },
  { id: "c", what: "1 -> 8 -> 1, 100 runs at a time", shape: "fan", atOnce: 100, runs: 1_000 },
];

/** In milliseconds. A fast system goes on beyond its runs, so that what is measured is more than a moment. */
export interface TimeBox {
  readonly minMs: number;
  readonly maxMs: number;
  readonly maxWarmUpMs: number;
}

export interface Measured {
  readonly runs: number;
  readonly steps: number;
  readonly elapsedMs: number;
}

/** What is driven, and how many steps it has executed so far. */
export interface Driven {
  readonly system: System;
  readonly executed: () => number;
}

/** Warms up with as many runs as are counted, then counts. Rejects when a step was left out, or executed twice. */
export async function measure(driven: Driven, workload: Workload, box: TimeBox): Promise<Measured> {
  await drive(driven, workload, { minMs: 0, maxMs: box.maxWarmUpMs });
  return drive(driven, workload, box);
}

async function drive(
  { system, executed }: Driven,
  { shape, atOnce, runs }: Workload,
  { minMs, maxMs }: { readonly minMs: number; readonly maxMs: number },
): Promise<Measured> {
  const before = executed();
  const start = performance.now();
  let started = 0;
  const isOver = (): boolean => {
    const elapsedMs = performance.now() - start;
    return elapsedMs >= maxMs || (started >= runs && elapsedMs >= minMs);
  };
  const lane = async (): Promise<void> => {
    while (!isOver()) {
      started += 1;
      await system.run(shape);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const elapsedMs = performance.now() - start;
  const steps = executed() - before;
  if (steps !== started * stepsPerRun) {
    throw new Error(`${started} runs have executed ${steps} steps, not ${started * stepsPerRun}.`);
  }
  return { runs: started, steps, elapsedMs };
}
