/** An evaluation: who was how good, what the differences are worth, and how weights moved. */
import "../experiments/experiments.css";
import type { EvaluationDetail } from "@mycroft/protocol";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { Page } from "../../app/page.tsx";
import { paths } from "../../app/paths.ts";
import { LineChart } from "../../charts/line-chart.tsx";
import { Badge } from "../../design/badge.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select } from "../../design/field.tsx";
import { formatCount, formatNumber, formatPercent, formatPlural } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { Decimal, Percent } from "../../design/percent.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { ForgetButton } from "../experiments/forget-button.tsx";
import { IntervalPlot } from "../experiments/interval-plot.tsx";
import { JobProgress } from "../experiments/job-progress.tsx";

const mostLines = 8;
const mostDrawn = 40;
const poolName = "linear-pool";

type Report = NonNullable<EvaluationDetail["report"]>;
type Competitor = Report["competitors"][number];

export function EvaluationPage() {
  const { id = "" } = useParams();
  const [rests, setRests] = useState(false);
  const { data, error, isPending, refetch } = useApi(
    "getEvaluation",
    { params: { id } },
    { everyMs: rests ? false : 1_000 },
  );
  const hasEnded =
    error !== null || (data !== undefined && (data.report !== null || data.job?.status !== "running"));
  if (hasEnded !== rests) setRests(hasEnded);
  return (
    <Page
      title={data === undefined ? "Evaluation" : data.name}
      heading={data === undefined ? undefined : <SafeText text={data.name} />}
      trail={<Link to={paths.experiments}>Experiments</Link>}
      about={
        data?.report == null
          ? undefined
          : `${formatPlural(data.agents, "agent")}, ${formatPlural(data.cases, "case")}, ${formatPlural(data.periods, "period")}; ${scoreName(data.report.score)}, lower is better. ${delayText(data.report.delayPeriods)}`
      }
      actions={data !== undefined && <Forget evaluation={data} />}
    >
      {error !== null && (
        <ErrorNotice error={error} title="The evaluation could not be read" onRetry={() => void refetch()} />
      )}
      {isPending && <Skeleton lines={8} />}
      {data !== undefined && data.report === null && (
        <Panel title={data.job?.status === "running" ? "Under way" : "Not finished"}>
          <JobProgress job={data.job} isWhole={false} />
        </Panel>
      )}
      {data?.report != null && <EvaluationReport report={data.report} />}
    </Page>
  );
}

function scoreName(score: string): string {
  const names: Readonly<Record<string, string>> = {
    ...{ rps: "ranked probability score", brier: "Brier score", log: "logarithmic score" },
    ...{ square: "squared error", absolute: "absolute error", pinball: "pinball score" },
  };
  return names[score] ?? score;
}

function delayText(periods: number): string {
  return periods === 0
    ? "Outcomes are learned from in the next period."
    : `Outcomes are learned from ${formatPlural(periods + 1, "period")} later.`;
}

function Forget({ evaluation: { id } }: { readonly evaluation: EvaluationDetail }) {
  const mayChange = useMay("operator");
  if (!mayChange) return null;
  return (
    <ForgetButton what="evaluation" id={id}>
      Its figures are taken from the record. What it was made of, if that was a file, was not kept.
    </ForgetButton>
  );
}

