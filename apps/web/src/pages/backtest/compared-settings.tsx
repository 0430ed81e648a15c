/** Two backtests side by side: in what they differ, since only that can explain what differs in their figures. */
import "../experiments/experiments.css";
import type { BacktestDetail } from "@mycroft/protocol";
import { Link } from "react-router";
import { backtestPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { formatCount, formatNumber } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { shownSettings } from "../experiments/backtest-settings-text.ts";

interface Row {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

interface ComparedSettingsProps {
  readonly backtests: readonly [BacktestDetail, BacktestDetail];
}

export function ComparedSettings({ backtests: [a, b] }: ComparedSettingsProps) {
  const inA = factsOf(a);
  const inB = new Map(factsOf(b));
  const rows = inA.map(([name, value]): Row => ({ name, a: value, b: inB.get(name) ?? "" }));
  const columns: readonly Column<Row>[] = [
    {
      key: "name",
      header: "Setting or figure",
      cell: ({ name, ...row }) => (
        <>
          {name} {row.a !== row.b && <Badge>differs</Badge>}
        </>
      ),
    },
    { key: "a", header: <SideTitle side="A" id={a.id} />, cell: (row) => <SafeText text={row.a} /> },
    { key: "b", header: <SideTitle side="B" id={b.id} />, cell: (row) => <SafeText text={row.b} /> },
  ];
  return (
    <Panel
      title="What was compared"
      about="A and B below. What differs in their figures comes from what differs here."
      isFlush
    >
      <Table
        caption="Settings of the two backtests"
        columns={columns}
        rows={rows}
        rowKey={({ name }) => name}
      />
    </Panel>
  );
}

function SideTitle({ side, id }: { readonly side: string; readonly id: string }) {
  return (
    <>
      {side}{" "}
      <Link className="experiment-id" to={backtestPath(id)}>
        {id}
      </Link>
    </>
  );
}

function factsOf(backtest: BacktestDetail): readonly (readonly [string, string])[] {
  const { workflow, source, dataHash, report } = backtest;
  const { from, to, cadence, companies, policies, without, costs } = shownSettings(backtest);
  return [
    ["Workflow", workflow],
    ["Policies", policies.length === 0 ? "the workflow's own" : policies.join(", ")],
    ["Left out in turn", without.length === 0 ? "nobody" : without.join(", ")],
    ["Companies", companies],
    ["Days", `${from} to ${to}`],
    ["It decides", cadence],
    ["Costs and slippage", costs],
    ["Data", `${source} ${dataHash.slice(0, 12)}`],
    ["Decision days", report === null ? "" : formatCount(report.decisions)],
    ["Opinions", report === null ? "" : formatCount(report.opinions)],
    ["Strategies", report === null ? "" : formatCount(report.trials)],
    ["Sharpe ratio by luck", report === null ? "" : formatNumber(report.luckySharpe, 2)],
  ];
}
