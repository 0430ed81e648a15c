/** Does a part of the run again as a new run, with something changed: from which tasks on, another input, outputs stated by a person. */
import { useState } from "react";
import { useNavigate } from "react-router";
import { useChange } from "../../api/use-api.ts";
import { runPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Checkbox, TextAreaField } from "../../design/field.tsx";
import { readJson } from "../../forms/schema-fields.ts";
import { TaskPicker } from "./task-picker.tsx";
import type { RunView } from "./use-run-view.ts";

export function ForkButton({ view }: { readonly view: RunView }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button icon="workflows" onClick={() => setIsOpen(true)}>
        Fork
      </Button>
      {isOpen && <ForkDialog view={view} onClose={() => setIsOpen(false)} />}
    </>
  );
}

interface Stated {
  readonly task: string;
  readonly text: string;
}

function ForkDialog({ view, onClose }: { readonly view: RunView; readonly onClose: () => void }) {
  const [from, setFrom] = useState<readonly string[]>([]);
  const [inputText, setInputText] = useState<string | null>(null);
  const [stated, setStated] = useState<readonly Stated[]>([]);
  const navigate = useNavigate();
  const fork = useChange("forkRun", { renews: ["listRuns"] });
  const input = inputText === null ? null : readJson(inputText);
  const outputs = stated.map(({ task, text }) => ({ task, read: readJson(text) }));
  const isGood = !isWrong(input) && outputs.every(({ read }) => !isWrong(read));
  const changesAnything = from.length > 0 || input !== null || stated.length > 0;
  const onFork = (): void =>
    fork.mutate(
      {
        params: { runId: view.run.runId },
        body: {
          from: [...from],
          ...(input !== null && "value" in input && { input: input.value as null }),
          ...(outputs.length > 0 && {
            stated: Object.fromEntries(
              outputs.flatMap(({ task, read }) => ("value" in read ? [[task, read.value as null]] : [])),
            ),
          }),
        },
      },
      { onSuccess: ({ runId }) => void navigate(runPath(runId)) },
    );
  const ownInput = view.detail.input.value;
  return (
    <Dialog
      title="Do a part of it again"
      isOpen
      onClose={onClose}
      actions={
        <Button
          kind="primary"
          isBusy={fork.isPending}
          disabled={!isGood || !changesAnything}
          onClick={onFork}
        >
          Start the fork
        </Button>
      }
    >
      <div className="stack">
        <p>
          A new run begins where this one is changed. What does not depend on the changes is taken over from
          this run, which stays as it is.
        </p>
        <TaskPicker
          view={view}
          label="Do these tasks again, and all that needs them"
          chosen={from}
          onChoose={(task) => setFrom([...from, task])}
          onDrop={(task) => setFrom(from.filter((each) => each !== task))}
        />
        <Checkbox
          label="Give it another input"
          isChecked={inputText !== null}
          onChange={(isChecked) => setInputText(isChecked ? JSON.stringify(ownInput ?? null, null, 2) : null)}
        />
        {inputText !== null && (
          <TextAreaField
            label="Input, as JSON"
            {...(ownInput === undefined && { hint: "The input of this run is too large to be shown here." })}
            value={inputText}
            onChange={setInputText}
            rows={8}
            isCode
            error={problemOf(input)}
          />
        )}
        <TaskPicker
          view={view}
          label="State what these tasks gave, instead of doing them"
          chosen={stated.map(({ task }) => task)}
          onChoose={(task) => setStated([...stated, { task, text: "null" }])}
          onDrop={(task) => setStated(stated.filter((each) => each.task !== task))}
        />
        {outputs.map(({ task, read }, at) => (
          <TextAreaField
            key={task}
            label={`Output of ${task}, as JSON`}
            value={stated[at]?.text ?? ""}
            onChange={(text) => setStated(stated.map((each) => (each.task === task ? { task, text } : each)))}
            rows={4}
            isCode
            error={problemOf(read)}
          />
        ))}
        {fork.error !== null && <ErrorNotice error={fork.error} title="It was not forked" />}
      </div>
    </Dialog>
  );
}

type Read = ReturnType<typeof readJson> | null;

function problemOf(read: Read): string | undefined {
  return read !== null && "error" in read ? read.error : undefined;
}

function isWrong(read: Read): boolean {
  return problemOf(read) !== undefined;
}
