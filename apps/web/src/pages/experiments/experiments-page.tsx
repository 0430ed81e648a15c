/** Experiments: backtests and evaluations on record or under way, and the forms that start one. */
import { useState } from "react";
import { useMay } from "../../api/use-session.ts";
import { Page } from "../../app/page.tsx";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { BacktestForm } from "./backtest-form.tsx";
import { BacktestList } from "./backtest-list.tsx";
import { EvaluationForm } from "./evaluation-form.tsx";
import { EvaluationList } from "./evaluation-list.tsx";

export function ExperimentsPage() {
  const [open, setOpen] = useState<"backtest" | "evaluation" | null>(null);
  const mayStart = useMay("operator");
  const close = (): void => setOpen(null);
  return (
    <Page
      title="Experiments"
      about="What following a workflow would have come to, and what each agent and policy was worth. Same settings and data, same numbers."
      actions={
        mayStart && (
          <>
            <Button kind="primary" onClick={() => setOpen("backtest")}>
              New backtest
            </Button>
            <Button onClick={() => setOpen("evaluation")}>New evaluation</Button>
          </>
        )
      }
    >
      <BacktestList />
      <EvaluationList />
      <Dialog title="New backtest" isOpen={open === "backtest"} onClose={close}>
        <BacktestForm onStarted={close} />
      </Dialog>
      <Dialog title="New evaluation" isOpen={open === "evaluation"} onClose={close}>
        <EvaluationForm onStarted={close} />
      </Dialog>
    </Page>
  );
}
