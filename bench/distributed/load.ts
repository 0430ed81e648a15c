/** The loads, and how a system is driven with one: as many runs at once as are asked for, each waited for. */
import { performance } from "node:perf_hooks";
import { compile, type JsonValue, type Plan } from "@mycroft/engine";
import type { StartRun } from "@mycroft/runtime";
import { chain, fan, mapped } from "../engine/workloads.ts";

/** `one`: a single step. `chain`: ten steps in a row. `fan`: 1 -> 8 -> 1. `map`: as many steps beside each other as are asked for. */
export type Shape = "one" | "chain" | "fan" | "map";

export interface Load {
  readonly shape: Shape;
  /** Of a map. */
  readonly items?: number;
  readonly atOnce: number;
  /** No run is started after so many, or after this time. */
  readonly maxRuns: number;
  readonly maxMs: number;
}

/** As `maxRuns` or `maxMs`: something else is the limit. */
export const unlimited: number = Number.MAX_SAFE_INTEGER;

export interface Driven {
  readonly runs: number;
  readonly elapsedMs: number;
  /** From the start of a run until its result is known. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function stepsPerRun({ shape, items = 1 }: Pick<Load, "shape" | "items">): number {
  if (shape === "map") return items;
  return shape === "one" ? 1 : 10;
}

/**
 * @param run starts one run and resolves when it has succeeded.
 * @param isEnough asked before each run: true when no more are to be started.
 */
export async function drive(
  load: Load,
  run: () => Promise<void>,
  isEnough: () => boolean = () => false,
): Promise<Driven> {
  const latencies: number[] = [];
  const start = performance.now();
  let started = 0;
  const lane = async (): Promise<void> => {
    while (started < load.maxRuns && performance.now() - start < load.maxMs && !isEnough()) {
      started += 1;
      const before = performance.now();
      await run();
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: load.atOnce }, lane));
  const elapsedMs = performance.now() - start;
  latencies.sort((left, right) => left - right);
  const quantile = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { runs: started, elapsedMs, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

/** Of Mycroft: how runs of a load are started. */
export function startOf({ shape, items = 1 }: Load): StartRun {
  const { plan, input } = shape === "map" ? mapped(items, 1) : { plan: plans[shape], input: null };
  return { plan, input, asOf: "2010-02-26", provenance: { codeVersion: "bench" } };
}

const plans: Readonly<Record<Exclude<Shape, "map">, Plan>> = {
  one: oneStep(),
  chain: chain(1, 1).plan,
  fan: fan(1, 1).plan,
};

function oneStep(): Plan {
  const nothing: JsonValue = { kind: "const", value: null };
  const target = { kind: "function", name: "no-op" };
  return compile({
    name: "one",
    steps: [{ kind: "call", name: "step", target, input: nothing }],
    output: nothing,
  });
}
