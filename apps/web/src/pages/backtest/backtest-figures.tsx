/** Equity, drawdown and figures of the strategies of one backtest, or of two side by side. */
import "../experiments/experiments.css";
import type { BacktestDetail } from "@mycroft/protocol";
import { useMemo, useState } from "react";
import { LineChart } from "../../charts/line-chart.tsx";
import { Badge } from "../../design/badge.tsx";
import { Checkbox } from "../../design/field.tsx";
import { formatNumber, formatPercent } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { Decimal, Percent } from "../../design/percent.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { IntervalPlot } from "../experiments/interval-plot.tsx";
import { allDays, type StrategyRow, strategyRows, usuallyShown, valuesOn } from "./strategy-row.ts";

const mostLines = 8;

export function BacktestFigures({ backtests }: { readonly backtests: readonly BacktestDetail[] }) {
  const rows = useMemo(() => strategyRows(backtests), [backtests]);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const firstShown = useMemo(() => usuallyShown(rows, mostLines), [rows]);
  const shown = rows.filter(({ key }) => firstShown.has(key) !== hidden.has(key));
  const toggle = (key: string): void =>
    setHidden((before) =>
      before.has(key) ? new Set([...before].filter((one) => one !== key)) : new Set([...before, key]),
    );
  return (
    <>
      <Panel title="Equity" about="One unit of capital on the first day, costs and slippage taken off.">
        <StrategyLines
          rows={shown}
          label="Equity"
          valuesOf={({ strategy }) => strategy.equity}
          format={(value) => formatNumber(value, 2)}
        />
        <fieldset className="experiment-lines">
          <legend>Lines shown</legend>
          {rows.map(({ key, name }) => (
            <Checkbox
              key={key}
              label={name}
              isChecked={firstShown.has(key) !== hidden.has(key)}
              onChange={() => toggle(key)}
            />
          ))}
        </fieldset>
      </Panel>
      <Panel title="Drawdown" about="How far each one is below its highest value so far.">
        <StrategyLines
          rows={shown}
          label="Drawdown"
          valuesOf={({ strategy }) => strategy.drawdown.map((fall) => -fall)}
          format={(value) => formatPercent(value, 0)}
        />
      </Panel>
      <Panel
        title="Performance"
        about="Intervals hold 95% of resampled histories. The deflated Sharpe ratio is the probability that a strategy's true ratio is above what luck alone gives the best of so many."
        isFlush
      >
        <Table
          caption="Performance of the strategies"
          columns={performanceColumns}
          rows={rows}
          rowKey={({ key }) => key}
          initialSort={{ key: "sharpe", descending: true }}
        />
      </Panel>
      <Panel title="Sharpe ratios with their intervals">
        <IntervalPlot
          label="Sharpe ratio a year"
          digits={2}
          reference={0}
          estimates={rows.flatMap(({ name, strategy: { sharpe, sharpeInterval, kind } }) =>
            sharpe === null
              ? []
              : [
                  {
                    name,
                    value: sharpe,
                    low: sharpeInterval?.low ?? null,
                    high: sharpeInterval?.high ?? null,
                    isMuted: kind === "benchmark",
                  },
                ],
          )}
        />
      </Panel>
      <Panel
        title="Forecasts"
        about="What the opinions behind the positions were worth, whatever was traded on them. Lower scores are better."
        isFlush
      >
        <Table
          caption="Scores of the forecasts"
          columns={forecastColumns}
          rows={rows.filter(({ strategy }) => strategy.forecasts !== null)}
          rowKey={({ key }) => key}
          initialSort={{ key: "rps", descending: false }}
        />
      </Panel>
    </>
  );
}

interface LinesProps {
  readonly rows: readonly StrategyRow[];
  readonly label: string;
  readonly valuesOf: (row: StrategyRow) => readonly number[];
  readonly format: (value: number) => string;
}

function StrategyLines({ rows, label, valuesOf, format }: LinesProps) {
  const days = useMemo(() => allDays(rows), [rows]);
  const series = rows.map((row) => ({
    name: row.name,
    values: valuesOn(days, row.days, valuesOf(row)),
    color: row.color,
    isDashed: row.isDashed,
  }));
  return <LineChart label={label} xs={days} series={series} formatY={format} heightPx={260} />;
}

const name: Column<StrategyRow> = {
  key: "name",
  header: "Strategy",
  sortBy: ({ name }) => name,
  cell: ({ name, strategy: { kind } }) => (
    <span className="experiment-name">
      <SafeText text={name} /> <Badge>{kind === "agent" ? "agent alone" : kind}</Badge>
    </span>
  ),
};

function share(
  key: string,
  header: string,
  of: (row: StrategyRow) => number | null,
  isSecondary = false,
): Column<StrategyRow> {
  return { key, header, align: "end", isSecondary, sortBy: of, cell: (row) => <Percent value={of(row)} /> };
}

function figure(
  key: string,
  header: string,
  of: (row: StrategyRow) => number | null,
  digits = 2,
): Column<StrategyRow> {
  return {
    key,
    header,
    align: "end",
    sortBy: of,
    cell: (row) => <Decimal value={of(row)} digits={digits} />,
  };
}

function intervalText(interval: { readonly low: number; readonly high: number } | null, digits = 2): string {
  return interval === null
    ? ""
    : `${formatNumber(interval.low, digits)} to ${formatNumber(interval.high, digits)}`;
}

const performanceColumns: readonly Column<StrategyRow>[] = [
  name,
  share("total", "Return", ({ strategy }) => strategy.totalReturn),
  share("annual", "A year", ({ strategy }) => strategy.annualReturn),
  share("volatility", "Volatility", ({ strategy }) => strategy.annualVolatility, true),
  figure("sharpe", "Sharpe", ({ strategy }) => strategy.sharpe),
  {
    key: "interval",
    header: "95%",
    align: "end",
    cell: ({ strategy }) => intervalText(strategy.sharpeInterval),
  },
  {
    key: "difference",
    header: "Less equal weight's, 95%",
    align: "end",
    isSecondary: true,
    cell: ({ strategy }) => intervalText(strategy.sharpeDifference),
  },
  share("deflated", "Deflated", ({ strategy }) => strategy.deflatedSharpe),
  figure("sortino", "Sortino", ({ strategy }) => strategy.sortino),
  share("fall", "Largest fall", ({ strategy }) => strategy.maxDrawdown),
  figure("turnover", "Turnover a year", ({ strategy }) => strategy.annualTurnover),
  share("costs", "Costs paid", ({ strategy }) => strategy.costsPaid, true),
];

const forecastColumns: readonly Column<StrategyRow>[] = [
  name,
  figure("cases", "Cases", ({ strategy }) => strategy.forecasts?.cases ?? null, 0),
  figure("rps", "RPS", ({ strategy }) => strategy.forecasts?.rps ?? null, 4),
  {
    key: "rpsInterval",
    header: "95%",
    align: "end",
    cell: ({ strategy }) => intervalText(strategy.forecasts?.rpsInterval ?? null, 4),
  },
  figure("brier", "Brier", ({ strategy }) => strategy.forecasts?.brier ?? null, 4),
  share("hits", "Right side", ({ strategy }) => strategy.forecasts?.hitRate ?? null),
  share("calibration", "Calibration error", ({ strategy }) => strategy.forecasts?.calibrationError ?? null),
];
