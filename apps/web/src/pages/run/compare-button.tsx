/** Sets this run beside another: the one that it was forked from, the last ones of its workflow, or any by its id. */
import type { RunSummary } from "@mycroft/protocol";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { diffPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { TextField } from "../../design/field.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import { Time } from "../../design/time.tsx";

export function CompareButton({ run }: { readonly run: RunSummary }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button icon="split" onClick={() => setIsOpen(true)}>
        Compare
      </Button>
      <Dialog title="Compare with another run" isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <OtherRuns run={run} />
      </Dialog>
    </>
  );
}

const offered = 12;

function OtherRuns({ run }: { readonly run: RunSummary }) {
  const [other, setOther] = useState("");
  const navigate = useNavigate();
  const { data, error } = useApi("listRuns", { query: { workflow: run.workflow, limit: offered + 1 } });
  const origin = run.forkedFrom?.runId ?? null;
  const others = (data?.runs ?? []).filter(({ runId }) => runId !== run.runId && runId !== origin);
  return (
    <div className="stack">
      {origin !== null && (
        <p>
          <Link to={diffPath(origin, run.runId)}>With {origin}, which it was forked from</Link>
        </p>
      )}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (other.trim() !== "") void navigate(diffPath(other.trim(), run.runId));
        }}
      >
        <TextField
          label="Run"
          hint="Its id, the beginning of it, or latest"
          value={other}
          onChange={setOther}
          maxLength={200}
          autoComplete="off"
        />
        <div>
          <Button submits kind="primary" disabled={other.trim() === ""}>
            Compare
          </Button>
        </div>
      </form>
      <section className="stack" aria-label="The last runs of the workflow">
        {error !== null && <ErrorNotice error={error} title="Other runs cannot be listed" />}
        {data === undefined && error === null && <Skeleton lines={4} label="Loading other runs" />}
        {data !== undefined && others.length === 0 && <p className="quiet">The workflow has no other run.</p>}
        <ul className="other-runs">
          {others.slice(0, offered).map(({ runId, status, asOf, createdAt }) => (
            <li key={runId} className="row">
              <Link to={diffPath(runId, run.runId)}>{runId}</Link>
              <StatusBadge status={status} />
              <span className="quiet">
                as of {asOf}, <Time at={createdAt} />
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
