/** What was measured, as rows and as sentences: medians over the rounds, and ratios between systems within a round. */
import type { Row } from "../report.ts";
import { backlogLoads, latencyLoads, nameOf } from "./mycroft-turns.ts";
import type { ClusterSize } from "./running-cluster.ts";
import { type ProcessKind, processKinds, type Sample, stepsPerSecond } from "./sample.ts";

/** All that was measured in one round. */
export type Round = readonly Sample[];

/** One row for each system and load, in the order in which they first came. */
export function rowsOf(rounds: readonly Round[], ours: ClusterSize): readonly Row[] {
  const names = new Map<string, Pick<Sample, "system" | "load">>();
  for (const sample of rounds.flat()) names.set(`${sample.system}\0${sample.load}`, sample);
  return Array.from(names.values(), ({ system, load }) => {
    const all = samplesOf(rounds, system, load);
    const rates = all.map(stepsPerSecond);
    const latency = latencyOf(all);
    // What Mycroft has no like of is compared with chains.
    const like = load === "fan" ? "fan" : "chain";
    const compared = system.startsWith("Mycroft")
      ? []
      : ratiosTo(rounds, ours, { system, theirs: load, load: like });
    return {
      system,
      load,
      "steps/s": Math.round(median(rates)),
      "least .. most": `${Math.round(Math.min(...rates))} .. ${Math.round(Math.max(...rates))}`,
      ...(compared.length > 0 && { "Mycroft / it": `${rounded(median(compared))} (${range(compared)})` }),
      ...(latency && { "p50 ms": rounded(latency.p50Ms), "p99 ms": rounded(latency.p99Ms) }),
      ...costsOf(all),
    };
  });
}

/** Processor time for each step, in microseconds, and how many cores that kept busy. */
function costsOf(all: readonly Sample[]): Row {
  const costs = processKinds.flatMap((kind) => {
    const cost = costOf(all, kind);
    return Number.isNaN(cost) ? [] : [[`us: ${kind}`, Math.round(cost)] as const];
  });
  if (costs.length === 0) return {};
  const others = all.map(coresOfOthers);
  return {
    ...Object.fromEntries(costs),
    "cores busy": rounded(median(all.map(coresBusy))),
    "others' cores": rounded(median(others)),
  };
}

/** NaN when it is not known. */
function costOf(all: readonly Sample[], kind: ProcessKind): number {
  const known = all.flatMap(({ steps, seconds }) => {
    const used = seconds[kind];
    return used === undefined ? [] : [(used * 1e6) / steps];
  });
  return median(known);
}

/** Not below zero, which differences of counted ticks may be. */
function coresOfOthers(sample: Sample): number {
  return Math.max(0, (sample.machineSeconds * 1_000) / sample.elapsedMs - coresBusy(sample));
}

function coresBusy({ seconds, elapsedMs }: Sample): number {
  return (Object.values(seconds).reduce((sum, used) => sum + used, 0) * 1_000) / elapsedMs;
}

/** In each round, a rate over that of what it is compared with: the mean of the nearest before and the nearest after. */
function ratios(
  rounds: readonly Round[],
  is: (sample: Sample) => boolean,
  isCompared: (sample: Sample) => boolean,
): readonly number[] {
  return rounds.flatMap((round) => {
    const index = round.findIndex(is);
    const one = round[index];
    if (one === undefined) return [];
    const around = [round.slice(0, index).findLast(isCompared), round.slice(index + 1).find(isCompared)];
    const rates = around.flatMap((sample) => (sample === undefined ? [] : [stepsPerSecond(sample)]));
    if (rates.length === 0) return [];
    return [stepsPerSecond(one) / (rates.reduce((sum, rate) => sum + rate, 0) / rates.length)];
  });
}

/** Mycroft's rate over a peer's, where it was measured just before and just after. */
function ratiosTo(
  rounds: readonly Round[],
  ours: ClusterSize,
  { system, theirs, load }: Comparison,
): readonly number[] {
  return ratios(
    rounds,
    (sample) => sample.system === system && sample.load === theirs,
    (sample) => sample.system === nameOf(ours) && sample.load === load,
  ).map((ratio) => 1 / ratio);
}

/** Whether the goals are met, and what is full first. */
export function verdicts(
  rounds: readonly Round[],
  ours: ClusterSize,
  sizes: readonly ClusterSize[],
): readonly string[] {
  return [
    ...ratioVerdicts(rounds, ours),
    ...latencyVerdicts(rounds, ours),
    ...backlogVerdicts(rounds),
    ...sizes.flatMap((size) => saturation(rounds, size)),
  ];
}

interface Comparison {
  readonly system: string;
  readonly theirs: string;
  /** Of Mycroft. */
  readonly load: string;
}

