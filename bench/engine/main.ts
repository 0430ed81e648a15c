/**
 * How many durable steps a second the embedded host makes: each result is on disk, with an fsync, before anybody sees
 * it. Beside it stand, measured in the same run on the same disk, the bare event log (the same rows, no engine) and
 * SQLite alone. Everything is measured in turn, several times over; the table shows medians.
 */
import { type Row, report } from "../report.ts";
import { measureBareLog, measureRaw } from "./baselines.ts";
import { chain, concurrency, fan, mapped, measureEngine, type Workload } from "./workloads.ts";

const rounds = 5;

const cases: readonly { readonly what: string; readonly workload: Workload }[] = [
  { what: "a: 10 steps in a row, one run at a time", workload: chain(300, 1) },
  { what: "b: the same, 1,000 runs, 100 at a time", workload: chain(1_000, 100) },
  { what: "c: 1 -> 8 -> 1, 1,000 runs, 100 at a time", workload: fan(1_000, 100) },
  { what: "d: one run of 10,000 mapped tasks", workload: mapped(10_000, 5) },
  { what: "   runs of 100 mapped tasks, one at a time", workload: mapped(100, 500) },
];

/** Microseconds for each step or row. */
interface Round {
  readonly single: number;
  readonly bulk: number;
  readonly engine: readonly number[];
  readonly bareLog: readonly number[];
}

async function measureRound(): Promise<Round> {
  const engine: number[] = [];
  const bareLog: number[] = [];
  const before = measureRaw(1_500, 1);
  for (const { workload } of cases) {
    engine.push(await measureEngine(workload));
    bareLog.push(await measureBareLog(workload));
  }
  // Other users of the disk come and go: it is asked on both sides of what is compared with it.
  const single = (before + measureRaw(1_500, 1)) / 2;
  return { single, bulk: measureRaw(100_000, 1_000), engine, bareLog };
}

function row(what: string, all: readonly Round[], of: (round: Round) => number): Row {
  const microseconds = median(all.map(of));
  return {
    what,
    "us per step": digits(microseconds, 1),
    "steps/s": Math.round(1e6 / microseconds),
    "x raw, 1 per commit": digits(median(all.map((round) => of(round) / round.single)), 2),
    "x raw, 1,000 per commit": digits(median(all.map((round) => of(round) / round.bulk)), 2),
  };
}

function caseRow(index: number, all: readonly Round[]): Row {
  const ofEngine = ({ engine }: Round) => engine[index] ?? Number.NaN;
  const ofBareLog = ({ bareLog }: Round) => bareLog[index] ?? Number.NaN;
  return {
    ...row(cases[index]?.what ?? "", all, ofEngine),
    "bare log, steps/s": Math.round(1e6 / median(all.map(ofBareLog))),
    "of the bare log": digits(median(all.map((round) => ofBareLog(round) / ofEngine(round))), 2),
  };
}

function costByTasks({ engine }: Round): number {
  return (engine[3] ?? Number.NaN) / (engine[4] ?? Number.NaN);
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

function digits(value: number, places: number): number {
  return Number(value.toFixed(places));
}

const all: Round[] = [];
for (let round = 0; round < rounds; round += 1) all.push(await measureRound());
report("engine", { synchronous: "FULL", concurrency, rounds }, [
  row("raw SQLite, 1 row per commit", all, ({ single }) => single),
  row("raw SQLite, 1,000 rows per commit", all, ({ bulk }) => bulk),
  ...cases.keys().map((index) => caseRow(index, all)),
  { what: "cost per task, 10,000 over 100", "us per step": digits(median(all.map(costByTasks)), 2) },
]);
