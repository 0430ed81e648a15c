/** One agent: what its opinions were worth over time, how well it is calibrated, and how reliably it answers. */
import "../agents/agents.css";
import type { AgentDetail } from "@mycroft/protocol";
import { Fragment } from "react";
import { Link, useParams } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { paths, workflowPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { CasesPanel } from "../agents/cases-panel.tsx";
import { DriftBadge } from "../agents/drift-badge.tsx";
import { PairForm } from "../agents/pair-form.tsx";
import { whileWalking } from "../agents/walk-poll.ts";
import { HealthPanel } from "./health-panel.tsx";
import { OpinionsPanel } from "./opinions-panel.tsx";
import { CalibrationPanel, TrackPanel } from "./track-panels.tsx";
import { TroublesPanel } from "./troubles-panel.tsx";

/** An agent that is asked everywhere is not told from where. */
const mostWorkflows = 6;

export function AgentPage() {
  const { name = "" } = useParams();
  const { data, error, refetch } = useApi("getAgent", { params: { name } }, { everyMs: whileWalking });
  return (
    <Page
      title={name}
      heading={<SafeText text={name} foldAt={100} />}
      trail={<Link to={paths.agents}>Agents</Link>}
      {...(data !== undefined && { about: <SafeText text={data.description} foldAt={300} /> })}
    >
      {error !== null && (
        <ErrorNotice title="The agent could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton lines={8} label="Loading the agent's record" />}
      {data !== undefined && <Agent agent={data} />}
    </Page>
  );
}

function Agent({ agent }: { readonly agent: AgentDetail }) {
  const { track, trackAbsent } = agent;
  const drift = track?.drifts.at(-1);
  return (
    <>
      <p className="row">
        <Badge>
          version <SafeText text={agent.version} foldAt={40} />
        </Badge>
        {agent.capabilities.slice(0, 12).map((capability) => (
          <Badge key={capability}>
            <SafeText text={capability} foldAt={40} />
          </Badge>
        ))}
        {drift !== undefined && <DriftBadge drift={drift} />}
        {agent.workflows.length > 0 && (
          <span className="quiet">
            asked in{" "}
            {agent.workflows.slice(0, mostWorkflows).map((workflow, place) => (
              <Fragment key={workflow}>
                {place > 0 && ", "}
                <Link to={workflowPath(workflow)}>
                  <SafeText text={workflow} foldAt={60} />
                </Link>
              </Fragment>
            ))}
            {agent.workflows.length > mostWorkflows && ` and ${agent.workflows.length - mostWorkflows} more`}
          </span>
        )}
      </p>
      {track === null ? (
        <Panel title="No track">
          <p>
            <SafeText text={trackAbsent ?? "It is not known what its opinions were worth."} />
          </p>
        </Panel>
      ) : (
        <TrackPanel track={track} />
      )}
      <div className="columns">
        {track !== null && track.calibration !== null && <CalibrationPanel calibration={track.calibration} />}
        <HealthPanel health={agent.health} />
      </div>
      <TroublesPanel troubles={agent.health.troubles} />
      {track !== null && <CasesPanel agent={agent.name} days={track.series.map(({ day }) => day)} />}
      <OpinionsPanel agent={agent.name} />
      <Others name={agent.name} />
    </>
  );
}

function Others({ name }: { readonly name: string }) {
  const agents = (useApi("listAgents", {}).data?.agents ?? []).map((agent) => agent.name);
  if (agents.length < 2 || !agents.includes(name)) return null;
  return (
    <Panel title="Head to head" about="With another agent, on the cases that both judged.">
      <PairForm key={name} agents={agents} a={name} />
    </Panel>
  );
}
