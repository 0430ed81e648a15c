/** A backtest: what following each strategy would have come to, what its forecasts were worth, and what this cannot tell. */
import "../experiments/experiments.css";
import type { BacktestDetail } from "@mycroft/protocol";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useApi, useChange } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { Page } from "../../app/page.tsx";
import { paths, workflowPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatCount } from "../../design/format.ts";
import { Hash } from "../../design/hash.tsx";
import { JsonView } from "../../design/json-view.tsx";
import { Panel } from "../../design/panel.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { Stat, Stats } from "../../design/stat.tsx";
import { shownSettings } from "../experiments/backtest-settings-text.ts";
import { ForgetButton } from "../experiments/forget-button.tsx";
import { JobProgress } from "../experiments/job-progress.tsx";
import { BacktestFigures } from "./backtest-figures.tsx";
import { ComparedSettings } from "./compared-settings.tsx";
import { DayQuestion } from "./day-question.tsx";

export function BacktestPage() {
  const { id = "" } = useParams();
  const [query] = useSearchParams();
  const [isOpen, setOpen] = useState(false);
  const backtest = useBacktest(id, true);
  const other = useBacktest(query.get("with") ?? "", query.has("with"));
  const { data, error } = backtest;
  return (
    <Page
      title={`Backtest ${id}`}
      trail={<Link to={paths.experiments}>Experiments</Link>}
      about={data === undefined ? undefined : <AboutBacktest backtest={data} />}
      actions={data !== undefined && <Actions backtest={data} onAskDay={() => setOpen(true)} />}
    >
      {error !== null && (
        <ErrorNotice
          error={error}
          title="The backtest could not be read"
          onRetry={() => void backtest.refetch()}
        />
      )}
      {other.error !== null && (
        <ErrorNotice error={other.error} title="The backtest beside it could not be read" />
      )}
      {backtest.isPending && <Skeleton lines={8} />}
      {data !== undefined && data.report === null && (
        <Panel title={data.job?.status === "running" ? "Under way" : "No figures yet"}>
          <JobProgress job={data.job} isWhole={data.isWhole} what="days" />
        </Panel>
      )}
      {data?.report != null && <Report backtest={data} other={other.data ?? null} />}
      {data !== undefined && (
        <Dialog title="Why it decided so on a day" isOpen={isOpen} onClose={() => setOpen(false)}>
          <DayQuestion backtest={data} />
        </Dialog>
      )}
    </Page>
  );
}

/** Asked again each second until its figures are there. */
function useBacktest(id: string, enabled: boolean) {
  const [isWhole, setWhole] = useState(false);
  const asked = useApi(
    "getBacktest",
    { params: { id } },
    { enabled, everyMs: enabled && !isWhole ? 1_000 : false },
  );
  const hasEnded = asked.data !== undefined && asked.data.job?.status !== "running";
  const rests =
    asked.data?.report != null || (hasEnded && asked.data?.isWhole === false) || asked.error !== null;
  if (rests !== isWhole) setWhole(rests);
  return asked;
}

function AboutBacktest({ backtest }: { readonly backtest: BacktestDetail }) {
  const { from, to, cadence, companies, costs } = shownSettings(backtest);
  return (
    <>
      <Link to={workflowPath(backtest.workflow)}>{backtest.workflow}</Link>, {from} to {to},{" "}
      {`${cadence}; companies: ${companies}; costs and slippage ${costs}. Data: ${backtest.source} `}
      <Hash hash={backtest.dataHash} label="hash of the data" />
    </>
  );
}

function Actions({
  backtest,
  onAskDay,
}: {
  readonly backtest: BacktestDetail;
  readonly onAskDay: () => void;
}) {
  const { id, job } = backtest;
  const mayChange = useMay("operator");
  const cancel = useChange("cancelBacktest", { renews: ["getBacktest", "listBacktests"] });
  return (
    <>
      {backtest.report !== null && <Button onClick={onAskDay}>Explain a day</Button>}
      {mayChange && job?.status === "running" && (
        <Button isBusy={cancel.isPending} onClick={() => cancel.mutate({ params: { id } })}>
          Stop
        </Button>
      )}
      {mayChange && job?.status !== "running" && (
        <ForgetButton what="backtest" id={id}>
          Its days are taken from the record. The same settings give the same backtest again.
        </ForgetButton>
      )}
    </>
  );
}

function Report({
  backtest,
  other,
}: {
  readonly backtest: BacktestDetail;
  readonly other: BacktestDetail | null;
}) {
  const { report } = backtest;
  if (report === null) return <EmptyState title="No figures yet" />;
  const compared = other?.report == null ? null : other;
  return (
    <>
      {compared === null ? (
        <ComparedStrategies report={report} />
      ) : (
        <ComparedSettings backtests={[backtest, compared]} />
      )}
      <BacktestFigures backtests={compared === null ? [backtest] : [backtest, compared]} />
      <Panel title="How to read it">
        <ul className="experiment-notes">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </Panel>
      <Panel title="What this cannot tell">
        <ul className="experiment-notes">
          {report.limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </Panel>
      <Panel title="Settings" about="Two backtests of equal settings, data and plans are one and the same.">
        <JsonView value={backtest.settings} />
      </Panel>
    </>
  );
}

function ComparedStrategies({ report }: { readonly report: NonNullable<BacktestDetail["report"]> }) {
  return (
    <Panel title="What was compared">
      <Stats>
        <Stat label="Decision days" value={formatCount(report.decisions)} />
        <Stat label="Opinions" value={formatCount(report.opinions)} />
        <Stat
          label="Strategies"
          value={report.trials}
          note="each more makes it likelier that the best is so by luck"
        />
        <Stat
          label="Sharpe ratio by luck"
          value={report.luckySharpe.toFixed(2)}
          note={`what the best of ${report.trials} has when none is better than another`}
        />
      </Stats>
    </Panel>
  );
}
