/** What an agent's opinions over history were worth: against the base rates, over time with its drifts, and as a calibration curve. */
import type { AgentTrack } from "@mycroft/protocol";
import { FromHere } from "../../app/from-link.tsx";
import { LineChart } from "../../charts/line-chart.tsx";
import { ScatterChart } from "../../charts/scatter-chart.tsx";
import {
  formatCount,
  formatNumber,
  formatPercent,
  formatPlural,
  formatSignedPercent,
} from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { Decimal, Percent } from "../../design/percent.tsx";
import { Stat, Stats } from "../../design/stat.tsx";
import { casesId } from "../agents/cases-panel.tsx";
import { DriftBadge } from "../agents/drift-badge.tsx";
import { dayAtOrAfter } from "./chart-days.ts";

export function TrackPanel({ track }: { readonly track: AgentTrack }) {
  return (
    <Panel
      title="What its opinions were worth"
      about={`Asked as of the days of a grid from ${track.from} to ${track.to} whose outcome is known, over ${formatPlural(track.horizonDays, "day")}; it saw nothing later than the day. Scores are ranked probability scores: lower is better.`}
    >
      <div className="stack">
        <Figures track={track} />
        <ScoreChart track={track} />
        <Drifts track={track} />
      </div>
    </Panel>
  );
}

function Figures({ track }: { readonly track: AgentTrack }) {
  const { skillInterval: interval } = track;
  return (
    <Stats>
      <Stat
        label="Skill"
        value={<Percent value={track.skill} isSigned />}
        note={
          <>
            {interval === null
              ? "against the base rates "
              : `${formatSignedPercent(interval.low)} to ${formatSignedPercent(interval.high)} with 95% confidence `}
            {cases("the skill")}
          </>
        }
      />
      <Stat
        label="Mean score"
        value={<Decimal value={track.meanScore} digits={4} />}
        note={<>its own {cases("the mean score")}</>}
      />
      <Stat
        label="Base rates' score"
        value={<Decimal value={track.reference} digits={4} />}
        note={<>on the same cases, as known on the day {cases("the base rates' score")}</>}
      />
      <Stat
        label="Hit rate"
        value={<Percent value={track.hitRate} />}
        note={<>of the opinions that leaned, on cases that went up or down {cases("the hit rate")}</>}
      />
      <Stat
        label="Cases"
        value={formatCount(track.cases)}
        note={
          <>
            {formatCount(track.abstained)} more on which it abstained {cases("the number of cases")}
          </>
        }
      />
    </Stats>
  );
}

function cases(what: string) {
  return <FromHere id={casesId} what={what} place="the cases that it judged" />;
}

function ScoreChart({ track: { series, drifts } }: { readonly track: AgentTrack }) {
  const days = series.map(({ day }) => day);
  return (
    <LineChart
      label="The agent's mean score by day of the grid, its rolling mean, and that of the base rates; lower is better"
      xs={days}
      series={[
        { name: "rolling mean of 12", values: series.map(({ rolling }) => rolling) },
        { name: "score of the day", values: series.map(({ score }) => score), color: "var(--flat)" },
        {
          name: "base rates",
          values: series.map(({ reference }) => reference),
          color: "var(--series-2)",
          isDashed: true,
        },
      ]}
      marks={drifts.flatMap(({ noticed, direction }) => {
        const x = dayAtOrAfter(days, noticed);
        return x === null ? [] : [{ x, label: direction }];
      })}
      yLabel="score"
      formatY={(value) => formatNumber(value, 3)}
      heightPx={260}
    />
  );
}

function Drifts({ track: { drifts } }: { readonly track: AgentTrack }) {
  if (drifts.length === 0) {
    return (
      <p className="quiet">
        No drift: its scores, against the other agents' on the same cases, have not changed.
      </p>
    );
  }
  return (
    <ul className="stack" aria-label="Drifts">
      {drifts.map((drift) => (
        <li key={`${drift.noticed} ${drift.direction}`}>
          <DriftBadge drift={drift} /> noticed {drift.noticed}: its score against the other agents' went from{" "}
          <Decimal value={drift.before} digits={4} isSigned /> to{" "}
          <Decimal value={drift.after} digits={4} isSigned />
        </li>
      ))}
    </ul>
  );
}

export function CalibrationPanel({
  calibration,
}: {
  readonly calibration: NonNullable<AgentTrack["calibration"]>;
}) {
  const { bins, expectedError, largestError } = calibration;
  const filled = bins.filter(({ count }) => count > 0);
  const most = Math.max(1, ...filled.map(({ count }) => count));
  return (
    <Panel
      title="Calibration"
      about={`When it says 30%, does it happen in 30 of 100 cases? On the dashed line it does; below it, it says too much. On average it is off by ${formatPercent(expectedError)}, at most by ${formatPercent(largestError)}.`}
    >
      <ScatterChart
        label="Calibration curve: what was said on average in each bin, and how often it came true"
        series={[
          {
            name: "said and came true",
            isJoined: true,
            points: filled.map(({ meanForecast, observedShare, count }) => ({
              x: meanForecast,
              y: observedShare,
              weight: count / most,
              note: formatPlural(count, "statement"),
            })),
          },
        ]}
        xLabel="said"
        yLabel="came true"
        range={{ min: 0, max: 1 }}
        hasDiagonal
        format={(value) => formatPercent(value, 0)}
        heightPx={300}
      />
    </Panel>
  );
}
