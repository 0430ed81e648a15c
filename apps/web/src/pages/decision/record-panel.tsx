/** By what the decision can be recognised and reproduced: its hashes, and the replay that computes it again from the record. */
import type { ReplayVerdict } from "@mycroft/protocol";
import { Link } from "react-router";
import { useChange } from "../../api/use-api.ts";
import { runPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatPlural } from "../../design/format.ts";
import { Hash } from "../../design/hash.tsx";
import { BoundedJson } from "../../design/json-view.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Time } from "../../design/time.tsx";
import type { PartProps } from "./part-props.ts";

const names = [
  ["resolution", "Resolution", "of this decision, with all that explains it"],
  ["decision", "Result", "of the whole run; none while it is under way"],
  ["input", "Input", "what the run was asked"],
  ["plan", "Plan", "the workflow as it stood then"],
  ["data", "Data", "the market data that the agents saw"],
] as const;

export function RecordPanel({ detail }: PartProps) {
  const { hashes, summary } = detail;
  const replay = useChange("replayRun");
  return (
    <Panel
      title="On record"
      about={
        <>
          Decided <Time at={summary.decidedAt} /> by version {hashes.codeVersion}.
        </>
      }
      actions={
        <Button
          icon="replay"
          isBusy={replay.isPending}
          onClick={() => replay.mutate({ params: { runId: summary.runId } })}
        >
          Replay
        </Button>
      }
    >
      <div className="stack">
        <dl className="hashes">
          {names.map(([key, name, meaning]) => {
            const hash = hashes[key];
            return (
              <div key={key}>
                <dt title={meaning}>{name}</dt>
                <dd>
                  {hash === null ? (
                    <span className="quiet">none</span>
                  ) : (
                    <Hash hash={hash} label={`${name} hash`} />
                  )}
                </dd>
              </div>
            );
          })}
        </dl>
        <p className="quiet">
          A replay computes the run again from its record: with the agents’ recorded answers, the same input
          and the same plan it must come to the same result.
        </p>
        <div aria-live="polite">
          {replay.error !== null && <ErrorNotice title="It could not be replayed" error={replay.error} />}
          {replay.data !== undefined && <Verdict verdict={replay.data} runId={summary.runId} />}
        </div>
      </div>
    </Panel>
  );
}

function Verdict({ verdict, runId }: { readonly verdict: ReplayVerdict; readonly runId: string }) {
  const { agrees, recordedHash, replayedHash, recomputed, taken, divergences } = verdict;
  return (
    <div className="stack">
      <p className="row">
        {agrees ? (
          <Badge tone="good" icon="check">
            the same, bit for bit
          </Badge>
        ) : (
          <Badge tone="bad" icon="cross">
            it decides otherwise
          </Badge>
        )}
        <span>
          {formatPlural(recomputed, "task")} computed again, {taken} taken from the record;{" "}
          {agrees ? "both come to" : "recorded"} <Hash hash={recordedHash} />
          {!agrees && (
            <>
              , replayed <Hash hash={replayedHash} />
            </>
          )}
        </span>
      </p>
      {divergences.slice(0, 20).map(({ task, recorded, replayed }) => (
        <details key={task}>
          <summary>
            <SafeText text={task} foldAt={120} /> <Link to={runPath(runId, { task })}>to the task</Link>
          </summary>
          <BoundedJson value={recorded} label="recorded" />
          <BoundedJson value={replayed} label="replayed" />
        </details>
      ))}
    </div>
  );
}
