/** All policies by what they have lost up to a step, against the best agent and the best mixture in hindsight. */
import { useMemo } from "react";
import { formatNumber, formatSigned } from "../../design/format.ts";
import { SafeText } from "../../design/safe-text.tsx";
import { type Column, Table } from "../../design/table.tsx";
import type { Walk } from "./walk.ts";

interface Row {
  readonly policy: string;
  readonly mean: number;
  readonly regretAgent: number;
  readonly regretMixture: number;
}

const columns: readonly Column<Row>[] = [
  { key: "policy", header: "Policy", cell: ({ policy }) => policy, sortBy: ({ policy }) => policy },
  {
    key: "mean",
    header: "Mean loss",
    align: "end",
    cell: ({ mean }) => formatNumber(mean, 4),
    sortBy: ({ mean }) => mean,
  },
  {
    key: "agent",
    header: "Regret: best agent",
    align: "end",
    cell: ({ regretAgent }) => formatSigned(regretAgent, 3),
    sortBy: ({ regretAgent }) => regretAgent,
  },
  {
    key: "mixture",
    header: "Regret: best mixture",
    align: "end",
    cell: ({ regretMixture }) => formatSigned(regretMixture, 3),
    sortBy: ({ regretMixture }) => regretMixture,
  },
];

export function Scoreboard({ walk, step }: { readonly walk: Walk; readonly step: number }) {
  const hindsight = walk.hindsight[step];
  const rows = useMemo(
    () =>
      walk.rules.map(({ policy, cumulative, losses }): Row => {
        const known = losses.slice(0, step + 1).filter((loss) => loss !== null).length;
        const total = cumulative[step] ?? 0;
        const looked = walk.hindsight[step];
        return {
          policy,
          mean: known === 0 ? 0 : total / known,
          regretAgent: total - (looked?.agentLoss ?? 0),
          regretMixture: total - (looked?.mixtureLoss ?? 0),
        };
      }),
    [walk, step],
  );
  if (hindsight === undefined) return null;
  return (
    <details>
      <summary>
        All policies by what they have lost; the best agent so far is{" "}
        <SafeText text={hindsight.bestAgent ?? "nobody"} foldAt={40} />
      </summary>
      <p className="panel-about">
        Losses are ranked probability scores; lower is better. The best mixture so far:{" "}
        {walk.agents
          .map((agent, index) => ({ agent, weight: hindsight.mixture[index] ?? 0 }))
          .filter(({ weight }) => weight >= 0.005)
          .map(({ agent, weight }) => `${agent} ${Math.round(100 * weight)}%`)
          .join(", ")}
        . An agent without an opinion is charged what the mean of the others was.
      </p>
      <Table
        caption="Policies by loss"
        columns={columns}
        rows={rows}
        rowKey={({ policy }) => policy}
        initialSort={{ key: "mean", descending: false }}
      />
    </details>
  );
}
