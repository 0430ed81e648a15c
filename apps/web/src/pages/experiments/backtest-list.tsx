/** The backtests: where each stands, and two of them side by side. */
import type { BacktestSummary } from "@mycroft/protocol";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useApi, useChange } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { backtestPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Checkbox } from "../../design/field.tsx";
import { Panel } from "../../design/panel.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { shownSettings } from "./backtest-settings-text.ts";
import { JobProgress, pollMs } from "./job-progress.tsx";

export function BacktestList() {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const navigate = useNavigate();
  const mayChange = useMay("operator");
  const asked = useApi(
    "listBacktests",
    {},
    { everyMs: (answer) => pollMs(answer?.backtests.map(({ job }) => job) ?? []) },
  );
  const rows = (asked.data?.backtests ?? []).toSorted(
    (a, b) => Number(isUnderWay(b)) - Number(isUnderWay(a)),
  );
  const resume = useChange("startBacktest", { renews: ["listBacktests"] });
  const choose = (id: string, isChosen: boolean): void =>
    setChosen((before) => (isChosen ? [...before, id].slice(-2) : before.filter((one) => one !== id)));
  // Data or a workflow may have changed since: then it is another backtest that begins.
  const goOn = (row: BacktestSummary): void =>
    resume.mutate({ body: bodyOf(row) }, { onSuccess: ({ id }) => void navigate(backtestPath(id)) });
  const [first, second] = chosen;
  const compare = (): void => {
    if (first !== undefined && second !== undefined)
      void navigate(`${backtestPath(first)}?with=${encodeURIComponent(second)}`);
  };
  return (
    <Panel
      title="Backtests"
      about="A workflow walked through history, day by day, by the rules it has when it runs live."
      isFlush
      actions={
        rows.length > 1 && (
          <Button size="small" disabled={second === undefined} onClick={compare}>
            Compare two
          </Button>
        )
      }
    >
      {asked.error !== null && <ErrorNotice error={asked.error} title="The backtests could not be read" />}
      {resume.error !== null && <ErrorNotice error={resume.error} title="It was not started" />}
      {asked.isPending && <Skeleton />}
      {asked.isSuccess && rows.length === 0 && (
        <EmptyState title="No backtest yet">
          Start one with "New backtest", or by <code>mycroft backtest --every month</code>.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Table
          caption="Backtests"
          rowKey={({ id }) => id}
          rows={rows}
          columns={columnsFor({
            chosen,
            choose,
            resume: mayChange ? goOn : null,
          })}
        />
      )}
    </Panel>
  );
}

function isUnderWay({ job }: BacktestSummary): boolean {
  return job?.status === "running";
}

interface RowActions {
  readonly chosen: readonly string[];
  readonly choose: (id: string, isChosen: boolean) => void;
  readonly resume: ((row: BacktestSummary) => void) | null;
}

function columnsFor({ chosen, choose, resume }: RowActions): readonly Column<BacktestSummary>[] {
  return [
    {
      key: "id",
      header: "Backtest",
      sortBy: ({ id }) => id,
      cell: ({ id }) => (
        <Link className="experiment-id" to={backtestPath(id)}>
          {id}
        </Link>
      ),
    },
    {
      key: "workflow",
      header: "Workflow",
      isSecondary: true,
      sortBy: ({ workflow }) => workflow,
      cell: ({ workflow }) => workflow,
    },
    {
      key: "span",
      header: "Days",
      sortBy: (row) => shownSettings(row).from,
      cell: (row) => {
        const { from, to, cadence } = shownSettings(row);
        return (
          <span className="experiment-span">
            <span className="experiment-id">{from} to</span> <span className="experiment-id">{to},</span>{" "}
            {cadence}
          </span>
        );
      },
    },
    {
      key: "policies",
      header: "Policies",
      isSecondary: true,
      cell: (row) => {
        const { policies, without } = shownSettings(row);
        const own = policies.length === 0 ? "the workflow's own" : policies.join(", ");
        return without.length === 0 ? own : `${own}; without ${without.join(", ")}`;
      },
    },
    {
      key: "state",
      header: "State",
      cell: (row) => (
        <span className="job-progress">
          <JobProgress job={row.job} isWhole={row.isWhole} what="days" isShort />
          {!row.isWhole && row.job?.status !== "running" && resume !== null && (
            <Button size="small" onClick={() => resume(row)}>
              Go on
            </Button>
          )}
        </span>
      ),
    },
    {
      key: "compare",
      header: "Compare",
      cell: ({ id }) => (
        <Checkbox
          label={<span className="visually-hidden">Compare {id}</span>}
          isChecked={chosen.includes(id)}
          onChange={(isChosen) => choose(id, isChosen)}
        />
      ),
    },
  ];
}

/** Its whole settings, so that what is started is that very backtest. */
function bodyOf({ settings, workflow }: BacktestSummary) {
  const given = Object.entries(settings as Readonly<Record<string, unknown>>);
  // `null` stands for all companies in the record, and is left out in a request.
  return { ...Object.fromEntries(given.filter(([, value]) => value !== null)), workflow };
}
