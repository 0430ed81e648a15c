/** What the opinions rest on, fact by fact: who cites it, from where, and where they contradict each other. */

import { Link } from "react-router";
import { runPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { formatPlural } from "../../design/format.ts";
import { Name } from "../../design/name.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { type CitedFact, gatherFacts } from "./gather-facts.ts";
import { type PartProps, taskOf } from "./part-props.ts";

/** More facts than this are shown by their agents' tasks. */
const mostShown = 400;

export function EvidencePanel({ detail, resolution }: PartProps) {
  const facts = gatherFacts(detail.evidence, resolution.conflict.findings);
  const contradicted = new Set(facts.filter(({ isContradicted }) => isContradicted).map(({ name }) => name))
    .size;
  const columns: readonly Column<CitedFact>[] = [
    {
      key: "fact",
      header: "Fact",
      sortBy: ({ name }) => name,
      cell: ({ name, isContradicted }) => (
        <span className="row">
          <Name name={name} maxLength={60} />
          {isContradicted && (
            <Badge tone="bad" icon="warning">
              contradicted
            </Badge>
          )}
        </span>
      ),
    },
    { key: "value", header: "Value", align: "end", cell: ({ value }) => <FactValue value={value} /> },
    {
      key: "date",
      header: "As of",
      sortBy: ({ date }) => date,
      cell: ({ date }) => <span className="nowrap">{date}</span>,
    },
    {
      key: "source",
      header: "Source",
      cell: ({ source }) => <SafeText text={source} foldAt={60} />,
      isSecondary: true,
    },
    {
      key: "citedBy",
      header: "Cited by",
      cell: ({ citedBy }) => (
        <span className="row">
          {citedBy.map((agent) => {
            const task = taskOf(detail, agent);
            if (task === null) return <Name key={agent} name={agent} />;
            return (
              <Link
                key={agent}
                to={runPath(detail.summary.runId, { task })}
                title="To the task in which it said so"
              >
                <Name name={agent} />
              </Link>
            );
          })}
        </span>
      ),
    },
  ];
  return (
    <Panel
      title="What the opinions rest on"
      about={
        contradicted === 0
          ? "No two agents give different values for one fact."
          : `${formatPlural(contradicted, "fact")} ${contradicted === 1 ? "has" : "have"} different values from different agents.`
      }
      isFlush
    >
      {facts.length === 0 ? (
        <EmptyState title="No agent named a fact" />
      ) : (
        <Table
          caption="Facts that were cited"
          columns={columns}
          rows={facts.slice(0, mostShown)}
          rowKey={({ key }) => key}
        />
      )}
      {facts.length > mostShown && (
        <p className="quiet">{facts.length - mostShown} more facts are left out.</p>
      )}
    </Panel>
  );
}

function FactValue({ value }: { readonly value: CitedFact["value"] }) {
  if (typeof value === "string") return <SafeText text={value} foldAt={80} />;
  const text = typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  return <span title={String(value)}>{String(text)}</span>;
}
