/** Blocks of seeds as tests, and what a block of them must have met for it to mean something. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { runSeeds } from "./run-seeds.ts";
import type { SimulationFigures } from "./simulate.ts";

export const seedsPerBlock = 500;

/** Of a block: what is to hold in the face of faults has met them. */
const atLeast = {
  runs: 1_000,
  childRuns: 150,
  forks: 80,
  firings: 150,
  events: 7_000,
  ignored: 400,
  deaths: 400,
  cancelled: 40,
  timedOut: 60,
  answers: 350,
} as const;

/** Of several processes, seeds take longer. */
export const clusterSeedsPerBlock = 110;
const atLeastInClusters = {
  runs: 200,
  childRuns: 30,
  forks: 15,
  events: 1_200,
  ignored: 8,
  deaths: 120,
  cancelled: 8,
  answers: 80,
} as const;

export function testClusterSeeds(from: number): void {
  const last = from + clusterSeedsPerBlock - 1;
  it(`P1 P2 P3 P4 P8 E2 E4 E7 E8 E9 E10 E11 E12 hold among several processes in seeds ${from} to ${last}`, async () => {
    const { failure, figures } = await runSeeds({ host: "shared", from, count: clusterSeedsPerBlock });
    assert.ok(failure === null, failure?.text ?? "");
    checkFigures(figures, atLeastInClusters);
  });
}

function checkFigures(figures: SimulationFigures, least: Partial<SimulationFigures>): void {
  for (const [name, wanted] of Object.entries(least)) {
    const figure = figures[name as keyof SimulationFigures];
    assert.ok(figure >= wanted, `${figure} ${name}, and not ${wanted}`);
  }
}

export function testSeeds(from: number): void {
  const last = from + seedsPerBlock - 1;
  it(`P1 P2 P3 P4 P7 P8 E2 E4 E7 E8 E9 E10 E11 E12 hold in seeds ${from} to ${last}`, async () => {
    const { failure, figures } = await runSeeds({ from, count: seedsPerBlock });
    assert.ok(failure === null, failure?.text ?? "");
    checkFigures(figures, atLeast);
  });
}
