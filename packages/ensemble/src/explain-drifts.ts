/** Agents whose scores have changed of late, in words. */
import { count } from "./phrases.ts";
import type { DriftingAgent, Resolution } from "./resolution.ts";

export function explainDrifts({ drifts = [] }: Resolution): readonly string[] {
  if (drifts.length === 0) return [];
  const note =
    "A record is watched for lasting changes against the other agents' on the same cases; no weight follows from that alone.";
  return [...drifts.map(spellDrift), note];
}

function spellDrift({ agent, direction, since, noticed, before, after, scored }: DriftingAgent): string {
  const size = Math.abs(after - before).toFixed(4);
  const against = `from ${signed(before)} to ${signed(after)} against the agents' mean`;
  return `${agent} drifts: since ${since} its score has been ${size} ${direction} than before, ${against}, over ${count(scored, "round")} (noticed on ${noticed}).`;
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;
}
