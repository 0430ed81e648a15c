/** Cancels a run, or one task of it, after a question: what has been cancelled stays so. */
import { useState } from "react";
import { useChange } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { TextAreaField } from "../../design/field.tsx";
import type { RunView } from "./use-run-view.ts";

export function CancelButton({ view, task }: { readonly view: RunView; readonly task?: string }) {
  const may = useMay("operator");
  const [isOpen, setIsOpen] = useState(false);
  const [reason, setReason] = useState("");
  const cancel = useChange("cancelRun", { renews: ["listRuns", "listWaits"] });
  if (!may) return null;
  const what = task === undefined ? "the run" : "the task";
  const onConfirm = (): void =>
    cancel.mutate(
      {
        params: { runId: view.run.runId },
        body: { reason: reason.trim(), ...(task !== undefined && { task }) },
      },
      {
        onSuccess: () => {
          setIsOpen(false);
          view.renew();
        },
      },
    );
  return (
    <>
      <Button kind="danger" icon="ban" onClick={() => setIsOpen(true)}>
        {task === undefined ? "Cancel" : "Cancel the task"}
      </Button>
      <Dialog
        title={`Cancel ${what}?`}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        actions={
          <>
            <Button onClick={() => setIsOpen(false)}>Leave it running</Button>
            <Button
              kind="danger"
              isBusy={cancel.isPending}
              disabled={reason.trim() === ""}
              onClick={onConfirm}
            >
              Cancel {what}
            </Button>
          </>
        }
      >
        <div className="stack">
          <p>
            {task === undefined
              ? "Everything that is under way is told to stop, and nothing starts any more. This cannot be undone; the run can be retried or forked later."
              : "It is told to stop, and counts as cancelled for what needs it. This cannot be undone."}
          </p>
          <TextAreaField label="Why? It stands in the record." value={reason} onChange={setReason} rows={3} />
          {cancel.error !== null && <ErrorNotice error={cancel.error} title="It was not cancelled" />}
        </div>
      </Dialog>
    </>
  );
}
