/** Starts an evaluation: of the project's agents on its market data, or of the forecasts in a file. */
import "./experiments.css";
import type { EvaluationBody } from "@mycroft/protocol";
import { type FormEvent, useId, useState } from "react";
import { useNavigate } from "react-router";
import { useChange } from "../../api/use-api.ts";
import { evaluationPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select, TextField } from "../../design/field.tsx";

const mostBytes = 16 * 1024 * 1024;

const sources = [
  { value: "project", label: "The project's agents, on its market data" },
  { value: "file", label: "Forecasts in a CSV file" },
] as const;

const scores = [
  { value: "rps", label: "ranked probability score" },
  { value: "brier", label: "Brier score" },
  { value: "log", label: "logarithmic score" },
] as const;

export function EvaluationForm({ onStarted }: { readonly onStarted: () => void }) {
  const navigate = useNavigate();
  const fileId = useId();
  const start = useChange("startEvaluation", { renews: ["listEvaluations"] });
  const [name, setName] = useState("");
  const [source, setSource] = useState<"project" | "file">("project");
  const [score, setScore] = useState<NonNullable<EvaluationBody["score"]>>("rps");
  const [file, setFile] = useState<File | null>(null);
  const isTooLarge = file !== null && file.size > mostBytes;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isTooLarge || (source === "file" && file === null)) return;
    const csv = source === "file" && file !== null ? { csv: await file.text() } : {};
    const title =
      name.trim() === "" ? (source === "file" ? (file?.name ?? "forecasts") : "the project's agents") : name;
    start.mutate(
      { body: { name: title.slice(0, 100), score, ...csv } },
      {
        onSuccess: ({ id }) => {
          onStarted();
          void navigate(evaluationPath(id));
        },
      },
    );
  };
  return (
    <form className="experiment-form" onSubmit={(event) => void submit(event)}>
      {start.error !== null && <ErrorNotice error={start.error} title="The evaluation was not started" />}
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        maxLength={100}
        placeholder="what it is about"
      />
      <Select label="What is evaluated" value={source} choices={sources} onChange={setSource} />
      {source === "file" && (
        <div className="field">
          <label className="field-label" htmlFor={fileId}>
            Forecasts, with what came true
          </label>
          <input
            id={fileId}
            className="input"
            type="file"
            accept=".csv,text/csv"
            required
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
          <p className="field-hint">
            A row for each opinion: <code>period, subject, agent, p1, p2, p3, outcome</code>, with the outcome
            as a number from 1. Columns of other names are for <code>mycroft evaluate</code>.
          </p>
          {isTooLarge && (
            <p className="field-error">The file has more than 16 MiB; use the command line for it.</p>
          )}
        </div>
      )}
      <Select label="Score" value={score} choices={scores} onChange={setScore} />
      <div className="experiment-form-actions">
        <Button kind="primary" submits isBusy={start.isPending}>
          Start the evaluation
        </Button>
      </div>
    </form>
  );
}
