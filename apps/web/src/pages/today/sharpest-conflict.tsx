/** The decision on which the agents disagree most: what each says, side by side, and what came of it. */

import type { DecisionSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { AgentLink } from "../../app/agent-link.tsx";
import { decisionPath } from "../../app/paths.ts";
import { DistributionBars } from "../../charts/distribution-bars.tsx";
import { Badge } from "../../design/badge.tsx";
import { formatPercent } from "../../design/format.ts";
import { Name } from "../../design/name.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { SideBadge } from "../../design/side-badge.tsx";

type View = DecisionSummary["views"][number];

export function SharpestConflict({ decision }: { readonly decision: DecisionSummary }) {
  const { outcomes, views, probabilities, usual, runId, task, subject, headline, side } = decision;
  const opinions = views.filter((view) => view.probabilities !== null);
  const max = Math.max(
    ...[...opinions.map((view) => view.probabilities), probabilities].flatMap((one) => one ?? []),
  );
  const reference = usual === null ? undefined : { name: "usual", probabilities: usual };
  return (
    <Panel
      className="sharpest"
      title={
        <>
          The sharpest conflict:{" "}
          <Link to={decisionPath(runId, task)}>
            <Name name={subject} />
          </Link>
        </>
      }
      about={<SafeText text={headline} />}
      actions={
        <Link className="button button-secondary" to={decisionPath(runId, task)}>
          Why it was decided so
        </Link>
      }
    >
      <ul className="opinion-row">
        <li className="opinion-card opinion-together">
          <p className="opinion-name">Together</p>
          <p className="opinion-facts">
            <SideBadge side={side} outcomes={outcomes} />
          </p>
          {probabilities !== null && (
            <DistributionBars
              outcomes={outcomes}
              probabilities={probabilities}
              label="Together"
              max={max}
              reference={reference}
            />
          )}
          <p className="quiet">by {decision.policy}</p>
        </li>
        {opinions.map((view) => (
          <li key={view.agent} className="opinion-card">
            <p className="opinion-name">
              <AgentLink agent={view.agent} />
            </p>
            <p className="opinion-facts">
              <SideBadge side={view.side} outcomes={outcomes} />
              {view.stance === "against" && (
                <Badge tone="warn" icon="split">
                  dissents
                </Badge>
              )}
            </p>
            <DistributionBars
              outcomes={outcomes}
              probabilities={view.probabilities ?? []}
              label={view.agent}
              max={max}
              reference={reference}
            />
            <p className="quiet">{weightText(view)}</p>
          </li>
        ))}
      </ul>
      {usual !== null && (
        <p className="legend">
          <span className="legend-usual" /> how often each outcome follows, whatever anybody says
        </p>
      )}
    </Panel>
  );
}

function weightText({ weight }: View): string {
  return weight === null ? "not weighed" : `weighs ${formatPercent(weight)}`;
}
