/** One decision and all that led to it. Every number links to the task that made it. */
import { Name } from "../../design/name.tsx";
import "./decision.css";
import type { DecisionDetail } from "@mycroft/protocol";
import { Link, useParams } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { FromLink } from "../../app/from-link.tsx";
import { Page } from "../../app/page.tsx";
import { labPath, runPath, runsPath, workflowPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatPlural } from "../../design/format.ts";
import { Decimal, Percent } from "../../design/percent.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { SideBadge } from "../../design/side-badge.tsx";
import { SkeletonBlock } from "../../design/skeleton.tsx";
import { Stat, Stats } from "../../design/stat.tsx";
import { Tooltip } from "../../design/tooltip.tsx";
import { ConflictPanel } from "./conflict-panel.tsx";
import { ContributionsPanel } from "./contributions-panel.tsx";
import { EvidencePanel } from "./evidence-panel.tsx";
import { LimitsPanel } from "./limits-panel.tsx";
import { Neighbours } from "./neighbours.tsx";
import { OpinionsPanel } from "./opinions-panel.tsx";
import type { PartProps } from "./part-props.ts";
import { PricePanel } from "./price-panel.tsx";
import { readResolution } from "./read-resolution.ts";
import { RecordPanel } from "./record-panel.tsx";
import { WeightsPanel } from "./weights-panel.tsx";
import { WordsPanel } from "./words-panel.tsx";

export function DecisionPage() {
  const { runId = "", task = "" } = useParams();
  const { data, error, refetch } = useApi(
    "getDecision",
    { params: { runId, task } },
    { keepsPrevious: false },
  );
  if (error !== null) {
    return (
      <Page title="Decision" trail={<Trail runId={runId} />}>
        <ErrorNotice title="The decision could not be read" error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (data === undefined) {
    return (
      <Page title="Decision" trail={<Trail runId={runId} />}>
        <SkeletonBlock heightRem={24} />
      </Page>
    );
  }
  return <Decision detail={data} />;
}

function Trail({ runId }: { readonly runId: string }) {
  return (
    <>
      <Link to={runsPath()}>Runs</Link> / <Link to={runPath(runId)}>{runId}</Link>
    </>
  );
}

function Decision({ detail }: { readonly detail: DecisionDetail }) {
  const { summary, explanation } = detail;
  const { subject, runId, task, workflow, asOf } = summary;
  const parts: PartProps = { detail, resolution: readResolution(detail) };
  return (
    <Page
      title={`${subject}, ${asOf}`}
      heading={<Name name={subject} />}
      trail={
        <>
          <Trail runId={runId} />
          <Neighbours runId={runId} task={task} />
        </>
      }
      about={<SafeText text={explanation.headline} />}
      actions={
        <>
          {detail.request !== null && (
            <Link className="button button-secondary" to={labPath({ run: runId, task })}>
              Open in the Lab
            </Link>
          )}
          <Link className="button button-secondary" to={runPath(runId, { task })}>
            The resolve step
          </Link>
        </>
      }
    >
      <Key {...parts} />
      <OpinionsPanel {...parts} />
      <div className="columns">
        <ConflictPanel {...parts} />
        <WeightsPanel {...parts} />
      </div>
      <ContributionsPanel {...parts} />
      <PricePanel detail={detail} />
      <EvidencePanel {...parts} />
      <LimitsPanel {...parts} />
      <div className="columns">
        <WordsPanel detail={detail} />
        <RecordPanel {...parts} />
      </div>
      <p className="quiet">
        Decided by{" "}
        <Link to={workflowPath(workflow)}>
          <Name name={workflow} />
        </Link>
        . It says what the agents said and what followed from it; it recommends nothing.
      </p>
    </Page>
  );
}

/** The decision in five numbers. */
function Key({ detail, resolution }: PartProps) {
  const { summary, statedTilt } = detail;
  const { runId, task, outcomes, status, side, tilt, weight, policy } = summary;
  const against = resolution.dissent.filter(({ stance }) => stance === "against").length;
  return (
    <section className="key" aria-label="The decision in short">
      <Stats>
        <Stat
          label="Resolved to"
          value={
            status === "vetoed" ? (
              <Badge tone="bad" icon="ban">
                vetoed
              </Badge>
            ) : (
              <SideBadge side={side} outcomes={outcomes} />
            )
          }
          note={<FromLink runId={runId} task={task} what="the view" />}
        />
        <Stat
          label={
            <Tooltip text="From −1, all on the lowest outcome, to +1, all on the highest.">Tilt</Tooltip>
          }
          value={<Decimal value={status === "noView" ? null : tilt} isSigned />}
          note={
            <>
              {statedTilt !== null && statedTilt !== tilt && (
                <>
                  <Decimal value={statedTilt} isSigned /> before the risk limits{" "}
                </>
              )}
              <FromLink runId={runId} task={detail.decisionTask ?? task} what="the tilt" />
            </>
          }
        />
        <Stat
          label="Position"
          value={<Percent value={weight} isSigned />}
          note={
            weight === null ? (
              "this workflow builds no portfolio"
            ) : (
              <>
                of the capital <FromLink runId={runId} task={detail.portfolioTask} what="the position" />
              </>
            )
          }
        />
        <Stat
          label={
            <Tooltip text="Generalized Jensen-Shannon divergence of the opinions: 0 when all say the same, 1 when they exclude each other.">
              Conflict
            </Tooltip>
          }
          value={<Decimal value={summary.divergence} digits={3} />}
          note={
            <>
              {summary.conflictKinds.length === 0 ? "none found" : summary.conflictKinds.join(", ")}{" "}
              <FromLink runId={runId} task={task} what="the conflict" />
            </>
          }
        />
        <Stat
          label="Dissent"
          value={against === 0 ? "nobody" : formatPlural(against, "agent")}
          note={`of ${formatPlural(resolution.quorum.asked, "agent")} asked, by ${policy}`}
        />
      </Stats>
    </section>
  );
}
