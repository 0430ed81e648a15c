/** Two agents head to head, on the cases that both judged. */
import "../agents/agents.css";
import type { HeadToHead } from "@mycroft/protocol";
import { Link, useSearchParams } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { FromHere } from "../../app/from-link.tsx";
import { Page } from "../../app/page.tsx";
import { agentPath, paths } from "../../app/paths.ts";
import { LineChart } from "../../charts/line-chart.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatCount, formatNumber, formatPlural, formatSigned } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { Decimal, Percent } from "../../design/percent.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { Stat, Stats } from "../../design/stat.tsx";
import { plainText } from "../../design/visible-text.ts";
import { CasesPanel, casesId } from "../agents/cases-panel.tsx";
import { PairForm } from "../agents/pair-form.tsx";
import { FurthestCases } from "./furthest-cases.tsx";
import { verdictOf } from "./verdict.ts";

export function ComparePage() {
  const [search] = useSearchParams();
  const a = search.get("a") ?? "";
  const b = search.get("b") ?? "";
  const isPair = a !== "" && b !== "" && a !== b;
  const agents = useApi("listAgents", {}).data?.agents.map(({ name }) => name) ?? [];
  const { data, error, refetch } = useApi("compareAgents", { query: { a, b } }, { enabled: isPair });
  const title = isPair ? `${plainText(a, 40)} against ${plainText(b, 40)}` : "Head to head";
  return (
    <Page
      title={title}
      trail={<Link to={paths.agents}>Agents</Link>}
      about="On the cases in which both gave an opinion."
    >
      {agents.length > 1 && (
        <PairForm
          key={`${a} ${b} ${agents.length}`}
          agents={agents}
          a={agents.find((name) => name === a)}
          b={agents.find((name) => name === b)}
        />
      )}
      {!isPair && (
        <EmptyState title="Choose two agents">Their opinions on the same cases are then compared.</EmptyState>
      )}
      {error !== null && (
        <ErrorNotice title="They could not be compared" error={error} onRetry={() => void refetch()} />
      )}
      {isPair && data === undefined && error === null && (
        <Skeleton lines={6} label="Comparing: both are asked about the past" />
      )}
      {isPair && data !== undefined && <Comparison pair={data} />}
    </Page>
  );
}

function Comparison({ pair }: { readonly pair: HeadToHead }) {
  if (pair.cases === 0) {
    return (
      <EmptyState title="There is no case that both judged">
        Without one there is nothing to compare.
      </EmptyState>
    );
  }
  return (
    <>
      <Panel title="Who was better" about={<SafeText text={verdictOf(pair)} />}>
        <div className="stack">
          <Figures pair={pair} />
          <CumulativeChart pair={pair} />
        </div>
      </Panel>
      <FurthestCases pair={pair} />
      <CasesPanel agent={pair.a} against={pair.b} days={pair.series.map(({ day }) => day)} />
    </>
  );
}

function Figures({ pair }: { readonly pair: HeadToHead }) {
  const { a, b, differenceInterval: interval } = pair;
  return (
    <Stats>
      <Stat
        label={<AgentLink name={a} />}
        value={<Decimal value={pair.meanA} digits={4} />}
        note={<>mean score {cases("the mean score of the first")}</>}
      />
      <Stat
        label={<AgentLink name={b} />}
        value={<Decimal value={pair.meanB} digits={4} />}
        note={<>mean score {cases("the mean score of the second")}</>}
      />
      <Stat
        label="Difference"
        value={<Decimal value={pair.difference} digits={4} isSigned />}
        note={
          <>
            {interval === null
              ? "no interval: too few cases "
              : `${formatSigned(interval.low, 4)} to ${formatSigned(interval.high, 4)} with 95% confidence `}
            {cases("the difference")}
          </>
        }
      />
      <Stat
        label="p-value"
        value={<Decimal value={pair.pValue} digits={3} />}
        note={<>how often so large a difference comes by chance {cases("the p-value")}</>}
      />
      <Stat
        label="Better in"
        value={`${formatCount(pair.aBetter)} : ${formatCount(pair.bBetter)}`}
        note={
          <>
            {`of ${formatPlural(pair.cases, "case")}; ${formatPlural(pair.ties, "tie")} `}
            {cases("how often each was better")}
          </>
        }
      />
      <Stat
        label="On opposite sides"
        value={<Percent value={pair.opposedShare} />}
        note={
          <>
            {`of the cases; mean distance ${formatNumber(pair.meanDistance)} `}
            {cases("the share of opposite sides")}
          </>
        }
      />
    </Stats>
  );
}

function cases(what: string) {
  return <FromHere id={casesId} what={what} place="the cases that both judged" />;
}

function AgentLink({ name }: { readonly name: string }) {
  return (
    <Link to={agentPath(name)}>
      <SafeText text={name} foldAt={40} />
    </Link>
  );
}

function CumulativeChart({ pair }: { readonly pair: HeadToHead }) {
  const { a, b, series } = pair;
  if (series.length === 0) return null;
  const days = series.map(({ day }) => day);
  return (
    <>
      <h3>The difference, added up</h3>
      <LineChart
        label={`Cumulative difference of the scores of ${plainText(a, 40)} and ${plainText(b, 40)}: where it falls, the first is better`}
        xs={days}
        series={[
          { name: `falls while ${plainText(a, 40)} is better`, values: series.map((at) => at.cumulative) },
        ]}
        yLabel="cumulative difference"
        formatY={(value) => formatSigned(value, 2)}
      />
      <h3>Score by day</h3>
      <LineChart
        label={`Mean scores by day of ${plainText(a, 40)} and ${plainText(b, 40)}; lower is better`}
        xs={days}
        series={[
          { name: plainText(a, 40), values: series.map((at) => at.a) },
          { name: plainText(b, 40), values: series.map((at) => at.b), isDashed: true },
        ]}
        yLabel="score"
        formatY={(value) => formatNumber(value, 3)}
        heightPx={180}
      />
    </>
  );
}
