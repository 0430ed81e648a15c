/** What each agent weighs and why: how far its record has moved it from an equal share. */

import type { AgentWeight, WeightReason } from "@mycroft/ensemble";
import { AgentLink } from "../../app/agent-link.tsx";
import { FromLink } from "../../app/from-link.tsx";
import { MeterBar } from "../../charts/meter-bar.tsx";
import { Badge } from "../../design/badge.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { formatNumber, formatPercent, formatSigned } from "../../design/format.ts";
import { Name } from "../../design/name.tsx";
import { Panel } from "../../design/panel.tsx";
import { Percent } from "../../design/percent.tsx";
import { type Column, Table } from "../../design/table.tsx";
import type { PartProps } from "./part-props.ts";
import { whyText } from "./why-text.ts";

export function WeightsPanel({ detail, resolution }: PartProps) {
  const { weights, policy, drifts = [] } = resolution;
  const { runId } = detail.summary;
  const equal = weights.length === 0 ? 0 : 1 / weights.length;
  const largest = Math.max(equal, ...weights.map(({ weight }) => weight));
  const columns: readonly Column<AgentWeight>[] = [
    { key: "agent", header: "Agent", cell: ({ agent }) => <AgentLink agent={agent} /> },
    {
      key: "weight",
      header: "Weight",
      sortBy: ({ weight }) => weight,
      cell: ({ weight }) => (
        <span className="weight-cell">
          <span className="number">
            <Percent value={weight} />
          </span>
          <MeterBar value={weight} max={largest} />
        </span>
      ),
    },
    {
      key: "moved",
      header: "Against equal",
      align: "end",
      sortBy: ({ weight }) => weight - equal,
      cell: ({ weight }) => `${formatSigned(100 * (weight - equal), 1)} points`,
    },
    {
      key: "score",
      header: "Record",
      sortBy: ({ reason }) => recordOf(reason)?.meanScore ?? null,
      cell: ({ agent, reason }) => (
        <>
          <span className="nowrap" title={whyText(reason)}>
            {recordText(reason)}
          </span>{" "}
          {drifts.some((one) => one.agent === agent) && (
            <Badge tone="warn" icon="warning">
              drifting
            </Badge>
          )}
        </>
      ),
      isSecondary: true,
    },
  ];
  return (
    <Panel
      title="What each weighs, and why"
      about={
        weights.length === 0 ? undefined : (
          <>
            {policy.name}
            {policy.version === "" ? "" : ` ${policy.version}`}; an equal share is {formatPercent(equal)}.{" "}
            <FromLink runId={runId} task={detail.recordTask} what="the agents’ records" />
          </>
        )
      }
      isFlush
    >
      {weights.length === 0 ? (
        <EmptyState title="Nothing was weighed">Too few agents gave an opinion.</EmptyState>
      ) : (
        <>
          <Table
            caption="Weights of the agents"
            columns={columns}
            rows={weights}
            rowKey={({ agent }) => agent}
            initialSort={{ key: "weight", descending: true }}
          />
          <ul className="reasons">
            {weights.map(({ agent, reason }) => (
              <li key={agent}>
                <strong>
                  <Name name={agent} />
                </strong>
                : {whyText(reason)}.
              </li>
            ))}
            {drifts.map(({ agent, direction, since, before, after }) => (
              <li key={`drift ${agent}`}>
                <strong>
                  <Name name={agent} />
                </strong>{" "}
                has got {direction} since {since}: its scores against the others’ went from{" "}
                {formatNumber(before, 4)} to {formatNumber(after, 4)}.
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function recordOf(reason: WeightReason): { readonly meanScore: number; readonly scored: number } | null {
  if (reason.type === "record") return reason.record;
  if (reason.type !== "learned" && reason.type !== "recalibrated") return null;
  const { scored, totalLoss } = reason.agent;
  return scored === 0 ? null : { scored, meanScore: totalLoss / scored };
}

function recordText(reason: WeightReason): string {
  const record = recordOf(reason);
  if (record === null) return "none";
  return `${formatNumber(record.meanScore, 4)} over ${record.scored}`;
}
