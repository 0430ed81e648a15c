/** The run's workflow, its id and how it stands, live. */
import { CopyButton } from "../../design/hash.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import type { RunView } from "./use-run-view.ts";

export function RunHeading({ view }: { readonly view: RunView }) {
  const { run } = view;
  return (
    <span className="run-heading">
      <span>{run.workflow}</span>
      <span aria-live="polite">
        <StatusBadge status={run.status} />
      </span>
    </span>
  );
}

export function RunId({ id }: { readonly id: string }) {
  return (
    <>
      <code>{id}</code>
      <CopyButton text={id} label="Copy the run's id" />
    </>
  );
}
