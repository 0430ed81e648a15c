/** What may be done with a run, by whoever may do it. */
import { useNavigate } from "react-router";
import { useChange } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { runPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { CancelButton } from "./cancel-button.tsx";
import { CompareButton } from "./compare-button.tsx";
import { ForkButton } from "./fork-button.tsx";
import { ReplayButton } from "./replay-button.tsx";
import { SignalButton } from "./signal-button.tsx";
import type { RunView } from "./use-run-view.ts";

export function RunActions({ view }: { readonly view: RunView }) {
  const may = useMay("operator");
  const { status } = view.run;
  return (
    <>
      <CompareButton run={view.run} />
      {status !== "running" && <ReplayButton runId={view.run.runId} />}
      {may && (status === "failed" || status === "cancelled") && <RetryButton view={view} />}
      {may && status !== "running" && <ForkButton view={view} />}
      {may && status === "running" && <SignalButton view={view} />}
      {status === "running" && <CancelButton view={view} />}
    </>
  );
}

function RetryButton({ view }: { readonly view: RunView }) {
  const navigate = useNavigate();
  const retry = useChange("retryRun", { renews: ["listRuns"] });
  const onClick = (): void =>
    retry.mutate(
      { params: { runId: view.run.runId } },
      { onSuccess: ({ runId }) => void navigate(runPath(runId)) },
    );
  return (
    <>
      <Button
        kind="primary"
        icon="retry"
        isBusy={retry.isPending}
        title="Does again what did not succeed, as a new run; the rest is taken over"
        onClick={onClick}
      >
        Retry
      </Button>
      {retry.error !== null && <ErrorNotice error={retry.error} title="It was not retried" />}
    </>
  );
}
