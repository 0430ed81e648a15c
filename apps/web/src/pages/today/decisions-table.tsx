/** The newest decision on each subject, as a table that can be sorted. */

import type { DecisionSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { decisionPath } from "../../app/paths.ts";
import { DistributionStrip } from "../../charts/distribution-bars.tsx";
import { LeanPlot } from "../../charts/lean-plot.tsx";
import { MeterBar } from "../../charts/meter-bar.tsx";
import { Badge } from "../../design/badge.tsx";
import { formatSigned } from "../../design/format.ts";
import { Name } from "../../design/name.tsx";
import { Decimal, Percent } from "../../design/percent.tsx";
import { SideBadge } from "../../design/side-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Tooltip } from "../../design/tooltip.tsx";

/** Every company's decision by one run stays on one page; beyond this, the rest is on the runs' pages. */
const mostShown = 500;

export function DecisionsTable({ decisions }: { readonly decisions: readonly DecisionSummary[] }) {
  const columns = columnsFor(scalesOf(decisions));
  return (
    <>
      <Table
        caption="The newest decision on each company"
        columns={columns}
        rows={decisions.slice(0, mostShown)}
        rowKey={({ runId, task }) => `${runId} ${task}`}
      />
      {decisions.length > mostShown && (
        <p className="quiet">
          {decisions.length - mostShown} more, in which the agents disagree less, are left out.
        </p>
      )}
    </>
  );
}

interface Scales {
  readonly divergence: number;
  readonly tilt: number;
}

/** One scale for all rows, never so fine that noise looks like conflict. */
function scalesOf(decisions: readonly DecisionSummary[]): Scales {
  const tilts = decisions.flatMap(({ tilt, views }) => [tilt ?? 0, ...views.map((view) => view.tilt ?? 0)]);
  const largest = tilts.reduce((most, tilt) => Math.max(most, Math.abs(tilt)), 0);
  return {
    divergence: decisions.reduce((most, { divergence }) => Math.max(most, divergence), 0.02),
    tilt: [0.2, 0.3, 0.5, 0.7].find((one) => largest <= one) ?? 1,
  };
}

function columnsFor(scales: Scales): readonly Column<DecisionSummary>[] {
  return [
    {
      key: "subject",
      header: "Company",
      sortBy: ({ subject }) => subject,
      cell: ({ runId, task, subject }) => (
        <Link to={decisionPath(runId, task)}>
          <Name name={subject} />
        </Link>
      ),
    },
    {
      key: "conflict",
      header: "Conflict",
      sortBy: ({ divergence }) => divergence,
      cell: ({ divergence }) => (
        <span className="conflict-cell">
          <span className="number">
            <Decimal value={divergence} digits={3} />
          </span>
          <MeterBar value={divergence} max={scales.divergence} color="var(--warn)" />
        </span>
      ),
    },
    {
      key: "agents",
      header: (
        <Tooltip
          text={`Each dot is an agent, from a tilt of −${scales.tilt} at the left to +${scales.tilt} at the right; the diamond is what was resolved.`}
        >
          Who leans where
        </Tooltip>
      ),
      cell: ({ views, tilt, subject, status }) => (
        <LeanPlot
          label={subject}
          agents={views.flatMap(({ agent, tilt: lean }) => (lean === null ? [] : [{ agent, tilt: lean }]))}
          result={status === "noView" ? null : tilt}
          max={scales.tilt}
        />
      ),
    },
    {
      key: "side",
      header: "Resolved",
      sortBy: ({ tilt }) => tilt,
      cell: ({ side, outcomes, status }) =>
        status === "vetoed" ? (
          <Badge tone="bad" icon="ban">
            vetoed
          </Badge>
        ) : (
          <SideBadge side={side} outcomes={outcomes} />
        ),
    },
    {
      key: "tilt",
      header: (
        <Tooltip text="From −1, all on the lowest outcome, to +1, all on the highest; after risk limits.">
          Tilt
        </Tooltip>
      ),
      align: "end",
      cell: ({ tilt, status }) => <Decimal value={status === "noView" ? null : tilt} isSigned />,
    },
    {
      key: "view",
      header: "View",
      cell: ({ outcomes, probabilities, subject }) =>
        probabilities === null ? (
          <span className="quiet">none</span>
        ) : (
          <DistributionStrip outcomes={outcomes} probabilities={probabilities} label={subject} />
        ),
      isSecondary: true,
    },
    {
      key: "weight",
      header: "Position",
      align: "end",
      sortBy: ({ weight }) => weight,
      cell: ({ weight }) => <Percent value={weight} isSigned />,
    },
    {
      key: "dissent",
      header: "Against",
      cell: ({ views, side }) => <Dissenters views={views} isSided={side !== null && side !== "middle"} />,
      isSecondary: true,
    },
  ];
}

function Dissenters({
  views,
  isSided,
}: {
  readonly views: DecisionSummary["views"];
  readonly isSided: boolean;
}) {
  const against = views.filter(({ stance }) => stance === "against");
  const abstained = views.filter(({ abstains }) => abstains !== null).length;
  return (
    <span>
      {against.length === 0 && <span className="quiet">{isSided ? "nobody" : "–"}</span>}
      {against.map(({ agent, tilt }, index) => (
        <span key={agent} title={tilt === null ? undefined : `tilt ${formatSigned(tilt)}`}>
          {index > 0 && ", "}
          <Name name={agent} maxLength={40} />
        </span>
      ))}
      {abstained > 0 && <span className="quiet"> ({abstained} abstained)</span>}
    </span>
  );
}
