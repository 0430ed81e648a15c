/** Sends the run a signal: one that it waits for, or one that it will. */
import { useState } from "react";
import { useChange } from "../../api/use-api.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { TextAreaField, TextField } from "../../design/field.tsx";
import { readJson } from "../../forms/schema-fields.ts";
import type { RunView } from "./use-run-view.ts";

interface SignalButtonProps {
  readonly view: RunView;
  /** Of the run that waits, which may be a child; without it, this run's. */
  readonly to?: { readonly runId: string; readonly signal: string; readonly key: string | null };
}

export function SignalButton({ view, to }: SignalButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [signal, setSignal] = useState(to?.signal ?? "");
  const [key, setKey] = useState(to?.key ?? "");
  const [payload, setPayload] = useState("null");
  const send = useChange("signalRun", { renews: ["listWaits"] });
  const read = readJson(payload);
  const onSend = (): void => {
    if ("error" in read) return;
    send.mutate(
      {
        params: { runId: to?.runId ?? view.run.runId },
        body: {
          signal: signal.trim(),
          payload: read.value as null,
          ...(key.trim() !== "" && { key: key.trim() }),
        },
      },
      {
        onSuccess: () => {
          setIsOpen(false);
          view.renew();
        },
      },
    );
  };
  return (
    <>
      <Button
        icon="flag"
        onClick={() => setIsOpen(true)}
        {...(to !== undefined && { kind: "primary" as const })}
      >
        {to === undefined ? "Signal" : `Send ${to.signal}`}
      </Button>
      <Dialog
        title="Send a signal"
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        actions={
          <Button
            kind="primary"
            isBusy={send.isPending}
            disabled={signal.trim() === "" || "error" in read}
            onClick={onSend}
          >
            Send
          </Button>
        }
      >
        <div className="stack">
          <TextField label="Signal" value={signal} onChange={setSignal} isRequired maxLength={200} />
          <TextField
            label="Key"
            hint="Only a step that waits for this key takes it; without a key, only one that waits for none."
            value={key}
            onChange={setKey}
            maxLength={200}
          />
          <TextAreaField
            label="Payload, as JSON"
            value={payload}
            onChange={setPayload}
            isCode
            error={"error" in read ? read.error : undefined}
          />
          {send.error !== null && <ErrorNotice error={send.error} title="It was not sent" />}
        </div>
      </Dialog>
    </>
  );
}
