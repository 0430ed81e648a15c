/** How reliably an agent answers, by the runs on record, and in which versions it did. */
import type { AgentHealth } from "@mycroft/protocol";
import { FromHere } from "../../app/from-link.tsx";
import { formatCount, formatDuration, formatPercent, formatPlural } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Stat, Stats } from "../../design/stat.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import { opinionsId } from "./opinions-panel.tsx";
import { troublesId } from "./troubles-panel.tsx";

type Version = AgentHealth["versions"][number];

export function HealthPanel({ health }: { readonly health: AgentHealth }) {
  const { latencyMs, attempts } = health;
  const share = (count: number): string =>
    attempts === 0 ? "of none" : `${formatPercent(count / attempts)} of ${formatPlural(attempts, "attempt")}`;
  return (
    <Panel title="Health" about={`In the newest ${formatPlural(health.runs, "run")} on record.`}>
      <div className="stack">
        <Stats>
          <Stat
            label="Latency"
            value={latencyMs === null ? "\u2013" : formatDuration(latencyMs.p50)}
            note={
              latencyMs === null
                ? "no attempts"
                : `median; 95% within ${formatDuration(latencyMs.p95)}, longest ${formatDuration(latencyMs.max)}`
            }
          />
          <Stat
            label="Opinions"
            value={formatCount(health.opinions)}
            note={
              <>
                {share(health.opinions)}{" "}
                <FromHere id={opinionsId} what="the number of opinions" place="the newest opinions" />
              </>
            }
          />
          <Stat
            label="Abstentions"
            value={formatCount(health.abstentions)}
            note={
              <>
                {share(health.abstentions)} {health.abstentions > 0 && troubles("the number of abstentions")}
              </>
            }
          />
          <Stat
            label="Failures"
            value={formatCount(health.failures)}
            note={
              <>
                {share(health.failures)} {health.failures > 0 && troubles("the number of failures")}
              </>
            }
          />
          <Stat label="Taken from memory" value={formatCount(health.cached)} note="not asked again" />
          <Stat
            label="Last answer"
            value={health.lastAnswerAt === null ? "never" : <Time at={health.lastAnswerAt} />}
          />
        </Stats>
        {health.attempts > 0 && health.troubles.length === 0 && (
          <p className="quiet">It has always given an opinion.</p>
        )}
        {health.versions.length > 0 && (
          <Table
            caption="Versions"
            columns={columns}
            rows={health.versions}
            rowKey={({ version }) => version}
          />
        )}
      </div>
    </Panel>
  );
}

function troubles(what: string) {
  return <FromHere id={troublesId} what={what} place="failures and abstentions" />;
}

const columns: readonly Column<Version>[] = [
  {
    key: "version",
    header: "Version",
    cell: ({ version }) => <SafeText text={version} foldAt={60} />,
    sortBy: ({ version }) => version,
  },
  {
    key: "attempts",
    header: "Attempts",
    align: "end",
    cell: ({ attempts }) => formatCount(attempts),
    sortBy: ({ attempts }) => attempts,
  },
  { key: "first", header: "First", cell: ({ firstAt }) => <Time at={firstAt} as="exact" /> },
  { key: "last", header: "Last", cell: ({ lastAt }) => <Time at={lastAt} as="exact" /> },
];
