/** How far the agents disagree: in numbers, by kind, and who against whom. */
import type { ConflictFinding } from "@mycroft/ensemble";
import type { ReactNode } from "react";
import { FromLink } from "../../app/from-link.tsx";
import { Badge } from "../../design/badge.tsx";
import { formatPlural } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { Decimal, Percent } from "../../design/percent.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Tooltip } from "../../design/tooltip.tsx";
import { DisagreementMatrix } from "./disagreement-matrix.tsx";
import type { PartProps } from "./part-props.ts";

export function ConflictPanel({ detail, resolution }: PartProps) {
  const { conflict, outcomes } = resolution;
  const { runId, task } = detail.summary;
  return (
    <Panel
      title="Where they conflict"
      actions={<FromLink runId={runId} task={task} what="the measured conflict" />}
    >
      <dl className="measures">
        <Measure
          name="Divergence"
          meaning="Generalized Jensen-Shannon divergence: 0 when all opinions are equal, 1 when they exclude each other. What they disagree about, beyond the doubt that each has."
          value={<Decimal value={conflict.divergence} digits={4} />}
        />
        <Measure
          name="On the other side"
          meaning="The share of the opinions on the smaller of the two sides: 50% is an even split."
          value={<Percent value={conflict.otherSideShare} />}
        />
        {conflict.entropy !== null && (
          <Measure
            name="Doubt of each, of all"
            meaning="Entropies divided by that of a uniform forecast, 0 certain to 1 clueless: the mean over the opinions, and of their equal pool. Their difference is the divergence."
            value={
              <>
                <Decimal value={conflict.entropy.mean} digits={3} />,{" "}
                <Decimal value={conflict.entropy.pool} digits={3} />
              </>
            }
          />
        )}
        {conflict.mass !== null && (
          <Measure
            name="Conflict mass, own"
            meaning="As evidence theory counts it: how often draws from two opinions do not agree, and how often two draws from the same one do not."
            value={
              <>
                <Decimal value={conflict.mass.pairwise} digits={3} />,{" "}
                <Decimal value={conflict.mass.own} digits={3} />
              </>
            }
          />
        )}
      </dl>
      {conflict.pairwise !== null && conflict.pairwise.agents.length > 1 && (
        <DisagreementMatrix pairwise={conflict.pairwise} />
      )}
      <h3 className="part-title">By kind</h3>
      {conflict.findings.length === 0 && <p className="quiet">No conflict was found.</p>}
      <ul className="findings">
        {conflict.findings.map((finding, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: Findings of a record never change places.
          <li key={index} className="finding">
            <Finding finding={finding} outcomes={outcomes} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Measure({
  name,
  meaning,
  value,
}: {
  readonly name: string;
  readonly meaning: string;
  readonly value: ReactNode;
}) {
  return (
    <div className="measure">
      <dt>
        <Tooltip text={meaning}>{name}</Tooltip>
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

function Finding({
  finding,
  outcomes,
}: {
  readonly finding: ConflictFinding;
  readonly outcomes: readonly string[];
}) {
  switch (finding.kind) {
    case "analytical":
      return (
        <>
          <Badge tone="warn" icon="split">
            analytical
          </Badge>
          <span>
            {sidesText(finding.sides, outcomes)}
            {finding.sharedFacts.length > 0 &&
              ` They read differently what they agree on: ${finding.sharedFacts.map(({ fact, date }) => `${fact} of ${date}`).join(", ")}.`}
          </span>
        </>
      );
    case "factual":
      return (
        <>
          <Badge tone="bad" icon="warning">
            factual
          </Badge>
          <SafeText
            text={`${finding.fact} on ${finding.date}: ${finding.claims
              .map(({ value, citedBy }) => `${String(value)} says ${namesOf(citedBy)}`)
              .join("; ")}.`}
          />
        </>
      );
    case "freshness":
      return (
        <>
          <Badge tone="wait" icon="clock">
            freshness
          </Badge>
          <SafeText
            text={`Their data is up to ${formatPlural(finding.spreadDays, "day")} apart: ${finding.sides
              .map(({ dataAsOf, agents }) => `${agents.join(", ")} with data of ${dataAsOf}`)
              .join("; ")}.`}
          />
        </>
      );
    case "missing":
      return (
        <>
          <Badge icon="ban">missing</Badge>
          <SafeText
            text={`${finding.opinions} of ${finding.asked} gave an opinion, ${finding.quorum} ${finding.quorumMet ? "were needed" : "are needed, so there is no view"}; ${finding.abstained.map(({ agent }) => agent).join(", ") || "nobody"} abstained.`}
          />
        </>
      );
  }
}

function namesOf(citedBy: readonly { readonly agent: string; readonly source: string }[]): string {
  return citedBy.map(({ agent, source }) => `${agent} (${source})`).join(", ");
}

type Sides = Extract<ConflictFinding, { readonly kind: "analytical" }>["sides"];

function sidesText({ lower, middle, upper }: Sides, outcomes: readonly string[]): string {
  const low = outcomes[0] ?? "lower";
  const high = outcomes.at(-1) ?? "upper";
  const parts = [
    lower.length > 0 && `${lower.join(", ")} towards ${low}`,
    upper.length > 0 && `${upper.join(", ")} towards ${high}`,
    middle.length > 0 && `${middle.join(", ")} towards neither`,
  ];
  return `${parts.filter(Boolean).join("; ")}.`;
}
