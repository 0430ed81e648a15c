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
    const ratios = system.startsWith("Mycroft") ? [] : ratiosTo(rounds, ours, system, load);
    return {
      system,
      load,
      "steps/s": Math.round(median(rates)),
      "least .. most": `${Math.round(Math.min(...rates))} .. ${Math.round(Math.max(...rates))}`,
      ...(ratios.length === 0 ? {} : { "Mycroft / it": `${rounded(median(ratios))} (${range(ratios)})` }),
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
  return { ...Object.fromEntries(costs), "cores busy": rounded(median(all.map(coresBusy))) };
}

/** NaN when it is not known. */
function costOf(all: readonly Sample[], kind: ProcessKind): number {
  const known = all.flatMap(({ steps, seconds }) => {
    const used = seconds[kind];
    return used === undefined ? [] : [(used * 1e6) / steps];
  });
  return median(known);
}

function coresBusy({ seconds, elapsedMs }: Sample): number {
  return (Object.values(seconds).reduce((sum, used) => sum + used, 0) * 1_000) / elapsedMs;
}

/**
 * Mycroft's rate over a peer's, in each round that has both: of the same load, or of chains for what Mycroft has no like of.
 */
function ratiosTo(
  rounds: readonly Round[],
  ours: ClusterSize,
  system: string,
  load: string,
): readonly number[] {
  return rounds.flatMap((round) => {
    const like = sampleOf(round, nameOf(ours), load) ?? sampleOf(round, nameOf(ours), "chain");
    const peer = sampleOf(round, system, load);
    return like === undefined || peer === undefined ? [] : [stepsPerSecond(like) / stepsPerSecond(peer)];
  });
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

interface RatioGoal {
  readonly system: string;
  readonly theirs: string;
  readonly ours: string;
  readonly goal: number | null;
}

const ratioGoals: readonly RatioGoal[] = ["chain", "fan"].flatMap((load) => [
  { system: "BullMQ, in memory", theirs: "jobs in bulk", ours: load, goal: 0.5 },
  { system: "BullMQ, fsync", theirs: "jobs in bulk", ours: load, goal: null },
  { system: "DBOS", theirs: load, ours: load, goal: 3 },
]);

function ratioVerdicts(rounds: readonly Round[], ours: ClusterSize): readonly string[] {
  return ratioGoals.flatMap(({ system, theirs, ours: load, goal }) => {
    const ratios = rounds.flatMap((round) => {
      const [own, peer] = [sampleOf(round, nameOf(ours), load), sampleOf(round, system, theirs)];
      return own === undefined || peer === undefined ? [] : [stepsPerSecond(own) / stepsPerSecond(peer)];
    });
    if (ratios.length === 0) return [];
    const ratio = median(ratios);
    const text = `${load}: ${rounded(ratio)} times ${system}, ${theirs} (${range(ratios)})`;
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
    const ratios = rounds.flatMap((round) => backlogRatios(round, load));
    const ratio = median(ratios);
    const text = `${load}: ${rounded(ratio)} of the rate at which few wait (${range(ratios)})`;
    return `${text}; the goal of ${backlogGoal} is ${met(ratio >= backlogGoal)}.`;
  });
}

/** Against the mean of the nearest before and the nearest after for which few waited. */
function backlogRatios(round: Round, load: string): readonly number[] {
  const index = round.findIndex((sample) => sample.load === load);
  const many = round[index];
  const before = round.slice(0, Math.max(0, index)).findLast(isFew);
  const after = round.slice(index + 1).find(isFew);
  if (before === undefined || many === undefined || after === undefined) return [];
  return [(2 * stepsPerSecond(many)) / (stepsPerSecond(before) + stepsPerSecond(after))];
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

function sampleOf(round: Round, system: string, load: string): Sample | undefined {
  return round.find((sample) => sample.system === system && sample.load === load);
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
