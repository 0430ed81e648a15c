/** What every agent said, beside what was resolved and what is usual; the one furthest from the result is marked. */

import type { StatedOpinion } from "@mycroft/ensemble";
import { AgentLink } from "../../app/agent-link.tsx";
import { FromLink } from "../../app/from-link.tsx";
import { DistributionBars } from "../../charts/distribution-bars.tsx";
import { Badge } from "../../design/badge.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { formatPercent } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { Decimal } from "../../design/percent.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { SideBadge } from "../../design/side-badge.tsx";
import { type PartProps, taskOf } from "./part-props.ts";

export function OpinionsPanel({ detail, resolution }: PartProps) {
  const { opinions, abstentions, outcomes, probabilities } = resolution;
  const { usual, runId, task, side } = detail.summary;
  const rows = [...opinions.map((one) => one.probabilities), probabilities, usual];
  const max = Math.max(0.01, ...rows.flatMap((row) => row ?? []));
  const reference = usual === null ? undefined : { name: "usual", probabilities: usual };
  return (
    <Panel
      title="What the agents said"
      about={
        usual === null ? undefined : (
          <>
            <span className="legend-usual" /> marks how often each outcome follows, whatever anybody says{" "}
            <FromLink runId={runId} task={detail.usualTask} what="what is usual" />
          </>
        )
      }
    >
      {opinions.length === 0 && <EmptyState title="No agent gave an opinion" />}
      <ul className="opinions">
        <li className="opinion opinion-result">
          <p className="opinion-head">
            <strong>Together</strong> <SideBadge side={side} outcomes={outcomes} />
          </p>
          {probabilities === null ? (
            <p className="quiet">There is no view.</p>
          ) : (
            <DistributionBars
              outcomes={outcomes}
              probabilities={probabilities}
              label="Together"
              max={max}
              reference={reference}
              heightPx={72}
            />
          )}
          <p className="opinion-facts-line">
            by {detail.summary.policy} <FromLink runId={runId} task={task} what="the resolved view" />
          </p>
        </li>
        {opinions.map((opinion) => (
          <li key={opinion.agent} className="opinion">
            <OpinionHead opinion={opinion} detail={detail} resolution={resolution} />
            <DistributionBars
              outcomes={outcomes}
              probabilities={opinion.probabilities}
              label={opinion.agent}
              max={max}
              reference={reference}
              heightPx={72}
            />
            <OpinionFacts opinion={opinion} detail={detail} resolution={resolution} />
            <p className="opinion-rationale">
              <SafeText text={opinion.rationale} foldAt={300} />
            </p>
          </li>
        ))}
      </ul>
      {abstentions.length > 0 && (
        <ul className="stack abstentions">
          {abstentions.map(({ agent, reason, code }) => (
            <li key={agent} className="row">
              <Badge icon="ban">abstained</Badge>
              <AgentLink agent={agent} />
              <SafeText text={reason} foldAt={240} />
              {code !== null && <code>{code}</code>}
              <FromLink runId={runId} task={taskOf(detail, agent)} what={`the abstention of ${agent}`} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface OfOpinion extends PartProps {
  readonly opinion: StatedOpinion;
}

function OpinionHead({ opinion, resolution }: OfOpinion) {
  const { agent } = opinion;
  const { dissent, conflict, outcomes } = resolution;
  const lean = conflict.leans.find((one) => one.agent === agent);
  const stance = dissent.find((one) => one.agent === agent)?.stance;
  return (
    <p className="opinion-head">
      <strong>
        <AgentLink agent={agent} />
      </strong>
      {lean !== undefined && <SideBadge side={lean.side} outcomes={outcomes} />}
      {stance === "against" && (
        <Badge tone="warn" icon="split">
          dissents
        </Badge>
      )}
    </p>
  );
}

function OpinionFacts({ opinion, detail, resolution }: OfOpinion) {
  const { agent, confidence, dataAsOf, version } = opinion;
  const weight = resolution.weights.find((one) => one.agent === agent)?.weight;
  const lean = resolution.conflict.leans.find((one) => one.agent === agent);
  const distance = resolution.dissent.find((one) => one.agent === agent)?.distance;
  const notes = [
    `version ${version}`,
    ...(confidence === null ? [] : [`says it is ${formatPercent(confidence, 0)} sure`]),
    ...(dataAsOf === null ? [] : [`data of ${dataAsOf}`]),
  ];
  return (
    <p className="opinion-facts-line">
      {weight !== undefined && <>weighs {formatPercent(weight)}, </>}
      {lean !== undefined && (
        <>
          tilt <Decimal value={lean.tilt} isSigned />
        </>
      )}
      {distance !== undefined && (
        <>
          , <Decimal value={distance} digits={3} /> from the result
        </>
      )}{" "}
      <FromLink runId={detail.summary.runId} task={taskOf(detail, agent)} what={`the opinion of ${agent}`} />
      <br />
      <SafeText text={notes.join(", ")} foldAt={120} />
    </p>
  );
}
