/** What one turn says of one system under one load, and how it is measured. */
import { busySeconds, isKnownHere, processorSeconds } from "./processor-time.ts";

export const processKinds = ["orchestrators", "workers", "client", "Redis", "Postgres"] as const;
export type ProcessKind = (typeof processKinds)[number];

/** The processes that take part, by kind. */
export type Cast = Readonly<Partial<Record<ProcessKind, readonly number[]>>>;

export interface Sample {
  readonly system: string;
  readonly load: string;
  readonly steps: number;
  readonly elapsedMs: number;
  /** Processor seconds, by kind; empty where they are not known. */
  readonly seconds: Readonly<Partial<Record<ProcessKind, number>>>;
  /** Processor seconds of the whole machine meanwhile: what the cast has not used, others have. */
  readonly machineSeconds: number;
  /** How many processes of each kind took part. */
  readonly processes: Readonly<Partial<Record<ProcessKind, number>>>;
  /** Only of a load without anything else going on. */
  readonly latency?: { readonly p50Ms: number; readonly p99Ms: number };
}

export interface Work {
  readonly steps: number;
  readonly elapsedMs: number;
  readonly latency?: Sample["latency"];
}

export async function takeSample(
  name: Pick<Sample, "system" | "load">,
  cast: Cast,
  work: () => Promise<Work>,
): Promise<Sample> {
  const machineBefore = busySeconds();
  const before = readSeconds(cast);
  const { steps, elapsedMs, latency } = await work();
  const after = readSeconds(cast);
  const machineSeconds = busySeconds() - machineBefore;
  const seconds = byKind((kind) => {
    const [from, to] = [before[kind], after[kind]];
    return from === undefined || to === undefined ? undefined : to - from;
  });
  const processes = byKind((kind) => cast[kind]?.length);
  return { ...name, steps, elapsedMs, seconds, machineSeconds, processes, ...(latency && { latency }) };
}

function readSeconds(cast: Cast): Sample["seconds"] {
  return byKind((kind) => {
    const pids = cast[kind];
    return pids === undefined || !isKnownHere ? undefined : processorSeconds(pids);
  });
}

function byKind(of: (kind: ProcessKind) => number | undefined): Sample["seconds"] {
  const known = processKinds.flatMap((kind) => {
    const value = of(kind);
    return value === undefined ? [] : [[kind, value] as const];
  });
  return Object.fromEntries(known);
}

export function stepsPerSecond({ steps, elapsedMs }: Pick<Sample, "steps" | "elapsedMs">): number {
  return (steps * 1_000) / elapsedMs;
}
