/** The scenario of several processes that a seed stands for: runs as for a single process, and what befalls processes and lines. */
import { scenarioOf } from "../random-scenario.ts";
import type { ClusterCut, ClusterEnd, Scenario, ScenarioCluster } from "../scenario.ts";
import { SeededRandom } from "../seeded-random.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export function clusterScenarioOf(seed: number): Scenario {
  const random = new SeededRandom(seed).stream("cluster");
  const scenario = scenarioOf(seed);
  const { dispatch } = scenario;
  const slots = Object.keys(dispatch.pools ?? {}).map((pool) => [pool, { slots: 1_000 }] as const);
  return {
    ...scenario,
    // What concerns one process, or what it keeps to itself, is the other host's.
    schedule: null,
    backfill: null,
    lives: [],
    freezes: [],
    jumps: [],
    full: [],
    intrusions: [],
    slowestCommitMs: 0,
    slowestReadMs: 0,
    lies: 0,
    dispatch: {
      ...dispatch,
      pools: Object.fromEntries(slots),
      leaseMs: random.pick([10_000, 15_000, 45_000]),
    },
    cluster: randomCluster(random),
  };
}

function randomCluster(random: SeededRandom): ScenarioCluster {
  const orchestrators = 1 + random.below(3);
  const workers = 1 + random.below(4);
  const seats = [
    ...seatsOf("orchestrator", orchestrators),
    ...seatsOf("orchestrator", orchestrators),
    ...seatsOf("worker", workers),
  ];
  const seat = () => seats[random.below(seats.length)] ?? "worker 1";
  const some = <T>(most: number, make: () => T): readonly T[] =>
    Array.from({ length: random.below(most + 1) }, make);
  const now = () => random.below(random.pick([1_000, 20_000, 2 * minuteMs]));
  const quietFromMs = random.pick([minuteMs, 3 * minuteMs, 15 * minuteMs]);
  return {
    orchestrators,
    workers,
    pollMs: random.pick([2_000, 10_000, 30_000]),
    reviewMs: random.pick([30_000, 2 * minuteMs]),
    ends: random.chance(0.7) ? some(5, () => randomEnd(random, random.chance(0.1) ? "client" : seat())) : [],
    freezes: random.chance(0.4)
      ? some(3, () => ({
          seat: seat(),
          atMs: now(),
          forMs: random.below(random.pick([20_000, 3 * minuteMs])),
        }))
      : [],
    cuts: random.chance(0.4)
      ? some(4, () => randomCut(random, random.chance(0.2) ? "client" : seat(), now()))
      : [],
    wipes: random.chance(0.3) ? some(2, () => ({ atMs: now() })) : [],
    skews: random.chance(0.3)
      ? some(3, () => ({
          seat: random.chance(0.2) ? "client" : seat(),
          atMs: random.pick([0, random.below(minuteMs)]),
          byMs: random.below(4 * hourMs) - 2 * hourMs,
        }))
      : [],
    deploys: some(2, () => ({ atMs: now() })),
    callLoss: random.chance(0.3) ? random.next() * 0.15 : 0,
    newsLoss: random.pick([0, 0, 0.3, 1]),
    slowestMs: random.pick([0, 0, 0, 5, 200, 2_000]),
    quietFromMs,
  };
}

function seatsOf(kind: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${kind} ${index + 1}`);
}

function randomEnd(random: SeededRandom, seat: string): ClusterEnd {
  const downMs = random.below(random.pick([1, 10_000, 2 * minuteMs]));
  if (random.chance(0.3)) return { seat, kind: "leaves", after: random.below(minuteMs), downMs };
  // To begin takes an orchestrator some hundreds, since it looks at each shard.
  return { seat, kind: "killed", after: 1 + random.below(random.pick([10, 60, 400])), downMs };
}

function randomCut(random: SeededRandom, seat: string, atMs: number): ClusterCut {
  return {
    seat,
    from: random.pick(["store", "store", "queue"]),
    atMs,
    forMs: random.below(random.pick([1_000, 20_000, 2 * minuteMs])),
  };
}
