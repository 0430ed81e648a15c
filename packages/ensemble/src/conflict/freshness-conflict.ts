/** Agents that looked at data of different age. */
import type { Opinion } from "../opinion.ts";
import { compareText } from "../panel.ts";

/** Agents looked at data of different age. Their sides are the days of their newest data. */
export type FreshnessConflict = {
  readonly kind: "freshness";
  /** Calendar days between the newest and the oldest side. */
  readonly spreadDays: number;
  /** The newest first; `ageDays` counts calendar days from the data to the view's `asOf`. */
  readonly sides: readonly {
    readonly dataAsOf: string;
    readonly ageDays: number;
    readonly agents: readonly string[];
  }[];
  /** Agents that do not say how new their data is. */
  readonly unstated: readonly string[];
};

const dayMs = 86_400_000;

/** There is one when two opinions state different days for their newest data. */
export function findFreshnessConflict(
  opinions: readonly Pick<Opinion, "agent" | "asOf" | "dataAsOf">[],
): readonly FreshnessConflict[] {
  const agentsByDay = new Map<string, string[]>();
  for (const { agent, dataAsOf } of opinions) {
    if (dataAsOf === undefined) continue;
    agentsByDay.set(dataAsOf, [...(agentsByDay.get(dataAsOf) ?? []), agent]);
  }
  if (agentsByDay.size < 2) return [];
  const asOf = opinions[0]?.asOf ?? "";
  const sides = [...agentsByDay]
    .toSorted(([a], [b]) => compareText(b, a))
    .map(([dataAsOf, agents]) => ({ dataAsOf, ageDays: daysBetween(dataAsOf, asOf), agents }));
  const spreadDays = daysBetween(sides.at(-1)?.dataAsOf ?? asOf, sides[0]?.dataAsOf ?? asOf);
  const unstated = opinions.filter((opinion) => opinion.dataAsOf === undefined).map(({ agent }) => agent);
  return [{ kind: "freshness", spreadDays, sides, unstated }];
}

function daysBetween(earlier: string, later: string): number {
  return (Date.parse(later) - Date.parse(earlier)) / dayMs;
}
