/** How the agents do: whether they answer, how fast, and whether their opinions have got worse. */

import type { AgentSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { AgentLink } from "../../app/agent-link.tsx";
import { paths } from "../../app/paths.ts";
import { Badge, type Tone } from "../../design/badge.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatDuration } from "../../design/format.ts";
import type { IconName } from "../../design/icon.tsx";
import { Panel } from "../../design/panel.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { whileWalking } from "../agents/walk-poll.ts";

export function AgentsPanel() {
  const { data, error } = useApi("listAgents", {}, { everyMs: whileWalking });
  return (
    <Panel title="Agents" actions={<Link to={paths.agents}>All agents</Link>}>
      {error !== null && <ErrorNotice error={error} />}
      {data === undefined && error === null && <Skeleton lines={4} />}
      {data?.agents.length === 0 && <p className="quiet">This project has no agents.</p>}
      <ul className="agent-lines">
        {data?.agents.map((agent) => (
          <li key={agent.name} className="agent-line">
            <AgentLink agent={agent.name} />
            <HealthBadges agent={agent} />
            <span className="quiet agent-line-facts">{factsOf(agent)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface HealthMark {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly word: string;
}

function HealthBadges({ agent }: { readonly agent: AgentSummary }) {
  return marksOf(agent).map(({ tone, icon, word }) => (
    <Badge key={word} tone={tone} icon={icon}>
      {word}
    </Badge>
  ));
}

function marksOf({ health, score }: AgentSummary): readonly HealthMark[] {
  const { attempts, failures, abstentions } = health;
  const marks: HealthMark[] = [];
  if (failures > 0) marks.push({ tone: "bad", icon: "cross", word: `${failures} failed` });
  if (score?.drift?.direction === "worse") marks.push({ tone: "warn", icon: "down", word: "getting worse" });
  if (abstentions > 0) marks.push({ tone: "neutral", icon: "ban", word: `${abstentions} abstained` });
  if (marks.length > 0) return marks;
  return attempts === 0
    ? [{ tone: "neutral", icon: "circle", word: "not asked yet" }]
    : [{ tone: "good", icon: "check", word: "well" }];
}

function factsOf({ health: { opinions, latencyMs } }: AgentSummary): string {
  const said = opinions === 1 ? "1 opinion" : `${opinions} opinions`;
  return latencyMs === null ? said : `${said}, ${formatDuration(latencyMs.p50)}`;
}
