/** Computes the run again from its record, and says whether it decides the same. Nothing is changed by it. */
import type { ReplayVerdict } from "@mycroft/protocol";
import { useState } from "react";
import { useChange } from "../../api/use-api.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatPlural } from "../../design/format.ts";
import { Hash } from "../../design/hash.tsx";
import { BoundedJson } from "../../design/json-view.tsx";

export function ReplayButton({ runId }: { readonly runId: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const replay = useChange("replayRun");
  const onClick = (): void => {
    setIsOpen(true);
    replay.mutate({ params: { runId } });
  };
  return (
    <>
      <Button icon="replay" isBusy={replay.isPending} onClick={onClick}>
        Replay
      </Button>
      <Dialog title="Computed again from the record" isOpen={isOpen} onClose={() => setIsOpen(false)}>
        {replay.isPending && <p className="quiet">Computing…</p>}
        {replay.error !== null && <ErrorNotice error={replay.error} title="It could not be replayed" />}
        {replay.data !== undefined && <Verdict verdict={replay.data} />}
      </Dialog>
    </>
  );
}

function Verdict({ verdict }: { readonly verdict: ReplayVerdict }) {
  const { agrees, recordedHash, replayedHash, recomputed, taken, divergences } = verdict;
  return (
    <div className="stack">
      <p className="row">
        <Badge tone={agrees ? "good" : "bad"} icon={agrees ? "check" : "cross"}>
          {agrees ? "It decides the same" : "It does not decide the same"}
        </Badge>
      </p>
      <p>
        {formatPlural(recomputed, "task")} computed again, {formatPlural(taken, "answer")} of agents taken
        from the record.
      </p>
      <dl className="facts">
        <dt>Recorded</dt>
        <dd>
          <Hash hash={recordedHash} />
        </dd>
        <dt>Replayed</dt>
        <dd>
          <Hash hash={replayedHash} />
        </dd>
      </dl>
      {divergences.slice(0, 20).map(({ task, recorded, replayed }) => (
        <section key={task} aria-label={task}>
          <h3>{task}</h3>
          <div className="columns">
            <div>
              <h4 className="section-title">Recorded</h4>
              <BoundedJson value={recorded} />
            </div>
            <div>
              <h4 className="section-title">Replayed</h4>
              <BoundedJson value={replayed} />
            </div>
          </div>
        </section>
      ))}
    </div>
  );
}
