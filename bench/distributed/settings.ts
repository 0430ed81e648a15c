/** What may be chosen on the command line. */
import { parseArgs } from "node:util";
import type { ClusterSize } from "./running-cluster.ts";

export interface Settings extends ClusterSize {
  readonly rounds: number;
  /** How long one load is put on one system, once it is warm. */
  readonly measureMs: number;
  readonly warmUpMs: number;
  /** How many runs of one step the latency is taken of. */
  readonly latencyRuns: number;
  /** How many tasks wait at once. */
  readonly backlog: number;
  /** Turns whose name contains this. */
  readonly only: string;
}

/** @throws {Error} naming the option that is wrong. */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "10" },
      orchestrators: { type: "string", default: "1" },
      workers: { type: "string", default: "2" },
      latencies: { type: "string", default: "500" },
      backlog: { type: "string", default: "100000" },
      only: { type: "string", default: "" },
    },
  });
  const given = (name: Exclude<keyof typeof values, "only">): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 1) return value;
    throw new Error(`--${name} is a whole number from 1 on, not ${JSON.stringify(values[name])}.`);
  };
  const measureMs = given("seconds") * 1_000;
  return {
    rounds: given("rounds"),
    measureMs,
    warmUpMs: Math.min(5_000, measureMs),
    orchestrators: given("orchestrators"),
    workers: given("workers"),
    latencyRuns: given("latencies"),
    backlog: given("backlog"),
    only: values.only,
  };
}
