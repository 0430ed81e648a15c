/** What the run, or a child of it, waits for from outside; a person answers right here. */
import type { WaitView } from "@mycroft/protocol";
import { Link } from "react-router";
import { useMay } from "../../api/use-session.ts";
import { runPath } from "../../app/paths.ts";
import { Time } from "../../design/time.tsx";
import { plainText } from "../../design/visible-text.ts";
import { ApprovalForm } from "../../forms/approval-form.tsx";
import { SignalButton } from "./signal-button.tsx";
import type { RunView } from "./use-run-view.ts";

/** What waits for a time alone asks nothing of anybody. */
export function WaitCards({ view }: { readonly view: RunView }) {
  const waits = view.detail.waits.filter(({ kind }) => kind !== "time");
  if (waits.length === 0 || view.run.status !== "running") return null;
  return (
    <section className="wait-cards" aria-label="What the run waits for">
      {waits.slice(0, 20).map((wait) => (
        <WaitCard key={`${wait.runId} ${wait.task}`} view={view} wait={wait} />
      ))}
      {waits.length > 20 && <p className="quiet">and {waits.length - 20} more</p>}
    </section>
  );
}

function WaitCard({ view, wait }: { readonly view: RunView; readonly wait: WaitView }) {
  const may = useMay("operator");
  return (
    <article className="wait-card">
      <h2>
        {wait.kind === "approval" ? "Waits for a person: " : "Waits for a signal: "}
        <Link to={runPath(wait.runId, { task: wait.task })}>{plainText(wait.task, 120)}</Link>
      </h2>
      <p className="quiet">
        {wait.runId !== view.run.runId && `In a child run of ${wait.workflow}. `}
        {wait.since !== null && (
          <>
            Asked <Time at={wait.since} />.{" "}
          </>
        )}
        {wait.until === null && "Without a deadline."}
        {wait.until !== null && wait.kind === "signal" && (
          <>
            Its deadline is <Time at={wait.until} />.
          </>
        )}
      </p>
      {wait.kind === "approval" && <ApprovalForm wait={wait} />}
      {wait.kind === "signal" && may && wait.signal !== null && (
        <div>
          <SignalButton view={view} to={{ runId: wait.runId, signal: wait.signal, key: wait.key }} />
        </div>
      )}
      {wait.kind === "signal" && !may && <p className="quiet">To send it, sign in as an operator.</p>}
    </article>
  );
}
