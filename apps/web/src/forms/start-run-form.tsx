/** Starting a run: which workflow, on what, as of which day. What the server finds wrong is shown at the field that it concerns. */

import type { WorkflowDetail } from "@mycroft/protocol";
import { type FormEvent, useRef, useState } from "react";
import type { ApiProblem } from "../api/api-problem.ts";
import { useApi, useChange } from "../api/use-api.ts";
import { Button } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { ErrorNotice } from "../design/error-notice.tsx";
import { Select, TextField } from "../design/field.tsx";
import { Skeleton } from "../design/skeleton.tsx";
import { InputEditor, readDraft, startDraft } from "./input-editor.tsx";
import { randomKey } from "./random-key.ts";

interface StartRunFormProps {
  /** Null: a person chooses. */
  readonly workflow: string | null;
  readonly onStarted: (runId: string) => void;
}

export function StartRunForm({ workflow, onStarted }: StartRunFormProps) {
  const list = useApi("listWorkflows", {}, { enabled: workflow === null });
  const workflows = list.data?.workflows ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const name = workflow ?? chosen ?? workflows[0]?.name ?? null;
  if (list.error !== null) return <ErrorNotice error={list.error} />;
  if (workflow === null && list.data?.workflows.length === 0) {
    return <EmptyState title="No workflows">This project has none to run.</EmptyState>;
  }
  return (
    <div className="stack">
      {workflow === null && (
        <Select
          label="Workflow"
          value={name ?? ""}
          choices={workflows.map((one) => ({ value: one.name, label: one.name }))}
          hint={workflows.find((one) => one.name === name)?.description}
          onChange={setChosen}
        />
      )}
      {name !== null && <WorkflowRunForm key={name} name={name} onStarted={onStarted} />}
    </div>
  );
}

function WorkflowRunForm({
  name,
  onStarted,
}: {
  readonly name: string;
  readonly onStarted: (runId: string) => void;
}) {
  const { data, error } = useApi("getWorkflow", { params: { name } });
  if (error !== null) return <ErrorNotice error={error} />;
  if (data === undefined) return <Skeleton lines={5} label="Loading the workflow" />;
  return <RunForm workflow={data} onStarted={onStarted} />;
}

interface RunFormProps {
  readonly workflow: WorkflowDetail;
  readonly onStarted: (runId: string) => void;
}

function RunForm({ workflow, onStarted }: RunFormProps) {
  const { inputSchema, exampleInput } = workflow;
  const [draft, setDraft] = useState(() => startDraft(inputSchema, exampleInput));
  const [asOf, setAsOf] = useState("");
  const [tags, setTags] = useState("");
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const lastStart = useRef({ key: randomKey(), body: "" });
  const start = useChange("startRun", { renews: ["listRuns", "listWorkflows"] });
  // However often the same is asked for, after an answer that was lost, one run is started; something else has its own key.
  const keyFor = (body: unknown) => {
    const text = JSON.stringify(body);
    if (lastStart.current.body !== text) lastStart.current = { key: randomKey(), body: text };
    return lastStart.current;
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const read = readDraft(inputSchema, draft);
    setTyped(read.errors ?? {});
    if (read.errors !== null) return;
    const tagList = tags.split(",").flatMap((tag) => (tag.trim() === "" ? [] : [tag.trim()]));
    const body = {
      workflow: workflow.name,
      input: read.value as null,
      tags: tagList,
      ...(asOf !== "" && { asOf }),
    };
    const { key } = keyFor(body);
    start.mutate({ body, idempotencyKey: key }, { onSuccess: ({ runId }) => onStarted(runId) });
  };
  const refused = problemsByField(start.error);
  return (
    <form className="stack" onSubmit={onSubmit} noValidate>
      <InputEditor schema={inputSchema} draft={draft} onChange={setDraft} errors={{ ...refused, ...typed }} />
      <details>
        <summary>As of another day, tags</summary>
        <div className="stack">
          <TextField
            label="As of"
            type="date"
            value={asOf}
            onChange={setAsOf}
            hint="The input's own day where it has one; otherwise today."
          />
          <TextField label="Tags" value={tags} onChange={setTags} hint="Separated by commas." />
        </div>
      </details>
      {start.error !== null && <ErrorNotice title="The run was not started" error={start.error} />}
      <div>
        <Button kind="primary" icon="play" submits isBusy={start.isPending}>
          Start the run
        </Button>
      </div>
    </form>
  );
}

/** The input's problems by field of the input, whether or not the server names it as a field of the body. */
function problemsByField(error: ApiProblem | null): Readonly<Record<string, string>> {
  const problems = error?.problems ?? [];
  return Object.fromEntries(
    problems.map(({ field, message }) => [field.replace(/^(?:body\.)?input\.?/, ""), message]),
  );
}