const comparisons: readonly (Comparison & { readonly goal: number | null })[] = ["chain", "fan"].flatMap(
  (load) => [
    { system: "BullMQ, in memory", theirs: "jobs in bulk", load, goal: 0.5 },
    { system: "BullMQ, fsync", theirs: "jobs in bulk", load, goal: null },
    { system: "DBOS", theirs: load, load, goal: 3 },
  ],
);

function ratioVerdicts(rounds: readonly Round[], ours: ClusterSize): readonly string[] {
  return comparisons.flatMap(({ goal, ...comparison }) => {
    const { system, theirs, load } = comparison;
    const all = ratiosTo(rounds, ours, comparison);
    if (all.length === 0) return [];
    const ratio = median(all);
    const text = `${load}: ${rounded(ratio)} times ${system}, ${theirs} (${range(all)})`;
    return [goal === null ? `${text}.` : `${text}; the goal of ${goal} is ${met(ratio >= goal)}.`];
  });
}

const latencyGoals = { p50Ms: 10, p99Ms: 30 };

function latencyVerdicts(rounds: readonly Round[], ours: ClusterSize): readonly string[] {
  return Object.values(latencyLoads).flatMap((load) => {
    const latency = latencyOf(samplesOf(rounds, nameOf(ours), load));
    if (latency === null) return [];
    const { p50Ms, p99Ms } = latency;
    const isMet = p50Ms < latencyGoals.p50Ms && p99Ms < latencyGoals.p99Ms;
    const goal = `p50 below ${latencyGoals.p50Ms} ms and p99 below ${latencyGoals.p99Ms} ms`;
    return [
      `${load}: p50 ${rounded(p50Ms)} ms, p99 ${rounded(p99Ms)} ms; the goal, ${goal}, is ${met(isMet)}.`,
    ];
  });
}

/** How much slower tasks may be done when many of them wait. */
const backlogGoal = 0.8;

function backlogVerdicts(rounds: readonly Round[]): readonly string[] {
  const loads = new Set(rounds.flat().flatMap(({ load }) => (load.includes(" wait, ") ? [load] : [])));
  return Array.from(loads, (load) => {
    const all = ratios(rounds, (sample) => sample.load === load, isFew);
    const ratio = median(all);
    const text = `${load}: ${rounded(ratio)} of the rate at which few wait (${range(all)})`;
    return `${text}; the goal of ${backlogGoal} is ${met(ratio >= backlogGoal)}.`;
  });
}

function isFew({ load }: Sample): boolean {
  return load === backlogLoads.few;
}

/**
 * What one process of each kind would carry if it had a core for itself: the kind of which the processes that there are would
 * carry least is full first. Postgres is many processes, so a core is not its limit.
 */
function saturation(rounds: readonly Round[], size: ClusterSize): readonly string[] {
  return ["chain", "fan"].flatMap((load) => {
    const all = samplesOf(rounds, nameOf(size), load);
    const ceilings = processKinds.flatMap((kind) => {
      const cost = costOf(all, kind);
      const count = all[0]?.processes[kind];
      return Number.isNaN(cost) || count === undefined ? [] : [{ kind, carries: (count * 1e6) / cost }];
    });
    const [first] = ceilings
      .filter(({ kind }) => kind !== "Postgres")
      .toSorted((left, right) => left.carries - right.carries);
    if (first === undefined) return [];
    const carried = ceilings.map(({ kind, carries }) => `${kind} ${Math.round(carries)}`).join(", ");
    return [
      `${nameOf(size)}, ${load}: ${rounded(median(all.map(coresBusy)))} cores busy. With a core for each process they would carry, in ` +
        `steps/s: ${carried} for each core that it gets. First full: ${first.kind}.`,
    ];
  });
}

function samplesOf(rounds: readonly Round[], system: string, load: string): readonly Sample[] {
  return rounds.flat().filter((sample) => sample.system === system && sample.load === load);
}

/** Medians of both over the rounds; null where there is none. */
function latencyOf(all: readonly Sample[]): Required<Sample>["latency"] | null {
  const known = all.flatMap(({ latency }) => (latency === undefined ? [] : [latency]));
  if (known.length === 0) return null;
  return { p50Ms: median(known.map(({ p50Ms }) => p50Ms)), p99Ms: median(known.map(({ p99Ms }) => p99Ms)) };
}

function met(isMet: boolean): string {
  return isMet ? "met" : "MISSED";
}

/** Of an even number, the mean of both in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

function range(values: readonly number[]): string {
  return `${rounded(Math.min(...values))} .. ${rounded(Math.max(...values))}`;
}

/** Three digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
