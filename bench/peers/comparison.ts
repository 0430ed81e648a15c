/** What was measured, as rows: medians over the rounds, and how many times faster Mycroft was around the same time. */
import type { Row } from "../report.ts";
import type { MeasuredWorkloads } from "./measure-in-child.ts";
import { type Measured, type Workload, workloads } from "./measurement.ts";
import { type Durability, type Entry, ours } from "./roster.ts";

export interface Turn {
  readonly entry: Entry;
  /** Null when it failed. */
  readonly measured: MeasuredWorkloads | null;
}

/** The turns in their order: ours before and after each peer's. */
export type Round = readonly Turn[];

const survives: Readonly<Record<Durability, string>> = {
  fsync: "a power cut",
  process: "a killed process",
  none: "nothing",
};

/** How many times as fast Mycroft is to be as the best durable peer, and as the best that keeps nothing, in b and c. */
const goals = { fsync: 10, none: 1 };

export function compare(entries: readonly Entry[], rounds: readonly Round[]): readonly Row[] {
  return workloads.flatMap((workload) => entries.map((entry) => rowOf(entry, workload, rounds)));
}

/** How the disk did meanwhile: when this varies, so does every system that waits for it. */
export function diskRow(commitMicroseconds: readonly number[]): Row {
  const rates = commitMicroseconds.map((microseconds) => 1e6 / microseconds);
  return {
    workload: "disk",
    system: "SQLite alone, commits",
    survives: survives.fsync,
    "steps/s": Math.round(median(rates)),
    "least .. most": `${Math.round(Math.min(...rates))} .. ${Math.round(Math.max(...rates))}`,
    "us/step": rounded(median(commitMicroseconds)),
  };
}

function rowOf(entry: Entry, { id }: Workload, rounds: readonly Round[]): Row {
  const name = { workload: id, system: entry.name, survives: survives[entry.durability] };
  const all = rounds
    .flat()
    .flatMap((turn) => (turn.entry === entry && turn.measured !== null ? [turn.measured[id]] : []));
  if (all.length === 0) return { ...name, "steps/s": "failed" };
  const rates = all.map(stepsPerSecond);
  const ratios = ratiosTo(entry, id, rounds);
  return {
    ...name,
    "steps/s": Math.round(median(rates)),
    "least .. most": `${Math.round(Math.min(...rates))} .. ${Math.round(Math.max(...rates))}`,
    "us/step": rounded(1e6 / median(rates)),
    "Mycroft is faster by": ratios.length === 0 ? "" : `${rounded(median(ratios))} (${range(ratios)})`,
    runs: Math.round(median(all.map(({ runs }) => runs))),
  };
}

/** Whether the goals are met, in words: against the fastest of each kind. */
export function verdicts(peers: readonly Entry[], rounds: readonly Round[]): readonly string[] {
  return workloads.flatMap(({ id }) =>
    (["fsync", "none"] as const).map((durability) => {
      const rivals = peers.filter((entry) => entry.durability === durability);
      const ratios = rivals.map((entry) => ({ entry, ratio: median(ratiosTo(entry, id, rounds)) }));
      const kind = durability === "fsync" ? "durable peer" : "peer that keeps nothing";
      return verdict(id, kind, ratios, id === "a" ? null : goals[durability]);
    }),
  );
}

function verdict(
  id: Workload["id"],
  kind: string,
  ratios: readonly { readonly entry: Entry; readonly ratio: number }[],
  goal: number | null,
): string {
  const known = ratios.filter(({ ratio }) => !Number.isNaN(ratio));
  const [best] = known.toSorted((left, right) => left.ratio - right.ratio);
  if (best === undefined) return `${id}: no ${kind} was measured.`;
  const { entry, ratio } = best;
  const against = `${id}: ${rounded(ratio)} times as fast as the best ${kind} (${entry.name})`;
  return goal === null
    ? `${against}.`
    : `${against}; the goal of ${goal} is ${ratio >= goal ? "met" : "MISSED"}.`;
}

/** Each time that a peer was measured: Mycroft's rate, as the mean of just before and just after, over the peer's. */
function ratiosTo(entry: Entry, id: Workload["id"], rounds: readonly Round[]): readonly number[] {
  if (entry === ours) return [];
  return rounds.flatMap((round) =>
    round.flatMap((turn, index) => {
      if (turn.entry !== entry || turn.measured === null) return [];
      const around = [round[index - 1]?.measured, round[index + 1]?.measured];
      const own = around.flatMap((measured) => (measured ? [stepsPerSecond(measured[id])] : []));
      return own.length === 0 ? [] : [mean(own) / stepsPerSecond(turn.measured[id])];
    }),
  );
}

function stepsPerSecond({ steps, elapsedMs }: Measured): number {
  return (steps * 1_000) / elapsedMs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

function range(values: readonly number[]): string {
  return `${rounded(Math.min(...values))} .. ${rounded(Math.max(...values))}`;
}

/** Three digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
