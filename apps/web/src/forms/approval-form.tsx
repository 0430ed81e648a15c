/** What a run asks of a person, and the person's answer: approve or reject, with a comment that the record keeps. */
import type { WaitView } from "@mycroft/protocol";
import { useState } from "react";
import { useChange } from "../api/use-api.ts";
import { useMay } from "../api/use-session.ts";
import { Button } from "../design/button.tsx";
import { ErrorNotice } from "../design/error-notice.tsx";
import { TextField } from "../design/field.tsx";
import { BoundedJson } from "../design/json-view.tsx";
import { Time } from "../design/time.tsx";

/** For a wait of the kind `approval`. */
export function ApprovalForm({ wait }: { readonly wait: WaitView }) {
  const [comment, setComment] = useState("");
  const may = useMay("operator");
  const approve = useChange("approveTask", { renews: ["listWaits", "getRun", "getTask"] });
  const answer = (verdict: "approve" | "reject"): void =>
    approve.mutate({
      params: { runId: wait.runId },
      body: { task: wait.task, verdict, ...(comment !== "" && { comment }) },
    });
  return (
    <div className="stack">
      {wait.shown !== null && <BoundedJson value={wait.shown} />}
      {wait.until !== null && (
        <p className="quiet">
          Without an answer it goes on by itself <Time at={wait.until} />.
        </p>
      )}
      {may ? (
        <>
          <TextField label="Comment" value={comment} onChange={setComment} maxLength={10_000} />
          <fieldset className="row" aria-label={`Answer to ${wait.task} of ${wait.runId}`}>
            <Button kind="primary" icon="check" isBusy={approve.isPending} onClick={() => answer("approve")}>
              Approve
            </Button>
            <Button kind="danger" icon="cross" isBusy={approve.isPending} onClick={() => answer("reject")}>
              Reject
            </Button>
          </fieldset>
        </>
      ) : (
        <p className="quiet">To answer, sign in as an operator.</p>
      )}
      {approve.error !== null && <ErrorNotice title="The answer was not taken" error={approve.error} />}
    </div>
  );
}
