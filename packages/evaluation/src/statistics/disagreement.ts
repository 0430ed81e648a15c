/** How far the agents lie apart, pair by pair, on average over the cases in which both speak. */
import { jensenShannonDistance } from "@mycroft/ensemble";
import type { Panel } from "../walk/panel.ts";

export interface Disagreement {
  /** `jensenShannon`: 0 (equal) to 1 (they exclude each other); `absolute`: in the unit of the forecasts. */
  readonly measure: "jensenShannon" | "absolute";
  /** The places of the agents that are compared. */
  readonly agents: readonly number[];
  /** By agent and agent; null for two who never spoke on the same case. */
  readonly distances: readonly (readonly (number | null)[])[];
  /** Of how many cases; with many, every so-many-th is looked at. */
  readonly cases: number;
}

const mostAgents = 60;
const mostComparisons = 150_000;

/** Null for one agent alone. The first 60 agents are compared. */
export function measureDisagreement(panel: Panel, kind: "distribution" | "point"): Disagreement | null {
  const agents = [...panel.agents.keys()].slice(0, mostAgents);
  if (agents.length < 2) return null;
  const pairs = (agents.length * (agents.length - 1)) / 2;
  const stride = Math.max(1, Math.ceil((panel.cases.length * pairs) / mostComparisons));
  const looked = panel.cases.filter((_, index) => index % stride === 0);
  const lists = looked.map(({ forecasts }) =>
    forecasts.map((one) => (one === null ? null : Array.from(one))),
  );
  const distances = agents.map((): (number | null)[] => agents.map(() => null));
  for (const a of agents) {
    for (const b of agents.slice(0, a + 1)) {
      const mean = a === b ? 0 : meanDistance(lists, a, b, kind);
      const [rowA, rowB] = [distances[a], distances[b]];
      if (rowA !== undefined) rowA[b] = mean;
      if (rowB !== undefined) rowB[a] = mean;
    }
  }
  const measure = kind === "point" ? "absolute" : "jensenShannon";
  return { measure, agents, distances, cases: looked.length };
}

function meanDistance(
  cases: readonly (readonly (readonly number[] | null)[])[],
  a: number,
  b: number,
  kind: "distribution" | "point",
): number | null {
  let sum = 0;
  let count = 0;
  for (const forecasts of cases) {
    const [one, other] = [forecasts[a], forecasts[b]];
    if (one === null || one === undefined || other === null || other === undefined) continue;
    sum += kind === "point" ? Math.abs((one[0] ?? 0) - (other[0] ?? 0)) : jensenShannonDistance(one, other);
    count += 1;
  }
  return count === 0 ? null : sum / count;
}
