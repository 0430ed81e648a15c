/** All agents of the project: how they do as parts of the system, and what their opinions have been worth. */
import type { AgentSummary } from "@mycroft/protocol";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { agentPath } from "../../app/paths.ts";
import { LeanBar } from "../../charts/meter-bar.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatCount, formatDuration, formatPercent, formatPlural } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { Decimal, Percent } from "../../design/percent.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import { DriftBadge } from "./drift-badge.tsx";
import { PairForm } from "./pair-form.tsx";
import { whileWalking } from "./walk-poll.ts";

export function AgentsPage() {
  const { data, error, refetch } = useApi("listAgents", {}, { everyMs: whileWalking });
  return (
    <Page
      title="Agents"
      about="Who gives opinions, how reliably they answer, and what their opinions were worth when the outcome was known."
    >
      {error !== null && (
        <ErrorNotice title="The agents could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton lines={6} label="Loading the agents" />}
      {data?.agents.length === 0 && (
        <EmptyState title="This project has no agents">
          An agent is a function that answers with probabilities; <code>mycroft init</code> writes one to
          begin with.
        </EmptyState>
      )}
      {data !== undefined && data.agents.length > 0 && (
        <Agents agents={data.agents} walkShare={data.walkShare} />
      )}
    </Page>
  );
}

interface AgentsProps {
  readonly agents: readonly AgentSummary[];
  readonly walkShare: number | null;
}

function Agents({ agents, walkShare }: AgentsProps) {
  return (
    <>
      <Panel
        title={formatPlural(agents.length, "agent")}
        about="Skill is 1 less the ratio of its mean score to that of the base rates on the same cases: above 0 it knew more than how often each outcome follows."
        isFlush
      >
        <Table
          caption="Agents"
          columns={columns}
          rows={agents}
          rowKey={({ name }) => name}
          initialSort={{ key: "skill", descending: true }}
        />
        {walkShare !== null && (
          <p className="agents-foot quiet" role="status">
            What they would have said of the past is being worked out: {formatPercent(walkShare, 0)}.
          </p>
        )}
      </Panel>
      {agents.length > 1 && (
        <Panel title="Head to head" about="Two agents on the cases that both judged.">
          <PairForm agents={agents.map(({ name }) => name)} />
        </Panel>
      )}
    </>
  );
}

/** Of a full bar: more than that is hardly seen in markets. */
const mostSkill = 0.05;

const columns: readonly Column<AgentSummary>[] = [
  {
    key: "name",
    header: "Agent",
    cell: ({ name, description }) => (
      <>
        <Link to={agentPath(name)}>
          <SafeText text={name} foldAt={60} />
        </Link>
        <div className="quiet agents-about">
          <SafeText text={description} foldAt={90} />
        </div>
      </>
    ),
    sortBy: ({ name }) => name,
  },
  {
    key: "skill",
    header: "Skill",
    align: "end",
    cell: ({ score }) =>
      score === null ? (
        <span className="quiet">no track</span>
      ) : (
        <span className="agents-skill">
          <LeanBar value={score.skill ?? 0} max={mostSkill} />
          <Percent value={score.skill} isSigned />
        </span>
      ),
    sortBy: ({ score }) => score?.skill ?? null,
  },
  {
    key: "score",
    header: "Mean score",
    align: "end",
    cell: ({ score }) => <Decimal value={score?.meanScore} digits={4} />,
    sortBy: ({ score }) => score?.meanScore ?? null,
  },
  {
    key: "scored",
    header: "Scored",
    align: "end",
    cell: ({ score }) => formatCount(score?.scored ?? 0),
    sortBy: ({ score }) => score?.scored ?? null,
    isSecondary: true,
  },
  {
    key: "drift",
    header: "Drift",
    cell: ({ score }) =>
      score === null || score.drift === null ? (
        <span className="quiet">none</span>
      ) : (
        <DriftBadge drift={score.drift} />
      ),
    sortBy: ({ score }) => score?.drift?.noticed ?? null,
  },
  {
    key: "latency",
    header: "Latency, median and 95%",
    align: "end",
    cell: ({ health: { latencyMs } }) =>
      latencyMs === null ? "\u2013" : `${formatDuration(latencyMs.p50)}, ${formatDuration(latencyMs.p95)}`,
    sortBy: ({ health }) => health.latencyMs?.p95 ?? null,
  },
  {
    key: "failures",
    header: "Failures",
    align: "end",
    cell: ({ health }) => <ShareOf count={health.failures} attempts={health.attempts} isBad />,
    sortBy: ({ health }) => health.failures,
  },
  {
    key: "abstentions",
    header: "Abstentions",
    align: "end",
    cell: ({ health }) => <ShareOf count={health.abstentions} attempts={health.attempts} />,
    sortBy: ({ health }) => health.abstentions,
  },
  {
    key: "last",
    header: "Last answer",
    cell: ({ health: { lastAnswerAt } }) => (lastAnswerAt === null ? "never" : <Time at={lastAnswerAt} />),
    sortBy: ({ health }) => (health.lastAnswerAt === null ? null : String(health.lastAnswerAt)),
    isSecondary: true,
  },
];

function ShareOf({
  count,
  attempts,
  isBad = false,
}: {
  readonly count: number;
  readonly attempts: number;
  readonly isBad?: boolean;
}) {
  if (count === 0) return <span className="quiet">0</span>;
  const text = `${formatCount(count)} (${formatPercent(count / Math.max(1, attempts), 1)})`;
  return isBad ? <strong className="agents-bad">{text}</strong> : <span>{text}</span>;
}