function EvaluationReport({ report }: { readonly report: Report }) {
  const { competitors, findings, bestMixture, leftOut } = report;
  // Baselines are far off, and would press all others together.
  const drawn = competitors.filter(({ kind }) => kind !== "baseline").slice(0, mostDrawn);
  const poolScore = competitors.find(({ name }) => name === poolName)?.score;
  return (
    <>
      <Panel title="In words">
        <div className="experiment-notes">
          {findings.map(({ title, sentences }) => (
            <section key={title}>
              <h3>{title}</h3>
              {sentences.map((sentence) => (
                <p key={sentence}>
                  <SafeText text={sentence} />
                </p>
              ))}
            </section>
          ))}
        </div>
      </Panel>
      <Panel
        title="Scores with their intervals"
        about="By rank, agents grey; baselines are in the table alone. The dashed line is the equal pool, which others are held against on the cases that they have in common."
      >
        <IntervalPlot
          label={`Mean score (${scoreName(report.score)}), lower is better`}
          digits={4}
          {...(poolScore === undefined ? {} : { reference: poolScore })}
          estimates={drawn.map(({ name, kind, score, interval }) => ({
            name,
            value: score,
            low: interval?.low ?? null,
            high: interval?.high ?? null,
            isMuted: kind !== "policy",
          }))}
        />
      </Panel>
      <Panel title="Agents and policies" isFlush>
        <Table
          caption="Agents and policies by rank"
          columns={columns}
          rows={competitors}
          rowKey={({ name, kind }) => `${kind} ${name}`}
        />
      </Panel>
      <OverTime report={report} />
      <Panel
        title="Best mixture in hindsight"
        about={`Score ${formatNumber(bestMixture.score, 4)}; known only afterwards.`}
      >
        <ul className="experiment-notes">
          {bestMixture.weights.map(({ agent, weight }) => (
            <li key={agent}>
              <SafeText text={agent} /> {formatPercent(weight)}
            </li>
          ))}
        </ul>
      </Panel>
      {leftOut.length > 0 && (
        <Panel title="Left out" about="What could not take part, and why.">
          <ul className="experiment-notes">
            {leftOut.map(({ policy, reason }) => (
              <li key={policy}>
                <strong>
                  <SafeText text={policy} />
                </strong>
                : <SafeText text={reason} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function OverTime({ report: { competitors, periods } }: { readonly report: Report }) {
  const [name, setName] = useState(competitors.find(({ weights }) => weights !== null)?.name ?? "");
  const chosen = competitors.find((one) => one.name === name);
  const pool = competitors.find((one) => one.name === poolName);
  const shown = [chosen, pool].filter((one, index, all) => one !== undefined && all.indexOf(one) === index);
  if (periods.length < 2) return null;
  return (
    <div className="experiment-figures">
      <Panel
        title="Score by period"
        actions={
          <Select
            label={<span className="visually-hidden">Of whom</span>}
            value={name}
            choices={competitors.map((one) => ({ value: one.name, label: one.name }))}
            onChange={setName}
          />
        }
      >
        <LineChart
          label="Score by period"
          xs={periods}
          series={shown.flatMap((one) =>
            one === undefined ? [] : [{ name: one.name, values: one.periodScores }],
          )}
          formatY={(value) => formatNumber(value, 4)}
        />
      </Panel>
      {chosen?.weights != null && (
        <Panel title="Weights by period" about={`Of ${name}.`}>
          <LineChart
            label={`Weights of ${name}`}
            xs={periods}
            series={chosen.weights.slice(0, mostLines).map(({ agent, values }) => ({ name: agent, values }))}
            formatY={(value) => formatPercent(value, 0)}
          />
        </Panel>
      )}
    </div>
  );
}

const columns: readonly Column<Competitor>[] = [
  {
    key: "name",
    header: "Name",
    sortBy: ({ name }) => name,
    cell: ({ name, kind }) => (
      <>
        <SafeText text={name} /> <Badge>{kind}</Badge>
      </>
    ),
  },
  { key: "rank", header: "Rank", align: "end", sortBy: ({ rank }) => rank, cell: ({ rank }) => rank },
  {
    key: "score",
    header: "Mean score",
    align: "end",
    sortBy: ({ score }) => score,
    cell: ({ score }) => <Decimal value={score} digits={4} />,
  },
  {
    key: "regret",
    header: "Regret to best agent",
    align: "end",
    isSecondary: true,
    sortBy: ({ regretToBestAgent }) => regretToBestAgent,
    cell: ({ regretToBestAgent }) => <Decimal value={regretToBestAgent} digits={4} isSigned />,
  },
  {
    key: "pool",
    header: "Against the equal pool",
    align: "end",
    sortBy: ({ againstPool }) => againstPool?.difference ?? null,
    cell: ({ againstPool }) => <Decimal value={againstPool?.difference} digits={4} isSigned />,
  },
  {
    key: "p",
    header: "p (Holm)",
    align: "end",
    sortBy: ({ againstPool }) => againstPool?.correctedPValue ?? null,
    cell: ({ againstPool }) => (
      <>
        <Decimal value={againstPool?.correctedPValue} digits={3} />
        {againstPool?.isSignificant === true && " *"}
      </>
    ),
  },
  {
    key: "calibration",
    header: "Calibration error",
    align: "end",
    sortBy: ({ calibration }) => calibration?.expectedError ?? null,
    cell: ({ calibration }) => <Percent value={calibration?.expectedError} />,
  },
  {
    key: "cases",
    header: "Cases",
    align: "end",
    isSecondary: true,
    sortBy: ({ cases }) => cases,
    cell: ({ cases }) => formatCount(cases),
  },
];
